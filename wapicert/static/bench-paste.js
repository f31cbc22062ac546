// A block from a spreadsheet, pasted into the bench: a line for each row from the focus on, a cell for each field. All of
// it fits, or nothing is filled in. What was filled in is not saved by that: the rows stand as if they had been typed.
"use strict";
(() => {
  const form = document.querySelector("[data-bench]");
  if (!form) return;
  const texts = document.querySelector("[data-texts]").dataset;

  // The boxes of the grid hold one line, so the lines of a cell follow each other in it.
  const oneLine = (cell) => cell.split("\n").map((line) => line.trim()).filter(Boolean).join(" ");
  // The places of a row in their order: the verdict (null for an item that nobody judges), values, remark.
  const placesOf = (tr) => {
    const verdicts = [...tr.querySelectorAll("input[type=radio]")];
    return [verdicts.length ? verdicts : null, ...tr.querySelectorAll("input:not([type=radio]):not([type=hidden]), select")];
  };
  const radioFor = (verdicts, cell) => verdicts.find((one) =>
    [one.value, one.dataset.key, one.closest("label").title].some((name) => name.toUpperCase() === cell.toUpperCase()));
  // How a cell gets into its place; undefined if it cannot.
  const filling = (place, cell) => {
    if (!cell) return () => {};
    if (Array.isArray(place)) {
      const radio = radioFor(place, cell);
      return radio && (() => { radio.checked = true; });
    }
    if (place?.matches("select")) {
      const option = [...place.options].find((one) => one.value === cell || one.text.trim() === cell);
      return option && (() => { place.value = option.value; });
    }
    return place && (() => { place.value = cell; });
  };
  const tell = (tr, text) => {
    const line = document.createElement("p");
    line.className = "refusal";
    line.dataset.fault = "";
    line.setAttribute("role", "alert");
    line.textContent = text;
    tr.querySelector("td.name > div").append(line);
  };

  form.addEventListener("paste", (event) => {
    const tr = event.target.closest("tr[data-row]"), text = event.clipboardData?.getData("text/plain") ?? "";
    if (!tr || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
    const block = window.blockOf(text);
    event.preventDefault();
    for (const old of form.querySelectorAll(".refusal[data-fault][role=alert]")) old.remove();
    const all = [...form.querySelectorAll("tr[data-row], tr[data-closed]")];
    const own = placesOf(tr), start = event.target.matches("[type=radio]") ? 0 : Math.max(own.indexOf(event.target), 0);
    const steps = [], touched = [];
    if (block.fault) {
      tell(tr, `${texts[block.fault]} ${block.row}`);
      return;
    }
    for (const [nth, cells] of block.rows.map((row) => row.map(oneLine)).entries()) {
      const target = all[all.indexOf(tr) + nth];
      if (cells.every((cell) => !cell)) continue;
      const places = target?.dataset.row ? placesOf(target) : [];
      for (const [step, cell] of cells.entries()) {
        const fill = target?.dataset.row ? filling(places[start + step], cell) : undefined;
        if (!fill) {
          tell(tr, `${texts.unpasted} ${nth + 1}/${step + 1}: ${cell}`);
          return;
        }
        steps.push(fill);
      }
      touched.push(target);
    }
    for (const fill of steps) fill();
    for (const one of touched) placesOf(one).at(-1).dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
