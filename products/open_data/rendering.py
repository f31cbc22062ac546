"""Writes rows into files, one row at a time, in every form at once; memory does not grow with the rows.

Texts stay texts: in CSV one that would begin a formula gets an apostrophe, in XLSX it is stored as a text.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from products.open_data.states import Format
from wapicert.charts import plain_cell
from wapicert.texts import printable

# Rows of a sheet besides its head; what does not fit goes on in the next sheet.
SHEET = 1_048_575
# Longer texts do not fit into a cell of XLSX.
CELL = 32_767
BATCH = 500


class Writer(Protocol):
    """Takes rows and closes the file."""

    def write(self, row: dict[str, Any]) -> None: ...

    def close(self) -> None: ...


def flat(value: Any) -> Any:
    """A value for a table's cell: lists of texts as a|b, everything nested as JSON; numbers and null as they are."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "|".join(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return value


class CsvWriter:
    """RFC 4180, UTF-8 with a byte order mark, so that spreadsheets read Chinese; an empty cell is null."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.names, self.rows = names, csv.writer(self.file)
        self.rows.writerow(names)

    def write(self, row: dict[str, Any]) -> None:
        cells = (flat(row[name]) for name in self.names)
        self.rows.writerow([str(cell).lower() if isinstance(cell, bool) else plain_cell(cell) for cell in cells])

    def close(self) -> None:
        self.file.close()


class JsonLinesWriter:
    """One JSON object a line, UTF-8; null is null."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.file, self.names = path.open("w", encoding="utf-8", newline="\n"), names

    def write(self, row: dict[str, Any]) -> None:
        self.file.write(json.dumps({name: row[name] for name in self.names}, ensure_ascii=False,
                                   separators=(",", ":")) + "\n")

    def close(self) -> None:
        self.file.close()


class XlsxWriter:
    """Sheets of texts; nothing is taken for a formula or a link."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "tmpdir": str(path.parent)}
        self.book, self.names, self.count = xlsxwriter.Workbook(str(path), options), names, 0
        self.sheet: Any = None

    def write(self, row: dict[str, Any]) -> None:
        place = self.count % SHEET
        if place == 0:
            self._begin()
        for column, name in enumerate(self.names):
            value = flat(row[name])
            if isinstance(value, bool):
                self.sheet.write_boolean(place + 1, column, value)
            elif value not in (None, ""):
                self.sheet.write_string(place + 1, column, printable(str(value))[:CELL])
        self.count += 1

    def _begin(self) -> None:
        number = self.count // SHEET + 1
        self.sheet = self.book.add_worksheet("listings" if number == 1 else f"listings {number}")
        self.sheet.freeze_panes(1, 1)
        for column, name in enumerate(self.names):
            self.sheet.write_string(0, column, name)

    def close(self) -> None:
        if self.sheet is None:
            self._begin()
        self.book.close()


class SqliteWriter:
    """A table `listings` with an index on number, company and model; booleans are 0 and 1, null is null."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.base, self.names = sqlite3.connect(path), names
        self.waiting: list[list[Any]] = []
        columns = ", ".join(f'"{name}"' for name in names)
        self.statement = f"INSERT INTO listings ({columns}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - our own names
        self.base.execute("PRAGMA journal_mode=OFF")
        self.base.execute(f"CREATE TABLE listings ({columns}, PRIMARY KEY (listing_number)) WITHOUT ROWID")

    def write(self, row: dict[str, Any]) -> None:
        self.waiting.append([flat(row[name]) for name in self.names])
        if len(self.waiting) == BATCH:
            self._flush()

    def _flush(self) -> None:
        self.base.executemany(self.statement, self.waiting)
        self.waiting = []

    def close(self) -> None:
        self._flush()
        self.base.execute("CREATE INDEX listings_company ON listings (company_number)")
        self.base.execute("CREATE INDEX listings_model ON listings (model)")
        self.base.commit()
        self.base.close()


WRITERS: dict[Format, Callable[[Path, Sequence[str]], Writer]] = {
    Format.CSV: CsvWriter, Format.JSON_LINES: JsonLinesWriter, Format.XLSX: XlsxWriter, Format.SQLITE: SqliteWriter,
}


def write_files(
    rows: Iterable[dict[str, Any]], names: Sequence[str], folder: Path, count: Callable[[], Any]
) -> tuple[int, dict[Format, Path]]:
    """The rows in every form, in one pass; returns how many, and the files. `count` is called after each row."""
    paths = {form: folder / f"listings.{form.value}" for form in WRITERS}
    number = 0
    with ExitStack() as closing:
        writers = [make(paths[form], names) for form, make in WRITERS.items()]
        for writer in writers:
            closing.callback(writer.close)
        for row in rows:
            for writer in writers:
                writer.write(row)
            number += 1
            count()
    return number, paths
