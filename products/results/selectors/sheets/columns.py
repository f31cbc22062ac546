"""What the columns of a table of results are called, and what a row of it says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from products.results import errors
from products.results.states import Verdict
from products.suites.models import Measurement
from products.suites.states import MeasurementType
from wapicert.errors import DomainError
from wapicert.sheets import (
    Cell,
    CellFormula,
    CellPercent,
    Kind,
    cell_name,
    is_formula,
    number_in,
    plain_text,
    text_in,
    words_in,
)

# As many values as an item may ask for in a table; the suite's longest item asks for eight.
PLACES = 12
# The name that is written, then what else is understood.
COLUMNS: dict[str, tuple[str, ...]] = {
    "order": ("委托", "order"), "item": ("编号", "item", "code"), "name": ("测试项", "name"),
    "verdict": ("判定", "verdict"), "hardware": ("硬件", "hardware"), "firmware": ("固件", "firmware"),
    "tool": ("工具", "tool"), "performed_at": ("测试时间", "performed_at", "tested at"),
    "remark": ("备注", "remark"),
    **{f"value{nth}": (f"数值{nth}", f"value{nth}", f"value {nth}") for nth in range(1, PLACES + 1)},
    **{f"unit{nth}": (f"单位{nth}", f"unit{nth}", f"unit {nth}") for nth in range(1, PLACES + 1)},
}
KNOWN = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
VERDICTS = {
    "通过": Verdict.PASS, "p": Verdict.PASS, "pass": Verdict.PASS, "passed": Verdict.PASS,
    "未通过": Verdict.FAIL, "f": Verdict.FAIL, "fail": Verdict.FAIL, "failed": Verdict.FAIL,
    "无法判定": Verdict.INC, "i": Verdict.INC, "inc": Verdict.INC,
    # Computed by the site whatever a table says, hence no word of a person.
    "仅记录": None, "rec": None,
}
WORDS = frozenset({"remark", "name"})
PERCENTAGE = re.compile(r"[+-]?[\d.]+ ?%")
# A time of day without its day comes as one of the year 1899.
EARLIEST_YEAR = 1904
ENTERED = frozenset({"verdict", "remark", *(f"value{nth}" for nth in range(1, PLACES + 1))})


class Line(NamedTuple):
    """A row of a table: its number as people count, its cells by the meaning of their column, and those under no head.

    `places` says in which column each meaning stands; it is empty where there are no columns.
    """

    number: int
    cells: Mapping[str, Cell]
    places: Mapping[str, int] = {}
    outside: Sequence[Cell] = ()

    def name_of(self, column: str) -> str:
        """C5, or nothing where there are no columns or none of this meaning."""
        return cell_name(self.number - 1, self.places[column]) if column in self.places else ""

    def text_of(self, column: str) -> str:
        """The text of a code as far as there is one; what else is wrong with the cell is told elsewhere."""
        try:
            return text_in(self.cells.get(column))
        except DomainError:
            return ""


def columns_of(head: Sequence[Cell]) -> dict[int, str]:
    """What each column means; raises SheetHeadWrong with the names at fault."""
    words = {cell.column: plain_text(cell.value) for cell in head}
    found = {column: KNOWN[word.lower()] for column, word in words.items() if word.lower() in KNOWN}
    wrong = [word for column, word in words.items() if column not in found]
    named = list(found.values())
    wrong += [COLUMNS[name][0] for name in sorted({name for name in named if named.count(name) > 1})]
    wrong += [] if "item" in named else [COLUMNS["item"][0]]
    if wrong:
        shown = "、".join(word[:30] for word in wrong[:10]) + ("…" if len(wrong) > 10 else "")
        raise errors.SheetHeadWrong(errors.SheetHeadWrong.message % {"columns": shown}, field="file")
    return found


def is_blank(cells: Mapping[str, Cell]) -> bool:
    """Whether the row holds no result: neither verdict nor value nor remark, as in a table to be filled in."""
    return not ENTERED & cells.keys()


def entered_row(
    line: Line, common: Mapping[str, Any], measurements: Sequence[Measurement]
) -> tuple[dict[str, Any], list[tuple[str, DomainError]]]:
    """The row as `record_attempts` takes it, and what is wrong with single cells as (column, fault)."""
    faults: list[tuple[str, DomainError]] = []
    texts = {name: _taken(name, cell, measurements, faults) for name, cell in line.cells.items()
             if name != "performed_at"}
    said = texts.get("verdict", "")
    row: dict[str, Any] = {
        "item": texts.get("item", ""), "verdict": VERDICTS.get(said.lower(), said) or None,
        "remark": texts.get("remark", ""), "values": _values(texts, measurements, faults),
        **{name: texts.get(name) or common.get(name, "") for name in ("hardware", "firmware", "tool")},
    }
    try:
        row["performed_at"] = moment_of(line.cells.get("performed_at"), common)
    except DomainError as fault:
        row["performed_at"] = timezone.now()
        faults.append(("performed_at", fault))
    return row, faults


def _taken(
    name: str, cell: Cell, measurements: Sequence[Measurement], faults: list[tuple[str, DomainError]]
) -> str:
    """What a cell says, by what its column is for: a number is asked for, text, or people's own words."""
    try:
        if name in WORDS:
            return words_in(cell)
        # What a program wrote into an XML file, no spreadsheet computes.
        if cell.row and cell.kind == Kind.TEXT and is_formula(plain_text(cell.value)):
            raise CellFormula(field=name)
        return number_in(cell) if _asks_number(name, measurements) else text_in(cell)
    except DomainError as fault:
        fault.field = name
        faults.append((name, fault))
        return ""


def _asks_number(name: str, measurements: Sequence[Measurement]) -> bool:
    """Whether the column holds a number; of free text such as a version a numeric cell has lost the writing."""
    if not name.startswith("value"):
        return False
    nth = int(name.removeprefix("value"))
    return nth > len(measurements) or measurements[nth - 1].type != MeasurementType.TEXT


def _values(
    texts: Mapping[str, str], measurements: Sequence[Measurement], faults: list[tuple[str, DomainError]]
) -> dict[str, dict[str, str]]:
    """Values by their place in the item; one beyond the last place gets a key that nobody knows.

    A percentage is the number before its sign where the unit says so too, and nothing anywhere else.
    """
    values = {}
    for nth in range(1, PLACES + 1):
        text, unit = texts.get(f"value{nth}", ""), texts.get(f"unit{nth}", "")
        if not text:
            continue
        if PERCENTAGE.fullmatch(text) and _asks_number(f"value{nth}", measurements):
            if unit != "%":
                faults.append((f"value{nth}", CellPercent(field=f"value{nth}", shown=text, number=text.rstrip("% "))))
            text = text.rstrip("% ")
        key = measurements[nth - 1].key if nth <= len(measurements) else f"value{nth}"
        values[key] = {"value": text, "unit": unit}
    return values


def moment_of(cell: Cell | None, common: Mapping[str, Any]) -> datetime | None:
    """The moment in a cell, on the alliance's clock where it names no zone; the common one where it is empty."""
    if cell is not None and cell.kind == Kind.NUMBER:
        raise errors.CellDateAsNumber(field="performed_at")
    if cell is not None and cell.kind == Kind.DATE:
        assert isinstance(cell.value, datetime)
        moment: datetime | None = cell.value if cell.value.year >= EARLIEST_YEAR else None
    else:
        text = text_in(cell) or str(common.get("performed_at") or "")
        if not text:
            return None
        if re.fullmatch(r"\d{4,6}(\.\d+)?", text):
            raise errors.CellDateAsNumber(field="performed_at")
        moment = _moment_in(text.replace("/", "-"))
    if moment is None:
        raise errors.CellMoment(field="performed_at")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


@lru_cache(maxsize=1024)
def _moment_in(text: str) -> datetime | None:
    """Kept by its words, since a rig writes one moment beside many results."""
    try:
        return parse_datetime(text)
    except ValueError:
        return None
