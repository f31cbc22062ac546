"""Reads the bytes of a table line by line, and refuses what cannot be one."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO, NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from products.results import errors
from products.results.selectors.sheets.columns import columns_of, is_blank
from wapicert.sheets import MOST_COLUMNS, MOST_ROWS, SheetUnreadable, too_large, xlsx_rows

PIECE = 1 << 20


class Line(NamedTuple):
    """A row of a table: its line as people count, and its cells by the meaning of their column."""

    number: int
    cells: dict[str, Any]


def lines_of(content: BinaryIO, extension: str) -> tuple[str, Generator[Line, None, None]]:
    """The encoding, and every line that holds something; raises what the file as a whole is refused for.

    Faults in the middle of the bytes are raised while the lines are read. Bounded memory: CSV and XML are streamed,
    an XLSX is held in its packed cells.
    """
    if extension == "xlsx":
        return "XLSX", _tabled(xlsx_rows(content))
    if extension == "xml":
        return "XML", _junit(content)
    encoding = _encoding_of(content)
    return encoding, _tabled(_csv_rows(content, encoding))


def _tabled(rows: Iterator[list[Any]]) -> Generator[Line, None, None]:
    """Lines under a head; ends after MOST_ROWS."""
    head = next(rows, None)
    while head is not None and not any(str(cell).strip() for cell in head):
        head = next(rows, None)
    if head is None:
        raise errors.SheetEmpty(field="file")
    _require_width(head)
    columns = columns_of(head)
    for number, row in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            raise too_large()
        _require_width(row)
        cells = {name: cell for name, cell in zip(columns, row, strict=False) if name and cell not in ("", None)}
        if not is_blank(cells):
            yield Line(number, cells)


def _require_width(row: list[Any]) -> None:
    if len(row) > MOST_COLUMNS and any(cell not in ("", None) for cell in row[MOST_COLUMNS:]):
        raise too_large()


def _encoding_of(content: BinaryIO) -> str:
    """By its mark, or by what decodes the whole file; raises SheetEncodingUnknown."""
    content.seek(0)
    start = content.read(4)
    for mark, name in ((codecs.BOM_UTF8, "UTF-8"), (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16")):
        if start.startswith(mark) and _decodes(content, name):
            return name
    for name in ("UTF-8", "GB18030"):
        if _decodes(content, name):
            return name
    raise errors.SheetEncodingUnknown(field="file")


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


def _csv_rows(content: BinaryIO, encoding: str) -> Iterator[list[Any]]:
    content.seek(0)
    text = io.TextIOWrapper(content, encoding="utf-8-sig" if encoding == "UTF-8" else encoding, newline="")
    try:
        first = text.readline()
        separator = max(",\t;", key=first.count)
        yield from csv.reader(itertools.chain([first], text), delimiter=separator)
    except csv.Error as fault:
        raise SheetUnreadable(field="file") from fault
    finally:
        if not content.closed:
            text.detach()


def _junit(content: BinaryIO) -> Generator[Line, None, None]:
    """A line per test case that ran: the first word of its name is the item; failures fail, errors decide nothing."""
    content.seek(0)
    number, stamp = 0, ""
    try:
        for event, element in iterparse(content, events=("start", "end")):
            if event == "start" and element.tag == "testsuite":
                stamp = element.get("timestamp") or stamp
            if event != "end" or element.tag != "testcase":
                continue
            number += 1
            if number > MOST_ROWS:
                raise too_large()
            if element.find("skipped") is None:
                yield Line(number, _case(element, stamp))
            element.clear()
    except (ParseError, DefusedXmlException, ValueError) as fault:
        raise SheetUnreadable(field="file") from fault


def _case(element: Any, stamp: str) -> dict[str, Any]:
    words = (element.get("name") or "").replace("[", " ").split()
    failure, error = element.find("failure"), element.find("error")
    wrong = failure if failure is not None else error
    remark = (wrong.get("message") or wrong.text or "").strip()[:300] if wrong is not None else ""
    verdict = "PASS" if wrong is None else "FAIL" if failure is not None else "INC"
    return {"item": words[0] if words else "", "verdict": verdict, "remark": remark, "performed_at": stamp}
