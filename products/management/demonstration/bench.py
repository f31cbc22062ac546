"""Results as the demonstration's tester enters them: plausible, invented, within the limits unless an item fails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from products.equipment.models import Tool, ToolKind
from products.equipment.services import register_tool
from products.orders.models import Order, PlanItem, ReceivedVersion
from products.orders.states import Inclusion
from products.results.states import Verdict
from products.suites.models import Measurement
from products.suites.states import Comparator, MeasurementType, ResultType

REFERENCE = "DEMO-JZ-01"
TOOLS = (
    (REFERENCE, "演示基准接入点", "Demonstration reference access point", ToolKind.REFERENCE),
    ("DEMO-YQ-02", "演示抓包分析仪", "Demonstration packet analyser", ToolKind.INSTRUMENT),
    ("DEMO-RJ-03", "演示重传测试软件", "Demonstration retransmission software", ToolKind.SOFTWARE),
    # For the loan desk.
    ("DEMO-JZ-04", "演示基准终端", "Demonstration reference terminal", ToolKind.REFERENCE),
    ("DEMO-JZ-05", "演示便携接入点", "Demonstration portable access point", ToolKind.REFERENCE),
    ("DEMO-YQ-06", "演示频谱仪", "Demonstration spectrum analyser", ToolKind.INSTRUMENT),
)
CALIBRATED_UNTIL = date(2027, 12, 31)
# What a healthy device shows, by unit; a share of 100 stays below it.
USUAL = {"%": "98.5", "Mbit/s": "186.4", "dBm": "-78", "µA": "42.5", "mJ": "310", "毫秒": "38.2", "秒": "1.5",
         "次": "3", "次/秒": "512", "个": "50", "台": "64", "张": "10000", "年": "5.2", "小时": "72"}
# What differs from the rest of its unit, by the name of the value.
NAMED = {"loss": "0.8", "rekey_loss": "0", "drops": "0", "loss_set": "10", "ref_total": "6", "ref_ok": "6",
         "tries": "60", "ratio": "94.1"}
BEYOND = {Comparator.AT_LEAST: Decimal(-8), Comparator.ABOVE: Decimal(-8), Comparator.AT_MOST: Decimal(8),
          Comparator.BELOW: Decimal(8), Comparator.EQUAL: Decimal(1)}


def register_tools() -> None:
    """The tools, entered where they are missing."""
    known = set(Tool.objects.values_list("number", flat=True))
    for number, name_zh, name_en, kind in TOOLS:
        if number not in known:
            register_tool(number=number, name_zh=name_zh, name_en=name_en, kind=kind, actor=None,
                          calibrated_until=CALIBRATED_UNTIL, is_demonstration=True)


def testable_items(order: Order) -> list[PlanItem]:
    """The items of the plan that take results, in the order of the edition."""
    items = PlanItem.objects.filter(order=order, inclusion=Inclusion.IN).exclude(
        item_version__result_type=ResultType.DERIVED)
    return list(items.select_related("item_version").prefetch_related("item_version__measurements")
                .order_by("position"))


def rows_for(items: Iterable[PlanItem], version: ReceivedVersion, failing: Iterable[str] = ()) -> list[dict[str, Any]]:
    """One row for each item, measured now on the version; those named fail."""
    codes = set(failing)
    return [_row(item, version, fails=item.code in codes) for item in items]


def _row(item: PlanItem, version: ReceivedVersion, *, fails: bool) -> dict[str, Any]:
    kind = item.item_version.result_type
    is_judged = kind in (ResultType.JUDGED, ResultType.JUDGED_WITH_VALUES)
    judgement = Verdict.FAIL if fails else Verdict.PASS
    return {
        "item": item.code, "verdict": judgement if is_judged else None,
        "values": {one.key: _value(one, fails=fails) for one in item.item_version.measurements.all()},
        "hardware": version.hardware.version, "firmware": version.firmware.version, "tool": REFERENCE,
        "performed_at": timezone.now(), "remark": "演示：抓包中未见重传" if fails else "", "slot_version": None,
    }


def _value(measurement: Measurement, *, fails: bool) -> dict[str, str]:
    if measurement.type != MeasurementType.NUMBER:
        return {"value": (measurement.choices or ["演示"])[0], "unit": measurement.unit}
    text = NAMED.get(measurement.key) or USUAL.get(measurement.unit, "3")
    if fails and measurement.role == "result":
        text = _failing(measurement)
    return {"value": text, "unit": measurement.unit}


def _failing(measurement: Measurement) -> str:
    """Beyond the limit where there is one; a device that does not answer shows a single sending or nothing."""
    if measurement.limit is None:
        return "1" if measurement.unit == "次" else "0"
    return f"{measurement.limit + BEYOND[Comparator(measurement.comparator)]:f}"
