"""Rows of results as a tester enters them, and orders whose items are recorded and verified; all invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from products.orders.models import Order, PlanItem
from products.orders.states import Inclusion
from products.results.models import Attempt
from products.results.services import record_attempts
from products.results.states import Verdict
from products.rework.services import verify_results
from products.suites.models import Measurement
from products.suites.states import Comparator, MeasurementType, ResultType
from tests.factories import equipment, orders
from tests.factories.seeds import kept

STEP = {Comparator.ABOVE: Decimal(1), Comparator.BELOW: Decimal(-1)}
BEYOND = {Comparator.AT_LEAST: Decimal(-1), Comparator.ABOVE: Decimal(-1), Comparator.AT_MOST: Decimal(1),
          Comparator.BELOW: Decimal(1), Comparator.EQUAL: Decimal(1)}


def planned(order: Order, codes: Iterable[str] | None = None) -> list[PlanItem]:
    """The items of the plan that take results, or those of them that are named."""
    items = PlanItem.objects.filter(order=order, inclusion=Inclusion.IN).exclude(
        item_version__result_type=ResultType.DERIVED
    ).select_related("item_version").prefetch_related("item_version__measurements").order_by("position")
    if codes is None:
        return list(items)
    wanted = set(codes)
    found = [item for item in items if item.code in wanted]
    assert {item.code for item in found} == wanted, "not in this order's plan"
    return found


def value_for(measurement: Measurement, *, fails: bool = False) -> dict[str, str]:
    """A value with its unit, within the limit or beyond it."""
    if measurement.type == MeasurementType.NUMBER:
        text = "3"
        if measurement.limit is not None:
            step = BEYOND if fails and measurement.role == "result" else STEP
            text = f"{measurement.limit + step.get(measurement.comparator, Decimal(0)):f}"
    else:
        text = (measurement.choices or ["演示"])[0]
    return {"value": text, "unit": measurement.unit}


def row(item: PlanItem, verdict: str = "PASS", **changes: Any) -> dict[str, Any]:
    """A row without fault for the item, on the version that was declared."""
    version = item.item_version
    is_judged = version.result_type in (ResultType.JUDGED, ResultType.JUDGED_WITH_VALUES)
    values = {one.key: value_for(one, fails=verdict == Verdict.FAIL) for one in version.measurements.all()}
    return {
        "item": item.code, "verdict": verdict if is_judged else None, "values": values, "hardware": orders.HARDWARE,
        "firmware": orders.FIRMWARE, "tool": equipment.NUMBER, "performed_at": timezone.now(), "remark": "",
        **changes,
    }


def rows(
    order: Order, codes: Iterable[str] | None = None, verdicts: Mapping[str, str] | None = None, **changes: Any
) -> list[dict[str, Any]]:
    """Rows for the named items, or for all; PASS unless `verdicts` says otherwise by code."""
    wished = verdicts or {}
    return [row(item, wished.get(item.code, "PASS"), **changes) for item in planned(order, codes)]


def recorded(
    order: Order, cast: SimpleNamespace, codes: Iterable[str] | None = None,
    verdicts: Mapping[str, str] | None = None, **changes: Any,
) -> list[Attempt]:
    """Recorded by the tester in one batch."""
    equipment.tool(cast.quality)
    return record_attempts(order=order, rows=rows(order, codes, verdicts, **changes), actor=cast.tester)


def attempt(
    order: Order, cast: SimpleNamespace, code: str = "IOP-01", verdict: str = "PASS", **changes: Any
) -> Attempt:
    """One recorded item."""
    return recorded(order, cast, [code], {code: verdict}, **changes)[0]


def verified(
    order: Order, cast: SimpleNamespace, codes: Iterable[str] | None = None,
    verdicts: Mapping[str, str] | None = None, **changes: Any,
) -> list[Attempt]:
    """Recorded by the tester and verified by the verifier, each in one batch; what follows for the order follows."""
    attempts = recorded(order, cast, codes, verdicts, **changes)
    return verify_results(order=order, attempts=attempts, actor=cast.verifier)


@kept
def with_failed_item(cast: SimpleNamespace, code: str = "FUN-RT-07", **changes: Any) -> Order:
    """An order in testing in which one item failed, one passed, and the others are to do; its rework is open."""
    order = orders.in_testing(cast, **changes)
    verified(order, cast, ["IOP-01", code], {code: "FAIL"})
    return orders.fresh(order)


@kept
def passed_order(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """An order whose items were all recorded, verified and passed: complete."""
    order = orders.in_testing(cast, device_type, **changes)
    verified(order, cast)
    return orders.fresh(order)
