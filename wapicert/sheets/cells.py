"""One cell as it came: what is stored, of which kind, and what may be taken from it literally."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from wapicert.sheets import formats
from wapicert.sheets.faults import (
    CellBoolean,
    CellDate,
    CellError,
    CellFormat,
    CellMasked,
    CellNumber,
    CellRounded,
    CellUncalculated,
)
from wapicert.texts import half_width

SIGNED_NUMBER = re.compile(r"[+-]\s*\d")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(E[+-]\d+)?")
# A minus as Word, WPS and LaTeX write it, before a digit: the sign, two dashes, a hyphen that does not break.
MINUS = re.compile(r"^[\u2212\u2010-\u2013\ufe63](?=\s*[.\d])")

# A hyphen that does not break a line, as programs put it into codes.
HYPHENS = {0x2010: "-", 0x2011: "-", 0x00AD: None}


class Kind(StrEnum):
    """What a spreadsheet holds in a cell."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"
    UNCALCULATED = "uncalculated"


class Cell(NamedTuple):
    """A cell that holds something: its place, kind, stored value and number format."""

    row: int
    column: int
    kind: Kind
    value: str | Decimal | datetime
    format: str = formats.GENERAL

    @property
    def name(self) -> str:
        """C5 for the third column of row 5."""
        return cell_name(self.row - 1, self.column)


class Row(NamedTuple):
    """A row as people count it, with its cells that hold something; hidden by hand or by a filter, or not."""

    number: int
    cells: list[Cell]
    is_hidden: bool = False


def text_cell(text: str, row: int = 0, column: int = 0) -> Cell:
    """A cell of a table that knows nothing but text."""
    return Cell(row, column, Kind.TEXT, text)


def plain_text(value: object) -> str:
    """Text of a code or a number: full-width signs normalised, signs that nobody sees left out."""
    if value is None:
        return ""
    text = str(value)
    if not text.isascii():
        text = half_width(text.translate(HYPHENS))
        text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cc") or sign in "\t\n")
    return text.strip()


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute it: a sign that formulas begin with, and no number."""
    return text.startswith(("=", "@")) or (text.startswith(("+", "-")) and len(text) > 1
                                           and not SIGNED_NUMBER.match(text))


def neutral(text: str) -> str:
    """The text as no spreadsheet computes it: what begins like a formula gets an apostrophe."""
    return f"'{text}" if is_formula(text) or text.startswith(("\t", "\r")) else text


def as_written(text: str) -> str:
    """The text without the apostrophe that an export put before it."""
    return text[1:] if text.startswith("'") and neutral(text[1:]) == text else text


def text_in(cell: Cell | None) -> str:
    """The text of a code, name or choice; a number, whose writing is lost, is refused as everything else is."""
    if cell is None:
        return ""
    if cell.kind == Kind.NUMBER:
        raise CellNumber(shown=_seen(cell))
    return plain_text(as_written(_text(cell)))


def words_in(cell: Cell | None) -> str:
    """People's words as they stand; a number in their place as it is shown."""
    if cell is None:
        return ""
    return number_in(cell) if cell.kind == Kind.NUMBER else as_written(_text(cell).replace("\r\n", "\n").strip())


def number_in(cell: Cell | None) -> str:
    """A number as the cell shows it, 8% with its sign; raises where it shows less or other than it holds."""
    if cell is None:
        return ""
    if cell.kind != Kind.NUMBER:
        return MINUS.sub("-", plain_text(as_written(_text(cell))))
    assert isinstance(cell.value, Decimal)
    stored = formats.plain(formats.fifteen(cell.value))
    text = formats.shown(cell.value, cell.format)
    number, percent, rest = (text or "").replace(",", "").strip().partition("%")
    if text is None or rest or not NUMBER.fullmatch(number.strip()):
        raise CellFormat(stored=stored, format=cell.format)
    taken = Decimal(number.strip())
    if taken.scaleb(-2 if percent else 0) != formats.fifteen(cell.value):
        raise CellRounded(shown=text.strip(), stored=stored)
    return f"{taken:f}{percent}"


def _text(cell: Cell) -> str:
    """The text of a cell that is neither a number nor anything else that is no text."""
    if cell.kind == Kind.TEXT:
        text = str(cell.value)
        if cell.format != formats.GENERAL and (formats.shown_text(text, cell.format) or "").strip() != text.strip():
            raise CellMasked(stored=text[:40], format=cell.format)
        return text
    if cell.kind == Kind.UNCALCULATED:
        raise CellUncalculated
    if cell.kind == Kind.DATE:
        raise CellDate
    raise (CellError if cell.kind == Kind.ERROR else CellBoolean)(shown=str(cell.value))


def _seen(cell: Cell) -> str:
    assert isinstance(cell.value, Decimal)
    return (formats.shown(cell.value, cell.format) or "").strip() or formats.plain(formats.fifteen(cell.value))


def cell_name(row: int, column: int) -> str:
    """A1 for (0, 0)."""
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """A for 0, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def ranges_of(numbers: Iterable[int], most: int = 20) -> str:
    """2–4, 7 for 2, 3, 4 and 7; ends with an ellipsis after `most` of them."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    words = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:most]]
    return "、".join(words) + ("…" if len(spans) > most else "")
