// What a script adds to pages that work without one: the theme switch, copying, leave-warnings, closing menus.
"use strict";

const root = document.documentElement;

const isDark = () =>
  root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

const switchTheme = (button) => {
  root.dataset.theme = isDark() ? "light" : "dark";
  button.setAttribute("aria-pressed", String(isDark()));
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // The choice then lasts for this page only.
  }
};

const copyText = async (button) => {
  await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
  const before = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = before), 2000);
};

document.addEventListener("click", (event) => {
  const theme = event.target.closest("[data-switch-theme]");
  if (theme) switchTheme(theme);
  const copy = event.target.closest("[data-copy]");
  if (copy) copyText(copy);
  if (event.target.closest("[data-print]")) print();
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A form that asks for it warns before typed input is lost.
const changed = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-warn-unsaved]");
  if (form) changed.add(form);
});
document.addEventListener("submit", (event) => changed.delete(event.target));
addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

// A select that stands alone in a filter takes effect at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

document.querySelector("[data-switch-theme]")?.setAttribute("aria-pressed", String(isDark()));
document.querySelector(".refusals")?.focus();

// Where there is no room for all tabs, the one that is open stands in sight.
const tab = document.querySelector(".tabs [aria-current]");
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 24;
