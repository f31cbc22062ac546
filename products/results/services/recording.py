"""Records what was tested, and corrects slips of the pen; a record is never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from members.history.services import append_entry
from members.people.models import User
from products.orders.models import Order
from products.orders.services.moves import lock_order
from products.orders.states import REPORTED
from products.results import errors
from products.results.models import Attempt, AttemptAct, Rig
from products.results.permissions import can_correct_attempt, can_record_results
from products.results.selectors import DIGEST_FORMS, JUDGED, digest_of_attempts
from products.results.services.counting import recount_results
from products.results.services.guards import (
    fresh_attempt,
    order_reopened,
    order_taking_results,
    require_right,
    require_text,
)
from products.results.services.rows import Desk, Draft, attempt_from, check_row, desk_for
from products.results.services.slots import open_slots, recompute_slots
from products.results.states import ATTEMPT_TRANSITIONS, ActKind, CorrectionReason
from wapicert.texts import CODE, REASON, takes_text
from wapicert.transitions import require_transition


@transaction.atomic
def record_attempts(
    *, order: Order, rows: Sequence[Mapping[str, Any]], actor: User, rig: Rig | None = None
) -> list[Attempt]:
    """Record a batch: every row, or none if one is wrong (BatchRefused names all faults of all rows).

    A row has `item`, `verdict`, `values` ({key: {"value", "unit"}}), `hardware`, `firmware`, `tool` (its number),
    `performed_at` (with time zone), `remark` and `slot_version` (None: not asked). Values are kept as entered;
    verdicts of computed and recorded items follow from them. An item that has a result which stands, or waits for its
    verifier, is refused with what was recorded, by whom and when. One history entry with the digest of the rows.
    A `rig` records in the name of its responsible person, with its own tools and on its own orders only.
    """
    require_right(can_record_results(actor, order), roles="TE")
    if rig and rig.orders.exists() and not rig.orders.filter(pk=order.pk).exists():
        raise errors.RigElsewhere
    locked = order_taking_results(order, {str(row.get("item")) for row in rows})
    if not rows:
        raise errors.BatchEmpty(field="rows")
    open_slots(order=locked)
    desk = desk_for(locked, actor, rows)
    drafts = [check_row(desk, row) for row in rows]
    _refuse_foreign_tools(drafts, rig)
    _refuse_faults(drafts)
    attempts = [attempt_from(desk, draft) for draft in drafts]
    for attempt in attempts:
        attempt.rig = rig
    attempts = Attempt.objects.bulk_create(attempts)
    recompute_slots(order=locked, plan_item_ids=[row.plan_item_id for row in attempts])
    append_entry(chain=locked.chain, act="results.recorded", actor=actor, object_type="order", object_id=locked.number,
                 after=batch_facts(attempts) | ({"rig": rig.number} if rig else {}))
    return attempts


def batch_facts(attempts: Iterable[Attempt]) -> dict[str, Any]:
    """What the history keeps of a batch: how many rows, which items, and the digest of the rows with its form."""
    rows = list(attempts)
    return {"attempts": len(rows), "items": [row.plan_item.code for row in rows], **digest_facts(rows)}


def digest_facts(attempts: Iterable[Attempt]) -> dict[str, Any]:
    """The digest of the rows, and of which form it is."""
    return {"digest": digest_of_attempts(attempts), "digest_form": DIGEST_FORMS[0]}


def _refuse_foreign_tools(drafts: Sequence[Draft], rig: Rig | None) -> None:
    """Note on each row that names a tool which the rig does not have; none of them is refused without a rig."""
    own = set(rig.tools.values_list("pk", flat=True)) if rig else None
    for draft in drafts:
        if own is not None and draft.tool is not None and draft.tool.pk not in own:
            draft.faults.append(errors.ToolNotOfRig(field="tool"))


def _refuse_faults(drafts: Sequence[Draft]) -> None:
    """Raise BatchRefused with every fault of every row, duplicates within the batch among them."""
    faults, seen = [], set()
    for number, draft in enumerate(drafts):
        code = str(draft.given.get("item") or "")
        if draft.item is not None and draft.item.pk in seen:
            draft.faults.append(errors.DuplicateItem(field="item"))
        if draft.item is not None:
            seen.add(draft.item.pk)
        faults += [errors.as_row(fault, row=number, item=code) for fault in draft.faults]
    if faults:
        raise errors.BatchRefused(faults)


@takes_text(reason=CODE, text=REASON)
@transaction.atomic
def correct_attempt(*, attempt: Attempt, row: Mapping[str, Any], reason: str, text: str, actor: User) -> Attempt:
    """Correct a slip of the pen: a new record of the same test, revision + 1; the old one stays readable.

    `reason` is a CorrectionReason, `text` says what was wrong. The new record waits for its verifier; a complete
    order goes back to testing. Refuses what recording refuses (the first fault, with all of them as `rows`), and
    states from which no correction leads.
    """
    require_right(can_correct_attempt(actor, attempt), roles="TE")
    if reason not in CorrectionReason.values:
        raise errors.CorrectionReasonUnknown(field="reason")
    text = require_text(text, "text")
    locked = _order_for_correction(attempt, text)
    attempt = fresh_attempt(attempt)
    require_transition(ATTEMPT_TRANSITIONS, "correct", attempt.state, attempt.state.label)
    whole = _whole_row(attempt, row)
    desk = desk_for(locked, actor, [whole])
    corrected = _corrected(desk, attempt, whole)
    corrected.correction_reason, corrected.correction_text = reason, text
    corrected.save(force_insert=True)
    AttemptAct.objects.create(attempt=attempt, kind=ActKind.SUPERSEDED, actor=actor, at=desk.now, comment=text)
    recompute_slots(order=locked, plan_item_ids=[attempt.plan_item_id])
    recount_results(locked)
    append_entry(chain=locked.chain, act="result.corrected", actor=actor, object_type="attempt",
                 object_id=attempt.pk, before={"verdict": attempt.verdict, "values": attempt.values},
                 after={"attempt": corrected.pk, "item": attempt.plan_item.code, "verdict": corrected.verdict,
                        "values": corrected.values, "class": reason, **digest_facts([corrected])},
                 reason=text)
    return corrected


def _order_for_correction(attempt: Attempt, text: str) -> Order:
    """Results that a report stands on are locked; a test that follows one thrown out is still being made."""
    item = attempt.plan_item
    if lock_order(item.order).stage in REPORTED:
        return order_taking_results(item.order, [item.code])
    return order_reopened(item.order, text)


def _whole_row(attempt: Attempt, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a correction: what it leaves out stays as it was, but a computed verdict follows the values."""
    is_judged = attempt.plan_item.item_version.result_type in JUDGED
    kept = {
        "verdict": attempt.verdict if is_judged else None, "values": attempt.values, "remark": attempt.remark,
        "hardware": attempt.version.hardware.version, "firmware": attempt.version.firmware.version,
        "tool": attempt.tool.number, "performed_at": attempt.performed_at,
    }
    return {**kept, **row, "item": attempt.plan_item.code}


def _corrected(desk: Desk, attempt: Attempt, row: Mapping[str, Any]) -> Attempt:
    """The record that takes the place of another; raises its first fault, with all of them as `rows`."""
    draft = check_row(desk, row, is_correction=True)
    if draft.faults:
        fault = draft.faults[0]
        fault.rows = [errors.as_row(each, row=0, item=attempt.plan_item.code) for each in draft.faults]
        raise fault
    corrected = attempt_from(desk, draft)
    corrected.ordinal, corrected.revision, corrected.corrects = attempt.ordinal, attempt.revision + 1, attempt
    return corrected
