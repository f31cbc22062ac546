"""What was typed on the bench, as `record_attempts` takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from products.orders.models import Order
from products.orders.selectors import versions_of
from products.results.selectors import GridRow

ENTRIES = ("verdict", "value", "remark")


def codes_typed(typed: Mapping[str, str]) -> set[str]:
    """The items in whose rows something was entered."""
    return {name.split(".")[1] for name, text in typed.items()
            if name.count(".") and name.split(".")[0] in ENTRIES and text.strip()}


def rows_typed(typed: Mapping[str, str], order: Order, grid: Iterable[GridRow]) -> list[dict[str, Any]]:
    """The rows in which something was entered, with what the batch has in common."""
    versions = {str(row.pk): row for row in versions_of(order)}
    version = versions.get(typed.get("version", ""))
    common = {
        "hardware": version.hardware.version if version else "",
        "firmware": version.firmware.version if version else "",
        "tool": typed.get("tool", ""), "performed_at": moment_typed(typed.get("performed_at", "")),
    }
    entered = codes_typed(typed)
    return [_row(typed, row) | common for row in grid if row.code in entered]


def _row(typed: Mapping[str, str], row: GridRow) -> dict[str, Any]:
    return {
        "item": row.code, "verdict": typed.get(f"verdict.{row.code}") or None, "values": values_typed(typed, row),
        "remark": typed.get(f"remark.{row.code}", "").strip(),
        "slot_version": _whole(typed.get(f"slot_version.{row.code}", "")),
    }


def values_typed(typed: Mapping[str, str], row: GridRow) -> dict[str, dict[str, str]]:
    """The values of a row that were filled in; each has the unit that the page shows beside it."""
    values = {}
    for one in row.values:
        text = typed.get(f"value.{row.code}.{one.key}", "").strip()
        if text:
            values[one.key] = {"value": text, "unit": one.unit}
    return values


def moment_typed(text: str) -> datetime | None:
    """A moment on the alliance's clock; None where nothing sensible was entered, which the service refuses."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(moment) if moment is not None and timezone.is_naive(moment) else moment


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 9 else None
