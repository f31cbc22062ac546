"""Which items failed, which wait for their retest, and whether nothing is missing any more."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from products.orders.models import Order, PlanItem
from products.orders.states import Inclusion
from products.results.models import Slot
from products.results.selectors import SETTLED, is_in_doubt
from products.results.states import SlotState, Verdict
from products.rework.models import Rework, ReworkItem
from products.rework.states import RUNNING, ReworkState
from products.suites.states import ResultType

DONE = Q(state=SlotState.EXCLUDED) | Q(state=SlotState.VERIFIED, verdict__in=SETTLED)


def failures_of(order: Order) -> QuerySet[Slot]:
    """Slots whose verified verdict is FAIL now, without parents that only sum up their children."""
    return Slot.objects.filter(
        plan_item__order=order, state=SlotState.VERIFIED, verdict=Verdict.FAIL
    ).exclude(plan_item__item_version__result_type=ResultType.DERIVED).select_related(
        "plan_item", "effective"
    ).order_by("plan_item__position")


def failed_codes(order: Order) -> set[str]:
    """Codes of the items that fail now, sums included, or whose rework closed as failed or was given up."""
    now = Slot.objects.filter(plan_item__order=order, verdict=Verdict.FAIL)
    closed = ReworkItem.objects.filter(rework__order=order,
                                       rework__state__in=[ReworkState.CLOSED_FAIL, ReworkState.ABANDONED])
    passed = Slot.objects.filter(plan_item__order=order, state=SlotState.VERIFIED, verdict=Verdict.PASS)
    named = [set(rows.values_list("plan_item__code", flat=True)) for rows in (now, closed, passed)]
    return named[0] | (named[1] - named[2])


def repeats_pending(order: Order) -> QuerySet[Slot]:
    """Items that a signed scope wants repeated and that have no verified verdict on it yet; INC is none."""
    return Slot.objects.filter(plan_item__order=order, repeat_after__gt=0).exclude(DONE)


def open_items_of(order: Order) -> QuerySet[PlanItem]:
    """Items of the plan that still lack a verified PASS, FAIL or REC, or an approved exclusion."""
    settled = Q(slot__state=SlotState.EXCLUDED) | Q(slot__state=SlotState.VERIFIED, slot__verdict__in=SETTLED)
    return PlanItem.objects.filter(order=order, inclusion=Inclusion.IN).exclude(settled).order_by("position")


def is_complete(order: Order) -> bool:
    """The scheme's rule: no open item (a proposed exclusion leaves its item open), no doubt, no running rework."""
    return not (
        open_items_of(order).exists()
        or is_in_doubt(order)
        or Rework.objects.filter(order=order, state__in=RUNNING).exists()
    )
