// The bench by keyboard: rows with the arrows, verdicts with P, F and I, values with Enter. Without it the form works as a form.
"use strict";
(() => {
  const form = document.querySelector("[data-bench]");
  if (!form) return;
  const rows = [...form.querySelectorAll("tr[data-row]")];
  const typing = (element) => element.matches("select, textarea, input:not([type=radio])");
  const first = (row) => row.querySelector("input[type=radio], input:not([type=hidden]), select");
  const rowOf = (element) => element.closest("tr[data-row]");

  const move = (element, step) => {
    const target = rows[rows.indexOf(rowOf(element)) + step];
    if (target) first(target)?.focus();
  };

  form.addEventListener("keydown", (event) => {
    const element = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    const row = rowOf(element);
    if (!row) return;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !element.matches("select")) {
      event.preventDefault();
      move(element, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      // Enter never submits half a batch: it goes to the next field of the row, then to the next row.
      event.preventDefault();
      const fields = [...row.querySelectorAll("input:not([type=radio]):not([type=hidden]), select")];
      const next = fields[fields.indexOf(element) + 1];
      if (next) next.focus(); else move(element, 1);
    } else if (!typing(element)) {
      const choice = row.querySelector(`input[data-key="${event.key.toUpperCase()}"]`);
      if (choice) {
        event.preventDefault();
        choice.checked = true;
        choice.dispatchEvent(new Event("change", { bubbles: true }));
        choice.focus();
      }
    }
  });
})();
