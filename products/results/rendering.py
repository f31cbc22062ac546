"""The bench's table in the columns that an import takes, and as CSV of which no cell computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils import timezone

from products.results.selectors import GridRow
from products.results.selectors.sheets import COLUMNS
from products.results.states import Verdict
from wapicert.sheets import neutral


def table_of(rows: Iterable[GridRow]) -> list[list[str]]:
    """A head and a line per item: what stands now, empty where nothing was recorded; ready to be filled in."""
    listed = [row for row in rows if not row.is_derived]
    places = max((len(row.values) for row in listed), default=0)
    measured = [f"{kind}{nth}" for nth in range(1, places + 1) for kind in ("value", "unit")]
    names = ["item", "name", "verdict", *measured, "hardware", "firmware", "tool", "performed_at", "remark"]
    return [[COLUMNS[name][0] for name in names], *[_line(row, places) for row in listed]]


def _line(row: GridRow, places: int) -> list[str]:
    newest, measured = row.newest, list[str]()
    for one in row.values:
        stood = newest.values.get(one.key, {}) if newest else {}
        measured += [stood.get("value", ""), one.unit]
    measured += [""] * (2 * places - len(measured))
    when = timezone.localtime(newest.performed_at).strftime("%Y-%m-%d %H:%M:%S") if newest else ""
    facts = (newest.hardware, newest.firmware, newest.tool, when, newest.remark) if newest else ("",) * 5
    verdict = str(Verdict(newest.verdict).label) if newest else ""
    return [row.code, row.name_zh, verdict, *measured, *facts]


def csv_of(table: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, by which spreadsheets recognise it."""
    out = io.StringIO()
    csv.writer(out).writerows([neutral(cell) for cell in line] for line in table)
    return out.getvalue().encode("utf-8-sig")
