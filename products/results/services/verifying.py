"""The second pair of eyes: verifying, returning, and throwing out by two persons."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from members.history.services import append_entry
from members.people.models import User
from members.people.services import is_authorised
from members.people.states import Activity
from products.orders.models import Order
from products.orders.selectors import is_excepted
from products.orders.services.moves import lock_order
from products.orders.states import DutyRule
from products.results import errors
from products.results.models import Attempt, AttemptAct
from products.results.permissions import can_invalidate_attempt, can_request_invalidation, can_verify_results
from products.results.services.counting import recount_results
from products.results.services.guards import (
    fresh_attempt,
    order_taking_results,
    order_with_results,
    require_right,
    require_text,
)
from products.results.services.recording import batch_facts
from products.results.services.slots import recompute_slots
from products.results.states import ATTEMPT_TRANSITIONS, ActKind
from wapicert.texts import REASON, takes_text
from wapicert.transitions import require_transition

# The act that each verb leaves on a record.
KINDS = {"return": ActKind.RETURNED, "request_invalidation": ActKind.INVALIDATION_REQUESTED,
         "refuse_invalidation": ActKind.INVALIDATION_REFUSED, "invalidate": ActKind.INVALIDATED}


@transaction.atomic
def verify_attempts(*, order: Order, attempts: Iterable[Attempt], actor: User) -> list[Attempt]:
    """Confirm records, all or none; one history entry with the digest of the rows.

    Refuses records of another order, those that do not wait for a verifier, and any that the actor recorded in
    whatever revision (S1).
    """
    require_right(can_verify_results(actor, order), roles="VE")
    rows = _attempts_in(lock_order(order), attempts)
    locked = order_taking_results(order, {row.plan_item.code for row in rows})
    require_not_own(rows, actor)
    _require_authorised(rows, actor)
    for row in rows:
        require_transition(ATTEMPT_TRANSITIONS, "verify", row.state, row.state.label)
    now = timezone.now()
    AttemptAct.objects.bulk_create([AttemptAct(attempt=row, kind=ActKind.VERIFIED, actor=actor, at=now)
                                    for row in rows])
    recompute_slots(order=locked, plan_item_ids={row.plan_item_id for row in rows})
    recount_results(locked)
    append_entry(chain=locked.chain, act="results.verified", actor=actor, object_type="order", object_id=locked.number,
                 after=batch_facts(rows))
    return _attempts_in(locked, rows)


def require_not_own(attempts: Iterable[Attempt], actor: User) -> None:
    """S1, checked on who actually recorded: raises VerifierRecorded with the items at fault."""
    rows = list(attempts)
    if rows and is_excepted(rows[0].plan_item.order, actor, DutyRule.S1):
        return
    items = {row.plan_item_id for row in rows}
    mine = Attempt.objects.filter(plan_item_id__in=items, recorded_by=actor)
    own = set(mine.values_list("plan_item_id", "ordinal"))
    faults = [row.plan_item.code for row in rows if (row.plan_item_id, row.ordinal) in own]
    if faults:
        raise errors.VerifierRecorded(field="attempts", extra={"items": faults})


def _require_authorised(attempts: Iterable[Attempt], actor: User) -> None:
    """ISO/IEC 17025, 6.2.6: raises VerifierNotAuthorised unless the actor may verify these categories today."""
    categories = {row.plan_item.item_version.category.code for row in attempts}
    if not is_authorised(user=actor, activity=Activity.VERIFY, categories=categories, on=timezone.localdate()):
        raise errors.VerifierNotAuthorised(field="attempts", extra={"categories": sorted(categories)})


def _attempts_in(order: Order, attempts: Iterable[Attempt]) -> list[Attempt]:
    """The records as they stand, oldest first; raises BatchEmpty or AttemptUnknown."""
    wanted = {attempt.pk for attempt in attempts}
    if not wanted:
        raise errors.BatchEmpty(field="attempts")
    found = Attempt.objects.filter(pk__in=wanted, plan_item__order=order).select_related(
        "plan_item__item_version__category", "plan_item__order", "version__hardware", "version__firmware", "tool",
        "recorded_by", "rig",
    ).prefetch_related("acts")
    rows = list(found.order_by("pk"))
    if len(rows) != len(wanted):
        raise errors.AttemptUnknown(field="attempts")
    return rows


@takes_text(comment=REASON)
@transaction.atomic
def return_attempt(*, attempt: Attempt, comment: str, actor: User) -> AttemptAct:
    """Send a record back with a comment; the tester answers with a correction. Refuses the own record (S1)."""
    require_right(can_verify_results(actor, attempt.plan_item.order), roles="VE")
    locked = order_taking_results(attempt.plan_item.order, [attempt.plan_item.code])
    require_not_own([attempt], actor)
    return _act(locked, attempt, actor, "return", require_text(comment, "comment"))


@takes_text(reason=REASON)
@transaction.atomic
def request_invalidation(*, attempt: Attempt, reason: str, actor: User) -> AttemptAct:
    """Ask for a verified record to be thrown out (bad tool, wrong sample).

    A complete order goes back to testing; one with a report keeps its stage, and the report is flagged once the
    quality manager has confirmed.
    """
    require_right(can_request_invalidation(actor, attempt), roles="VE")
    reason = require_text(reason, "reason")
    return _act(order_with_results(attempt.plan_item.order, reason), attempt, actor, "request_invalidation", reason)


@takes_text(reason=REASON)
@transaction.atomic
def invalidate_attempt(*, attempt: Attempt, reason: str, actor: User) -> AttemptAct:
    """Throw a record out, as another person asked (ISO/IEC 17025, 7.10); the item waits for a new test."""
    return _answer_request(attempt, actor, "invalidate", reason)


@takes_text(reason=REASON)
@transaction.atomic
def refuse_invalidation(*, attempt: Attempt, reason: str, actor: User) -> AttemptAct:
    """Let a record stand that another person wanted thrown out, and say why; it may be asked for again."""
    return _answer_request(attempt, actor, "refuse_invalidation", reason)


def _answer_request(attempt: Attempt, actor: User, verb: str, reason: str) -> AttemptAct:
    """Two persons for an invalidation: the verifier who asks and the quality manager who answers."""
    require_right(can_invalidate_attempt(actor, attempt), roles="QM")
    reason = require_text(reason, "reason")
    locked = order_with_results(attempt.plan_item.order, reason)
    attempt = fresh_attempt(attempt)
    require_transition(ATTEMPT_TRANSITIONS, verb, attempt.state, attempt.state.label)
    if attempt.acts.filter(kind=ActKind.INVALIDATION_REQUESTED, actor=actor).exists():
        raise errors.InvalidationNeedsAnother(field="actor")
    return _act(locked, attempt, actor, verb, reason)


def _act(order: Order, attempt: Attempt, actor: User, verb: str, comment: str) -> AttemptAct:
    """Write one act on a record of a locked order, move its slot, append it to the order's chain."""
    attempt = fresh_attempt(attempt)
    before = attempt.state
    target = require_transition(ATTEMPT_TRANSITIONS, verb, before, before.label).target
    kind = KINDS[verb]
    act = AttemptAct.objects.create(attempt=attempt, kind=kind, actor=actor, at=timezone.now(), comment=comment)
    recompute_slots(order=order, plan_item_ids=[attempt.plan_item_id])
    recount_results(order)
    append_entry(chain=order.chain, act=f"result.{kind}", actor=actor, object_type="attempt", object_id=attempt.pk,
                 before={"state": before},
                 after={"state": target, "item": attempt.plan_item.code, "ordinal": attempt.ordinal,
                        "revision": attempt.revision}, reason=comment)
    return act
