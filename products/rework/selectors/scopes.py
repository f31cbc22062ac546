"""What a scope of retest has to decide: every item that has a result on an older version."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from products.orders.models import Order, PlanItem
from products.results.models import Attempt, Slot
from products.results.states import SlotState, Verdict
from products.suites.states import ResultType


@dataclass(frozen=True)
class ScopeItem:
    """An item for the signer: what it came to, on which version, and whether it failed (then it is repeated)."""

    plan_item: PlanItem
    attempt: Attempt
    verdict: str
    is_failed: bool


def slots_with_results(order: Order) -> QuerySet[Slot]:
    """Slots of items that have a result, verified or not, and are neither excluded nor derived; in plan order.

    An inconclusive item has no result: it is repeated or excluded anyway.
    """
    has_result = Q(state__in=[SlotState.RECORDED, SlotState.RECONFIRM]) | Q(
        state=SlotState.VERIFIED, verdict__in=[Verdict.PASS, Verdict.FAIL, Verdict.REC]
    )
    return Slot.objects.filter(has_result, plan_item__order=order, latest__isnull=False).exclude(
        plan_item__item_version__result_type=ResultType.DERIVED
    ).select_related(
        "plan_item__item_version", "effective__version__hardware", "effective__version__firmware",
        "latest__version__hardware", "latest__version__firmware",
    ).order_by("plan_item__position")


def items_to_decide(order: Order) -> list[ScopeItem]:
    """What the signer's form shows: failed items (always repeated) and all that need a line."""
    rows = []
    for slot in slots_with_results(order):
        attempt = slot.effective or slot.latest
        assert attempt is not None
        rows.append(ScopeItem(slot.plan_item, attempt, slot.verdict, slot.verdict == Verdict.FAIL))
    return rows
