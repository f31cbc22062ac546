// Reads a block from the clipboard as a spreadsheet writes it: cells by tabs, rows by line breaks, a cell with a line
// break or a tab in quotation marks, a mark inside one doubled. Strictly, and to the same table of examples as
// wapicert/sheets/separated.py (tests/wapicert/files/blocks.json): a mark left open would take the rows below into one cell.
"use strict";
(() => {
  const MARK = '"';
  // {rows: [[cell]]}, or {fault: "open" | "stray", row} with the row, from 1, in which the wrong mark stands.
  const blockOf = (text) => {
    const rows = [], end = text.length;
    let row = [], at = 0;
    while (at < end || row.length) {
      let cell = "";
      if (text[at] === MARK) {
        const close = endOf(text, at + 1);
        if (close < 0) return { fault: "open", row: rows.length + 1 };
        cell = text.slice(at + 1, close).replaceAll(MARK + MARK, MARK);
        at = close + 1;
        if (at < end && !"\t\r\n".includes(text[at])) return { fault: "stray", row: rows.length + 1 };
        if (/[\r\n][^\r\n]*\t|\t[^\r\n]*[\r\n]/.test(cell)) return { fault: "open", row: rows.length + 1 };
      } else {
        const found = text.slice(at).search(/[\t\r\n]/);
        cell = found < 0 ? text.slice(at) : text.slice(at, at + found);
        at += cell.length;
      }
      row.push(cell.replace(/\r\n?/g, "\n"));
      if (text[at] === "\t") {
        at += 1;
        continue;
      }
      rows.push(row);
      row = [];
      at += text.startsWith("\r\n", at) ? 2 : 1;
    }
    return { rows };
  };
  // Where the cell's mark is closed: the first that is not doubled.
  const endOf = (text, from) => {
    for (let at = text.indexOf(MARK, from); at >= 0; at = text.indexOf(MARK, at + 2)) if (text[at + 1] !== MARK) return at;
    return -1;
  };
  window.blockOf = blockOf;
})();
