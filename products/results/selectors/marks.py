"""What a verifier looks at twice: differences, outliers, values near their limit, overdue tools, missing evidence,
late entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from statistics import median

from django.conf import settings
from django.utils.translation import gettext as _

from products.orders.models import Order
from products.results.models import Slot
from products.results.selectors.records import Record
from products.results.states import Mark, SlotState, Verdict
from products.suites.models import Measurement
from products.suites.states import MeasurementType

# How many earlier values make a history, how many are looked at, and how far from their middle is far:
# three times the scaled median deviation, which a few wild values do not move.
LEAST, MOST, SPREAD = 5, 2000, 3 * 1.4826
# Values by item and measurement, as other orders had them.
History = Mapping[tuple[int, str], Sequence[float]]


@dataclass(frozen=True)
class Marked:
    """One mark on a record, and what it says."""

    mark: Mark
    text: str


def marks_of(records: Iterable[Record], order: Order) -> dict[int, list[Marked]]:
    """The marks of each record by its id; one query, for the values that other orders had."""
    rows = list(records)
    history = _history(rows, order)
    return {row.pk: [*_changes(row), *_outliers(row, history), *_tool(row), *_evidence(row), *_lateness(row)]
            for row in rows}


def _changes(row: Record) -> list[Marked]:
    """What differs from the record of the same item before it."""
    if row.before is None:
        return []
    found = []
    if row.before.verdict != row.verdict:
        found.append(f"{Verdict(row.before.verdict).label} → {Verdict(row.verdict).label}")
    for key in dict.fromkeys([*row.before.values, *row.values]):
        old, new = (one.values.get(key, {}).get("value", "–") for one in (row.before, row))
        if old != new:
            found.append(f"{old} → {new}")
    return [Marked(Mark.CHANGED, " · ".join(found))] if found else []


def _outliers(row: Record, history: History) -> list[Marked]:
    """Values far from those of earlier orders, and values that keep their limit by a hair."""
    found = []
    for one in row.item.measurements.all():
        value = _number(row, one)
        if value is None:
            continue
        known = history.get((row.item.item_id, one.key), ())
        if len(known) >= LEAST and _is_far(float(value), known):
            text = _("%(value)s；以往中位数 %(middle)s（%(count)d 次）") % {
                "value": value, "middle": f"{median(known):g}", "count": len(known)}
            found.append(Marked(Mark.OUTLIER, text))
        if one.limit is not None and _is_near(value, one.limit):
            found.append(Marked(Mark.NEAR_LIMIT, f"{value} {one.get_comparator_display()} {one.limit.normalize():f}"))
    return found


def _number(row: Record, measurement: Measurement) -> Decimal | None:
    if measurement.type != MeasurementType.NUMBER or measurement.key not in row.values:
        return None
    try:
        return Decimal(row.values[measurement.key]["value"])
    except InvalidOperation:
        return None


def _is_far(value: float, known: Sequence[float]) -> bool:
    middle = median(known)
    deviation = median(abs(one - middle) for one in known)
    return abs(value - middle) > (SPREAD * deviation or abs(middle) / 2)


def _is_near(value: Decimal, limit: Decimal) -> bool:
    """Within the settings' share of the limit, on either side of it."""
    return limit != 0 and 0 < abs(value - limit) <= abs(limit) * settings.NEAR_LIMIT_PERCENT / 100


def _tool(row: Record) -> list[Marked]:
    """A tool whose calibration was over on the day; the remark says why it was used."""
    if row.overdue_since is None:
        return []
    return [Marked(Mark.OVERDUE_TOOL, _("%(tool)s 有效期至 %(until)s") % {
        "tool": row.tool, "until": row.overdue_since.isoformat()})]


def _evidence(row: Record) -> list[Marked]:
    """The item asks for evidence, or it failed, and there is none."""
    if row.pieces or not (row.item.evidence or row.verdict == Verdict.FAIL):
        return []
    return [Marked(Mark.NO_EVIDENCE, "、".join(row.item.evidence))]


def _lateness(row: Record) -> list[Marked]:
    delay = row.recorded_at - row.performed_at
    if delay <= timedelta(hours=settings.LATE_ENTRY_HOURS):
        return []
    return [Marked(Mark.LATE, _("测试后 %(hours)d 小时录入") % {"hours": delay // timedelta(hours=1)})]


def _history(rows: Iterable[Record], order: Order) -> History:
    """Effective values of the same items on other orders, the newest first and no more than a bounded number."""
    items = {row.item.item_id for row in rows if any(
        one.type == MeasurementType.NUMBER for one in row.item.measurements.all())}
    found: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    if not items:
        return found
    slots = Slot.objects.filter(plan_item__item_version__item__in=items, state=SlotState.VERIFIED,
                                effective__isnull=False).exclude(plan_item__order=order).order_by("-effective_id")
    for item, values in slots.values_list("plan_item__item_version__item_id", "effective__values")[:MOST]:
        for key, one in values.items():
            try:
                found[item, key].append(float(one["value"]))
            except ValueError:
                continue
    return found
