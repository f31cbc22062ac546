"""What a scope of retest has to decide: every item that has a result on an older version."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from products.orders.models import Order, PlanItem
from products.results.models import Attempt, Slot
from products.results.states import SlotState, Verdict
from products.rework.models import Reason, ReworkItem
from products.rework.states import ScopeChoice
from products.suites.states import ResultType


@dataclass(frozen=True)
class ScopeItem:
    """An item for the signer: what it came to, on which version, and whether it failed (then it is repeated)."""

    plan_item: PlanItem
    attempt: Attempt
    verdict: str
    is_failed: bool
    # What the software suggests, and because of which failed items; the signer decides.
    suggestion: ScopeChoice = ScopeChoice.KEEP
    related: tuple[str, ...] = ()


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
    slots = list(slots_with_results(order))
    failed = [slot.plan_item for slot in slots if slot.verdict == Verdict.FAIL]
    near = _near(order, failed)
    rows = []
    for slot in slots:
        attempt, item = slot.effective or slot.latest, slot.plan_item
        assert attempt is not None
        is_failed = slot.verdict == Verdict.FAIL
        related = () if is_failed else tuple(
            one.code for one in failed if item.code in near[one.pk] or _is_sibling(item, one))
        choice = ScopeChoice.REPEAT if is_failed or related else ScopeChoice.KEEP
        rows.append(ScopeItem(item, attempt, slot.verdict, is_failed, choice, related))
    return rows


def _is_sibling(item: PlanItem, failed: PlanItem) -> bool:
    parent = failed.item_version.parent_id
    return parent is not None and item.item_version.parent_id == parent


def _near(order: Order, failed: list[PlanItem]) -> dict[int, set[str]]:
    """For each failed item the codes that are typical for the group of the reason found for it; two queries."""
    found = ReworkItem.objects.filter(plan_item__in=failed, reason__isnull=False).order_by("pk")
    groups = dict(found.values_list("plan_item_id", "reason__group_zh"))
    typical: dict[str, set[str]] = {}
    for group, codes in Reason.objects.filter(group_zh__in=set(groups.values())).values_list("group_zh",
                                                                                              "typical_items"):
        typical.setdefault(group, set()).update(codes)
    return {item.pk: typical.get(groups.get(item.pk, ""), set()) for item in failed}
