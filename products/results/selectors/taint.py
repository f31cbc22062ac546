"""Taint: every record that a doubtful tool, person or period touched (ISO/IEC 17025, 7.10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from members.people.models import User
from products.equipment.models import Tool
from products.orders.models import Order
from products.orders.states import Stage
from products.results.models import Attempt, AttemptAct, Slot
from products.results.selectors.visibility import attempts_visible_to


@dataclass(frozen=True)
class Doubt:
    """What is in doubt: a tool by its number, a person by staff number, the days of testing; at least one of them."""

    tool: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.tool or self.person or self.since or self.until)


@dataclass(frozen=True)
class Touched:
    """An order that the doubt touches: its records in doubt, and the ids of those that count now."""

    order: Order
    attempts: list[Attempt]
    effective: list[int]


def attempts_in_doubt(doubt: Doubt, user: User) -> QuerySet[Attempt]:
    """The records, whatever became of them, in the order of their orders; none without a criterion.

    A person touched what they recorded and what they verified; days are those on which it was tested.
    """
    rows = attempts_visible_to(user).select_related(
        "plan_item__order__device", "plan_item__order__company", "plan_item__item_version", "tool", "recorded_by",
        "version__hardware", "version__firmware",
    ).prefetch_related("acts").order_by("plan_item__order_id", "plan_item__position", "ordinal", "revision")
    if not doubt:
        return rows.none()
    if doubt.tool:
        rows = rows.filter(tool__number=doubt.tool)
    if doubt.person:
        acted = AttemptAct.objects.filter(actor__staff_number=doubt.person, kind="verified").values("attempt")
        rows = rows.filter(Q(recorded_by__staff_number=doubt.person) | Q(pk__in=acted))
    if doubt.since:
        rows = rows.filter(performed_at__gte=_start_of(doubt.since))
    if doubt.until:
        rows = rows.filter(performed_at__lt=_start_of(doubt.until + timedelta(days=1)))
    return rows


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def orders_touched(attempts: Iterable[Attempt]) -> list[Touched]:
    """The same by order; one query."""
    found: defaultdict[int, list[Attempt]] = defaultdict(list)
    orders: dict[int, Order] = {}
    for attempt in attempts:
        order = attempt.plan_item.order
        found[order.pk].append(attempt)
        orders[order.pk] = order
    effective = set(Slot.objects.filter(plan_item__order__in=orders).values_list("effective_id", flat=True))
    return [Touched(orders[key], rows, [row.pk for row in rows if row.pk in effective])
            for key, rows in found.items()]


def orders_measured_with(tool: Tool) -> list[str]:
    """The numbers of orders in testing that have a record measured with the tool, the oldest first."""
    orders = Order.objects.filter(stage=Stage.TESTING, plan__attempts__tool=tool).order_by("pk").distinct()
    return list(orders.values_list("number", flat=True))
