"""The XML of a workbook's parts, streamed: its list of sheets, styles, shared texts and rows of cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import IO
from xml.parsers import expat

from wapicert.sheets import formats
from wapicert.sheets.cells import Cell, Kind, Row

Attributes = dict[str, str]
PIECE = 1 << 16
TEXTS = frozenset({"s", "str", "inlineStr"})
TRUE = frozenset({"1", "true", "on"})
# What XML cannot hold is written as _x000D_; an underscore before such a group as _x005F_.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LETTERS = re.compile(r"[A-Z]{1,3}")
# Where the two calendars of spreadsheets begin to count; a cell knows no zone.
EPOCH_1900, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - of no zone
SCRIPTS = {"superscript": str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
           "subscript": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")}
STROKE = "\u0336"
LATEST_DAY = 2_958_465


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def nothing(_attributes: Attributes) -> None:
    """What a part holds beside what is asked for."""


def parser() -> expat.XMLParserType:
    """A parser that takes no document type, and so no entities."""
    made = expat.ParserCreate()
    made.buffer_text = True

    def refuse(*_facts: object) -> None:
        raise ValueError("document type")

    made.StartDoctypeDeclHandler = refuse
    return made


def parse(
    content: IO[bytes], *, start: Callable[[str, Attributes], None], end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk through a small part."""
    made = parser()
    made.StartElementHandler = lambda name, attributes: start(local(name), attributes)
    if end:
        made.EndElementHandler = lambda name: end(local(name))
    if text:
        made.CharacterDataHandler = text
    made.ParseFile(content)


class WorkbookPart:
    """The list of sheets, the calendar, and whether results of formulas are computed anew on opening."""

    def __init__(self) -> None:
        self.sheets: list[Attributes] = []
        self.is_1904 = self.is_recalculated = False

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if name == "sheet":
            self.sheets.append(attributes)
        elif name == "workbookPr":
            self.is_1904 = attributes.get("date1904") in TRUE
        elif name == "calcPr":
            self.is_recalculated = attributes.get("fullCalcOnLoad") in TRUE


class Styles:
    """The number format of every style of cells."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.named: dict[int, str] = {}
        self.is_cells = False

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if name == "numFmt":
            self.named[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.is_cells = True
        elif name == "xf" and self.is_cells:
            number = int(attributes.get("numFmtId", 0))
            # A number that is nowhere explained depends on the program, so nothing is known of what it shows.
            self.codes.append(self.named.get(number) or formats.BUILT_IN.get(number) or f"[{number}]")

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "cellXfs":
            self.is_cells = False

    def code(self, style: str | None) -> str:
        """The format of a cell by its `s`."""
        place = int(style or 0)
        return self.codes[place] if self.codes else formats.GENERAL


class Run:
    """How a part of a text is written: raised, lowered or struck out, which signs of its own keep."""

    def __init__(self) -> None:
        self.script, self.is_struck = "", False

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins; a new run, or a new text, is written plainly."""
        if name in ("r", "si", "is"):
            self.script, self.is_struck = "", False
        elif name == "vertAlign":
            self.script = attributes.get("val", "")
        elif name == "strike":
            self.is_struck = attributes.get("val", "1") in TRUE

    def seen(self, text: str) -> str:
        """The text as it is seen: 10² is no 102, and a 5 struck out before a 7 no 57."""
        text = text.translate(SCRIPTS.get(self.script, {}))
        return "".join(f"{sign}{STROKE}" for sign in text) if self.is_struck else text


def shared_texts(content: IO[bytes]) -> list[str]:
    """The texts that cells name by their place; how a word is read aloud is no part of it."""
    texts: list[str] = []
    pieces: list[str] = []
    depth = {"t": 0, "rPh": 0}
    run = Run()

    def start(name: str, attributes: Attributes) -> None:
        run.start(name, attributes)
        if name in depth:
            depth[name] += 1
        elif name == "si":
            pieces.clear()

    def end(name: str) -> None:
        if name in depth:
            depth[name] -= 1
        elif name == "si":
            texts.append(unescaped("".join(pieces)))

    def text(data: str) -> None:
        if depth["t"] and not depth["rPh"]:
            pieces.append(run.seen(data))

    parse(content, start=start, end=end, text=text)
    return texts


def unescaped(text: str) -> str:
    """The text with what XML cannot hold put back."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class Grid:
    """Reads the part of a sheet: rows that hold something, columns that are hidden, ranges that are merged."""

    def __init__(self, texts: list[str], styles: Styles, *, is_1904: bool, is_recalculated: bool) -> None:
        self.texts, self.styles, self.is_recalculated = texts, styles, is_recalculated
        self.epoch = EPOCH_1904 if is_1904 else EPOCH_1900
        self.hidden_columns: set[int] = set()
        self.merged: list[str] = []
        self.done: list[Row] = []
        self.number, self.column, self.is_hidden = 0, -1, False
        self.cells: list[Cell] = []
        self.attributes: Attributes = {}
        self.pieces: list[str] = []
        self.is_formula = self.is_reading = False
        self.silent = 0
        self.run = Run()
        self.places: dict[str, int] = {}

    def rows(self, part: IO[bytes]) -> Iterator[Row]:
        """Row by row; memory holds a piece of the part."""
        made = parser()
        starts: dict[str, Callable[[Attributes], None]] = {
            "c": self.start_cell, "v": self.start_text, "t": self.start_text, "f": self.start_formula,
            **{name: partial(self.run.start, name) for name in ("r", "is", "vertAlign", "strike")},
            "row": self.start_row, "rPh": self.start_silence, "col": self.start_column,
            "mergeCell": lambda attributes: self.merged.append(attributes["ref"]),
        }
        ends: dict[str, Callable[[], None] | None] = {
            "c": self.end_cell, "v": self.end_text, "t": self.end_text, "row": self.end_row, "rPh": self.end_silence,
        }

        def start(name: str, attributes: Attributes) -> None:
            act = starts.get(name)
            if act is None:
                # A prefix is looked through once for every name.
                act = starts[name] = starts.get(local(name), nothing)
            act(attributes)

        def end(name: str) -> None:
            if name not in ends:
                ends[name] = ends.get(local(name))
            if act := ends[name]:
                act()

        made.StartElementHandler, made.EndElementHandler = start, end
        made.CharacterDataHandler = self.take
        while piece := part.read(PIECE):
            made.Parse(piece, False)
            yield from self.done
            self.done.clear()
        made.Parse(b"", True)
        yield from self.done

    def start_column(self, attributes: Attributes) -> None:
        """Columns are hidden by name or by having no width."""
        if attributes.get("hidden") in TRUE or float(attributes.get("width", 1)) == 0:
            first, last = int(attributes["min"]), min(int(attributes["max"]), 16_384)
            self.hidden_columns.update(range(first - 1, last))

    def start_row(self, attributes: Attributes) -> None:
        """Rows are hidden by hand, by a filter, in a folded group, or by having no height."""
        number = int(attributes.get("r", self.number + 1))
        if number <= self.number:
            raise ValueError("rows out of order")
        self.number, self.column, self.cells = number, -1, []
        self.is_hidden = attributes.get("hidden") in TRUE or float(attributes.get("ht", 1)) == 0

    def end_row(self) -> None:
        """A row without anything in it is none."""
        if self.cells:
            self.done.append(Row(self.number, self.cells, self.is_hidden))

    def start_cell(self, attributes: Attributes) -> None:
        """Cells follow each other from left to right."""
        place = attributes.get("r")
        column = self.column + 1 if place is None else self.place_of(place)
        if column <= self.column:
            raise ValueError("cells out of order")
        self.column, self.attributes, self.pieces, self.is_formula = column, attributes, [], False
        self.run.script, self.run.is_struck = "", False

    def place_of(self, name: str) -> int:
        """The column of C5, from nought."""
        letters = name.rstrip("0123456789")
        found = self.places.get(letters)
        if found is None:
            if not LETTERS.fullmatch(letters):
                raise ValueError("name of a cell")
            found = -1
            for letter in letters:
                found = (found + 1) * 26 + ord(letter) - ord("A")
            self.places[letters] = found
        return found

    def start_formula(self, _attributes: Attributes) -> None:
        """Only that there is one counts: its result stands beside it, or is missing."""
        self.is_formula = True

    def start_text(self, _attributes: Attributes) -> None:
        """What follows is content."""
        self.is_reading = not self.silent

    def end_text(self) -> None:
        """What follows is none."""
        self.is_reading = False

    def start_silence(self, _attributes: Attributes) -> None:
        """How a word is read aloud stands beside it, and is no part of it."""
        self.silent += 1

    def end_silence(self) -> None:
        """The word goes on."""
        self.silent -= 1

    def take(self, data: str) -> None:
        """Content comes in pieces."""
        if self.is_reading:
            self.pieces.append(self.run.seen(data) if self.run.script or self.run.is_struck else data)

    def end_cell(self) -> None:
        """Keep the cell if it holds anything."""
        if made := self.cell("".join(self.pieces), self.attributes.get("t", "n")):
            self.cells.append(made)

    def cell(self, text: str, kind: str) -> Cell | None:
        """The cell by its type (ECMA-376, 18.18.11); None for an empty one."""
        if self.is_formula and self.lacks_result(text, kind):
            return self.made(Kind.UNCALCULATED, "")
        if kind == "s":
            text = self.texts[int(text)] if text else ""
        elif kind in TEXTS:
            text = unescaped(text)
        if not text.strip():
            return None
        if kind in TEXTS:
            return self.made(Kind.TEXT, text)
        text = text.strip()
        if kind == "n":
            return self.numeric(Decimal(text))
        if kind == "d":
            return self.made(Kind.DATE, datetime.fromisoformat(text).replace(tzinfo=None))
        return self.made(Kind.ERROR, text) if kind == "e" else self.made(
            Kind.BOOLEAN, "TRUE" if text in TRUE else "FALSE")

    def lacks_result(self, text: str, kind: str) -> bool:
        """Whether a formula's result is missing. An empty text is one.

        Programs that cannot compute write a nought in its place, and ask for it to be computed on opening.
        """
        if kind == "n" and self.is_recalculated and text.strip() == "0":
            return True
        return not text.strip() and kind not in TEXTS

    def numeric(self, number: Decimal) -> Cell:
        """A number, or the day and time that its format makes of it."""
        code = self.styles.code(self.attributes.get("s"))
        if not formats.is_date(code) or not 0 <= number <= LATEST_DAY:
            return Cell(self.number, self.column, Kind.NUMBER, number, code)
        # The calendar of 1900 has a 29th of February.
        shift = 1 if self.epoch == EPOCH_1900 and number < 60 else 0
        moment = self.epoch + timedelta(days=shift, seconds=round(float(number) * 86_400_000) / 1000)
        return Cell(self.number, self.column, Kind.DATE, moment, code)

    def made(self, kind: Kind, value: str | datetime) -> Cell:
        """The cell at this place."""
        return Cell(self.number, self.column, kind, value, self.styles.code(self.attributes.get("s")))
