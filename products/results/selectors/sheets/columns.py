"""What the columns of a table of results are called, and what a row of it says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from products.results import errors
from products.results.states import Verdict
from products.suites.models import Measurement
from wapicert.errors import DomainError
from wapicert.sheets import CellFormula, is_formula, plain_text

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
ENTERED = frozenset({"verdict", "remark", *(f"value{nth}" for nth in range(1, PLACES + 1))})


def columns_of(head: Sequence[Any]) -> list[str | None]:
    """What each column means, None for an empty one; raises SheetHeadWrong with the names at fault."""
    words = [plain_text(cell) for cell in head]
    found = [KNOWN.get(word.lower()) for word in words]
    wrong = [word for word, name in zip(words, found, strict=True) if word and name is None]
    named = [name for name in found if name]
    wrong += [COLUMNS[name][0] for name in sorted({name for name in named if named.count(name) > 1})]
    wrong += [] if "item" in named else [COLUMNS["item"][0]]
    if wrong:
        shown = "、".join(word[:30] for word in wrong[:10]) + ("…" if len(wrong) > 10 else "")
        raise errors.SheetHeadWrong(errors.SheetHeadWrong.message % {"columns": shown}, field="file")
    return found


def is_blank(cells: Mapping[str, Any]) -> bool:
    """Whether the row holds no result: neither verdict nor value nor remark, as in a table to be filled in."""
    return not any(plain_text(cell) for name, cell in cells.items() if name in ENTERED)


def entered_row(
    cells: Mapping[str, Any], common: Mapping[str, Any], measurements: Sequence[Measurement]
) -> tuple[dict[str, Any], list[tuple[str, DomainError]]]:
    """The row as `record_attempts` takes it, and what is wrong with single cells as (column, fault)."""
    texts = {name: plain_text(cell) for name, cell in cells.items()}
    faults: list[tuple[str, DomainError]] = [
        (name, CellFormula(field=name)) for name, text in texts.items() if is_formula(text)
    ]
    said = texts.get("verdict", "")
    row: dict[str, Any] = {
        "item": texts.get("item", ""), "verdict": VERDICTS.get(said.lower(), said) or None,
        # People's words stay as they are; numbers and codes are normalised.
        "remark": str(cells.get("remark") or "").strip(), "values": _values(texts, measurements),
        **{name: texts.get(name) or common.get(name, "") for name in ("hardware", "firmware", "tool")},
    }
    try:
        row["performed_at"] = moment_of(cells.get("performed_at"), common)
    except DomainError as fault:
        row["performed_at"] = timezone.now()
        faults.append(("performed_at", fault))
    return row, faults


def _values(texts: Mapping[str, str], measurements: Sequence[Measurement]) -> dict[str, dict[str, str]]:
    """Values by their place in the item; one beyond the last place gets a key that nobody knows."""
    values = {}
    for nth in range(1, PLACES + 1):
        text = texts.get(f"value{nth}", "")
        if text:
            key = measurements[nth - 1].key if nth <= len(measurements) else f"value{nth}"
            values[key] = {"value": text, "unit": texts.get(f"unit{nth}", "")}
    return values


def moment_of(cell: Any, common: Mapping[str, Any]) -> datetime | None:
    """The moment in a cell, on the alliance's clock where it names no zone; the common one where it is empty."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        raise errors.CellDateAsNumber(field="performed_at")
    text = cell if isinstance(cell, datetime) else plain_text(cell) or str(common.get("performed_at") or "")
    if not text:
        return None
    if isinstance(text, str) and re.fullmatch(r"\d{4,6}(\.\d+)?", text):
        raise errors.CellDateAsNumber(field="performed_at")
    moment = text if isinstance(text, datetime) else _moment_in(text.replace("/", "-"))
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
