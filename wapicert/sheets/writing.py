"""Writes tables so that no cell of them computes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils import translation

from wapicert.sheets.cells import neutral

__all__ = ["neutral"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_of(tables: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """A sheet per table; every cell is a text, the head stays in sight."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        # As text, a version 1.10 that somebody types stays 1.10.
        bold, typed = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            for place, line in enumerate(table):
                for column, cell in enumerate(line):
                    sheet.write_string(place, column, neutral(cell), bold if place == 0 else typed)
            sheet.freeze_panes(1, 1)
            sheet.autofit()
    return out.getvalue()


def in_chinese(label: Any) -> str:
    """A lazily translated word as sheets say it, whatever the reader's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(label)
