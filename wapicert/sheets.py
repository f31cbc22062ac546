"""Spreadsheets from outside and for outside: XLSX read within limits, written so that no cell of it computes."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import xlsxwriter
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from wapicert.errors import DomainError, InvalidInput

MOST_ROWS, MOST_COLUMNS = 200_000, 60
# What an XLSX may unpack to, also as a multiple: an honest table shrinks to a tenth, a bomb to a thousandth.
UNPACKED_BYTES, UNPACKED_TIMES = 200 * 1024 * 1024, 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIGNED_NUMBER = re.compile(r"[+-]\s*\d")


class SheetUnreadable(InvalidInput):
    """The bytes are not the table that the name promises."""

    code = "sheet_unreadable"
    message = _("文件无法作为表格读取。")
    remedy = _("请另存为 CSV（UTF-8）或 XLSX 后重新上传。")


class SheetTooLarge(InvalidInput):
    """More rows, more columns or more bytes once unpacked than anybody enters."""

    code = "sheet_too_large"
    message = _("表格过大：最多 %(rows)d 行、%(columns)d 列，解压后不超过 %(megabytes)d MB。")
    remedy = _("请删去多余的行列，或拆成几个文件。")


class SheetMerged(InvalidInput):
    """Merged cells, whose value belongs to no row."""

    code = "sheet_merged"
    message = _("表格含合并单元格：%(cells)s。")
    remedy = _("请取消合并，每行填写完整后重新上传。")


class CellFormula(InvalidInput):
    """A cell that a spreadsheet would compute."""

    code = "cell_formula"
    message = _("单元格以公式符号开头。")
    remedy = _("请改为数值或文字。")


def too_large(rows: int = MOST_ROWS) -> DomainError:
    """The refusal that names the limits."""
    limits = {"rows": rows, "columns": MOST_COLUMNS, "megabytes": UNPACKED_BYTES // 1024 // 1024}
    return SheetTooLarge(SheetTooLarge.message % limits, field="file")


def plain_text(cell: Any) -> str:
    """A cell as text: full-width characters normalised, whole numbers without a point."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return unicodedata.normalize("NFKC", str(cell)).strip() if cell is not None else ""


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute it: a sign that formulas begin with, and no number."""
    return text.startswith(("=", "@")) or (text.startswith(("+", "-")) and len(text) > 1
                                           and not SIGNED_NUMBER.match(text))


def neutral(text: str) -> str:
    """The text as no spreadsheet computes it: what begins like a formula gets an apostrophe."""
    return f"'{text}" if is_formula(text) or text.startswith(("\t", "\r")) else text


def xlsx_rows(content: BinaryIO, sheet: int = 0, most: int = MOST_ROWS) -> Iterator[list[Any]]:
    """The rows of a sheet by its place; refuses bombs before unpacking, and merged cells.

    Ends at once for a place that the book does not have, except the first.
    """
    require_honest_size(content)
    content.seek(0)
    try:
        with CalamineWorkbook.from_filelike(content) as book:
            if 0 < len(book.sheet_names) <= sheet:
                return
            found = book.get_sheet_by_index(sheet)
            if merged := found.merged_cell_ranges or []:
                cells = "、".join(f"{cell_name(*start)}:{cell_name(*end)}" for start, end in merged[:5])
                raise SheetMerged(SheetMerged.message % {"cells": cells}, field="file")
            if found.total_height > most + 1 or found.total_width > MOST_COLUMNS:
                raise too_large(most)
            yield from found.iter_rows()
    except (CalamineError, zipfile.BadZipFile, IndexError) as fault:
        raise SheetUnreadable(field="file") from fault


def require_honest_size(content: BinaryIO) -> None:
    """Refuse what unpacks to far more than a table of people does."""
    content.seek(0, io.SEEK_END)
    packed = content.tell()
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:
        raise SheetUnreadable(field="file") from fault
    if unpacked > min(UNPACKED_BYTES, packed * UNPACKED_TIMES):
        raise too_large()


def cell_name(row: int, column: int) -> str:
    """A1 for (0, 0)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def xlsx_of(tables: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """A sheet per table; every cell is a text, the head stays in sight."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            for place, line in enumerate(table):
                for column, cell in enumerate(line):
                    sheet.write_string(place, column, neutral(cell), bold if place == 0 else None)
            sheet.freeze_panes(1, 1)
            sheet.autofit()
    return out.getvalue()


def in_chinese(label: Any) -> str:
    """A lazily translated word as sheets say it, whatever the reader's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(label)
