"""Reads separated text (CSV, TSV, a block from the clipboard) strictly: a quotation mark left open is refused."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from wapicert.sheets.cells import Cell, Row, text_cell
from wapicert.sheets.faults import SheetEncodingUnknown, SheetQuoteOpen, SheetQuoteStray, SheetTooLarge, too_large

PIECE = 1 << 20
SEPARATORS = ",\t;"
# The first line of files that spreadsheets of some countries write: sep=;
NAMED = re.compile(r"sep=([,;\t])\s*", re.IGNORECASE)
# A line within a quoted cell that holds this beside separators is a row that an open mark has swallowed.
CODE = re.compile(r"[A-Z]{2,}[A-Z0-9]*-[A-Z0-9.-]+")
# The most text that one cell may hold, as in every spreadsheet.
csv.field_size_limit(131_072)


def encoding_of(content: BinaryIO) -> str:
    """By its mark, or by what decodes the whole file; raises SheetEncodingUnknown."""
    content.seek(0)
    start = content.read(4)
    for mark, name in ((codecs.BOM_UTF8, "UTF-8"), (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16")):
        if start.startswith(mark) and _decodes(content, name):
            return name
    for name in ("UTF-8", "GB18030"):
        if _decodes(content, name):
            return name
    raise SheetEncodingUnknown(field="file")


def _decodes(content: BinaryIO, name: str) -> bool:
    content.seek(0)
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for piece in iter(lambda: content.read(PIECE), b""):
            if "\0" in decoder.decode(piece):
                return False
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def separated_rows(content: BinaryIO, encoding: str) -> Iterator[Row]:
    """Rows that hold something, numbered as a spreadsheet shows them; raises at the mark that is wrong."""
    content.seek(0)
    text = io.TextIOWrapper(content, encoding="utf-8-sig" if encoding == "UTF-8" else encoding, newline="")
    try:
        separator, is_named = _separator(text)
        text.seek(0)
        if is_named:
            text.readline()
        yield from block_rows(text, separator, first=2 if is_named else 1)
    finally:
        if not content.closed:
            text.detach()


def _separator(text: io.TextIOWrapper) -> tuple[str, bool]:
    """The sign that the first line with anything in it has most of, or names."""
    for line in text:
        if named := NAMED.fullmatch(line.strip("\r\n")):
            return named[1], True
        if line.strip(" \r\n,;\t\""):
            bare = re.sub(r'"[^"]*"', "", line)
            return max(SEPARATORS, key=bare.count), False
    return SEPARATORS[0], False


def block_rows(text: Iterator[str] | io.TextIOWrapper, separator: str, first: int = 1) -> Iterator[Row]:
    """Rows of lines of text, strictly; the bench's script keeps to the same table of examples."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    number, line, width = first - 1, first, 0
    while True:
        number, began = number + 1, line
        try:
            words = next(reader, None)
        except csv.Error as fault:
            raise _refusal(fault, began) from fault
        if words is None:
            return
        line = first + reader.line_num
        width = width or (len(words) if any(word.strip() for word in words) else 0)
        if line - began > 1:
            _require_own_rows(words, separator, width, began)
        cells = cells_of(words, number)
        if cells:
            yield Row(number, cells)


def cells_of(words: Sequence[str], number: int) -> list[Cell]:
    """The cells that hold something."""
    return [text_cell(word.replace("\r\n", "\n").replace("\r", "\n"), number, column)
            for column, word in enumerate(words) if word and not word.isspace()]


def _require_own_rows(words: Sequence[str], separator: str, width: int, began: int) -> None:
    """Refuse a cell of several lines that holds whole rows: two marks left open make one cell of all between them."""
    for word in words:
        lines = word.splitlines()
        parts = [line.split(separator) for line in lines[1:]]
        # No cell of a block from the clipboard has both; of other files, a line that looks like a row tells.
        if len(lines) > 1 and ((separator == "\t" and separator in word) or any(
                len(line) > 1 and len(line) >= width and any(CODE.fullmatch(part.strip(' "')) for part in line)
                for line in parts)):
            raise SheetQuoteOpen(SheetQuoteOpen.message % {"line": began}, field="file")


def _refusal(fault: csv.Error, line: int) -> SheetQuoteOpen | SheetQuoteStray | SheetTooLarge:
    words = str(fault)
    if "field larger" in words:
        refusal = too_large()
        assert isinstance(refusal, SheetTooLarge)
        return refusal
    kind = SheetQuoteStray if "expected after" in words else SheetQuoteOpen
    return kind(kind.message % {"line": line}, field="file")
