"""Reads XLSX from its own parts: sheets with their visibility, rows and cells with type and number format.

No library tells all of it in bounded memory: calamine gives neither formats nor hidden rows nor what a formula lacks,
openpyxl gives hidden rows only with the whole book in memory (docs/decisions.md has the measurements).
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO
from xml.parsers import expat

from wapicert.sheets.cells import Row
from wapicert.sheets.faults import MOST_COLUMNS, MOST_ROWS, UNPACKED_BYTES, SheetMerged, SheetUnreadable, too_large
from wapicert.sheets.parts import Attributes, Grid, Styles, WorkbookPart, parse, shared_texts

# An honest table shrinks to a tenth, a bomb to a thousandth.
UNPACKED_TIMES = 200
BROKEN = (zipfile.BadZipFile, expat.ExpatError, KeyError, ValueError, OSError, NotImplementedError, RuntimeError,
          ArithmeticError, EOFError, IndexError)


class Visibility(StrEnum):
    """Whether a person who opens the book sees the sheet; a very hidden one not even in the list of hidden ones."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "veryHidden"


@dataclass(frozen=True)
class Sheet:
    """A sheet of a book: its name, whether it is seen, and whether it is a table at all (charts are none)."""

    name: str
    visibility: Visibility
    is_table: bool
    path: str


@dataclass
class Book:
    """An opened book. Its rows are read as they are asked for."""

    archive: zipfile.ZipFile
    sheets: list[Sheet]
    styles: Styles
    texts: list[str]
    is_1904: bool = False
    is_recalculated: bool = False
    # Columns of the sheet that is being read which nobody sees, by their place.
    hidden_columns: set[int] = field(default_factory=set)

    @property
    def visible(self) -> list[Sheet]:
        """The tables that a person sees, in their order."""
        return [sheet for sheet in self.sheets if sheet.is_table and sheet.visibility == Visibility.VISIBLE]

    def rows(self, sheet: Sheet, most: int = MOST_ROWS) -> Iterator[Row]:
        """Rows that hold something, hidden ones among them; raises what the sheet as a whole is refused for.

        Merged cells stand at the end of a sheet's part, so they are refused after its last row.
        """
        grid = Grid(self.texts, self.styles, is_1904=self.is_1904, is_recalculated=self.is_recalculated)
        self.hidden_columns = grid.hidden_columns
        with refusing(), self.archive.open(sheet.path) as part:
            for row in grid.rows(part):
                if row.number > most + 1 or row.cells[-1].column >= MOST_COLUMNS:
                    raise too_large(most)
                yield row
        if grid.merged:
            cells = "、".join(grid.merged[:5])
            raise SheetMerged(SheetMerged.message % {"cells": cells}, field="file")

    def filled(self, sheet: Sheet) -> int:
        """How many rows of a sheet hold something, for the account of what was left out."""
        if not sheet.is_table:
            return 0
        grid = Grid(self.texts, self.styles, is_1904=self.is_1904, is_recalculated=self.is_recalculated)
        with refusing(), self.archive.open(sheet.path) as part:
            return sum(1 for _row in grid.rows(part))


@contextmanager
def refusing() -> Iterator[None]:
    """What is broken in the bytes is told as a file that is no table."""
    try:
        yield
    except BROKEN as fault:
        raise SheetUnreadable(field="file") from fault


@contextmanager
def open_book(content: BinaryIO) -> Iterator[Book]:
    """A book from its bytes; refuses bombs before unpacking, and what is no book."""
    require_honest_size(content)
    content.seek(0)
    with refusing():
        archive = zipfile.ZipFile(content)
    with archive:
        with refusing():
            book = _book(archive)
        yield book


def require_honest_size(content: BinaryIO) -> None:
    """Refuse what unpacks to far more than a table of people does."""
    content.seek(0, io.SEEK_END)
    packed = content.tell()
    content.seek(0)
    with refusing(), zipfile.ZipFile(content) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > min(UNPACKED_BYTES, packed * UNPACKED_TIMES):
        raise too_large()


def _book(archive: zipfile.ZipFile) -> Book:
    root = _target(archive, "", "/officeDocument") or "xl/workbook.xml"
    part = WorkbookPart()
    with archive.open(root) as content:
        parse(content, start=part.start)
    targets = {one["Id"]: one for one in _relations(archive, root)}
    sheets = [_sheet(one, targets, root) for one in part.sheets]
    if not any(sheet.is_table for sheet in sheets):
        raise SheetUnreadable(field="file")
    styles = Styles()
    if path := _target(archive, root, "/styles"):
        with archive.open(path) as content:
            parse(content, start=styles.start, end=styles.end)
    texts: list[str] = []
    if path := _target(archive, root, "/sharedStrings"):
        with archive.open(path) as content:
            texts = shared_texts(content)
    return Book(archive, sheets, styles, texts, is_1904=part.is_1904, is_recalculated=part.is_recalculated)


def _sheet(attributes: Attributes, targets: dict[str, Attributes], root: str) -> Sheet:
    relation = targets[next(value for name, value in attributes.items() if name.endswith(":id"))]
    state = attributes.get("state", "visible")
    return Sheet(attributes["name"], Visibility(state), relation["Type"].endswith("/worksheet"),
                 _path(root, relation["Target"]))


def _relations(archive: zipfile.ZipFile, path: str) -> list[Attributes]:
    """What a part points to; the package itself is the part without a name."""
    folder, name = posixpath.split(path)
    found: list[Attributes] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            found.append(attributes)

    where = posixpath.join(folder, "_rels", f"{name}.rels")
    if where in archive.namelist():
        with archive.open(where) as content:
            parse(content, start=start)
    return found


def _target(archive: zipfile.ZipFile, path: str, kind: str) -> str | None:
    """The part of a kind that a part points to; the kind's address differs between the dialects, not its end."""
    found = next((one for one in _relations(archive, path) if one["Type"].endswith(kind)), None)
    return _path(path, found["Target"]) if found else None


def _path(origin: str, target: str) -> str:
    """A target as the archive names it: absolute from its root, else beside the part that points to it."""
    target = target.replace("\\", "/")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(
        posixpath.join(posixpath.dirname(origin), target))
