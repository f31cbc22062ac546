// Joins the buttons of a page to allauth's passkey forms, and says so when a passkey could not be used.
"use strict";

for (const { dataset } of document.querySelectorAll("[data-passkey]"))
  allauth.webauthn.forms[dataset.passkey]({
    ids: { [dataset.verb]: dataset.button, credential: dataset.credential, data: "js_data" },
  });

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-refused").hidden = false;
});
