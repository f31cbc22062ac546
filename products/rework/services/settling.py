"""What follows from verified results: a rework opens, grows, goes into its next round or closes; an order completes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.orders.models import Order
from products.orders.services import complete_order, reopen_testing
from products.orders.services.moves import lock_order
from products.orders.states import Stage
from products.results.models import Slot
from products.results.states import SlotState
from products.rework.models import Rework, ReworkItem
from products.rework.selectors import failures_of, is_complete, repeats_pending, running_rework
from products.rework.services.moves import move_rework, note, open_rework
from products.rework.states import ReworkState


@transaction.atomic
def settle_order(*, order: Order) -> Order:
    """Draw the consequences of the results as they stand; harmless when run twice, and outside testing.

    An order whose tests were complete goes back to testing where a result is missing.

    A verified FAIL that no rework knows opens one, or joins the running one: in its round, also while the vendor is at
    work (the vendor sees it and the retest covers it), and in the next round once the retest runs. A retest whose
    items all have their verdict closes the rework or opens its next round. With nothing missing the order is complete.
    """
    locked = lock_order(order)
    # A report that is amended or returned may find that a result was thrown out since: the item has to be tested again.
    if locked.stage == Stage.COMPLETE and not is_complete(locked):
        locked = reopen_testing(order=locked, reason=_("有测试项的结果已作废或未得出，须重新测试。"))
    if locked.stage != Stage.TESTING:
        return locked
    failures = list(failures_of(locked))
    rework = _join(locked, running_rework(locked), failures)
    if rework is not None:
        _advance(locked, rework, failures)
    return complete_order(order=locked) if is_complete(locked) else lock_order(locked)


def _join(order: Order, rework: Rework | None, failures: Iterable[Slot]) -> Rework | None:
    """Enter failures that no rework knows; the running rework, opened if need be."""
    known = set(ReworkItem.objects.filter(plan_item__order=order).values_list("attempt_id", flat=True))
    fresh = [slot for slot in failures if slot.effective_id not in known]
    if not fresh:
        return rework
    rework = rework or open_rework(order)
    number = rework.round + (rework.state == ReworkState.RETEST)
    # A corrected record that failed again keeps the reason that was found for it.
    reasons = {item.plan_item_id: item for item in rework.items.filter(round=number)}
    ReworkItem.objects.bulk_create([_item(rework, slot, number, reasons.get(slot.plan_item_id)) for slot in fresh])
    note(order, rework, "rework.items_joined", None,
         after={"round": number, "items": [slot.plan_item.code for slot in fresh]})
    return rework


def _item(rework: Rework, slot: Slot, number: int, before: ReworkItem | None) -> ReworkItem:
    return ReworkItem(rework=rework, plan_item=slot.plan_item, attempt=slot.effective, round=number,
                      reason=before.reason if before else None, note=before.note if before else "")


def _advance(order: Order, rework: Rework, failures: Iterable[Slot]) -> None:
    """Move the rework if its results say so."""
    standing = {slot.effective_id for slot in failures}
    if rework.state == ReworkState.OPEN:
        if not _keep_standing(rework, rework.round, standing):
            _close_empty(order, rework)
    elif rework.state == ReworkState.RETEST and not repeats_pending(order).exists():
        if _keep_standing(rework, rework.round + 1, standing):
            move_rework(order, rework, "reopen", None,
                        changes={"round": rework.round + 1, "finding": "", "sent_by": None, "sent_at": None})
        else:
            move_rework(order, rework, "close_pass", None, changes={"closed_at": timezone.now()})


def _keep_standing(rework: Rework, number: int, standing: set[int | None]) -> bool:
    """Drop items of a round, not yet sent, whose failure was corrected or thrown out; whether any is left.

    An item whose correction waits for its verifier stays until that has said what it comes to.
    """
    items = rework.items.filter(round=number)
    gone = items.exclude(attempt_id__in=[key for key in standing if key is not None])
    gone.exclude(plan_item__slot__state=SlotState.RECORDED).delete()
    return items.exists()


def _close_empty(order: Order, rework: Rework) -> None:
    """End a rework in which nothing fails any more before a finding was sent."""
    reason = _("更正或作废后已无未通过项。")
    verb = "close_pass" if rework.round > 1 else "abandon"
    move_rework(order, rework, verb, None, reason=reason,
                changes={"closed_at": timezone.now(), "closing_reason": reason})
