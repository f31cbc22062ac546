"""Steps of a running order: complete, reporting, decided, closed; hold, resume and cancel; and whose turn it is.

Verbs without a role (`complete_order`, `reopen_testing`, `start_reporting`, `leave_reporting`, `record_decision`,
`reopen_decision`, `start_amendment`, `end_amendment`, `set_turn`) are parts of acts of the topics above, which ask for
the right themselves.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.history.services import append_entry
from members.people.models import User
from products.orders.errors import AmendmentRuns, SamplesRemain, TurnFixed
from products.orders.models import Order
from products.orders.selectors import samples_here
from products.orders.services.moves import begin_verb, lock_order, move_order, note_turn, require_reason
from products.orders.states import TURN, TURN_MOVES, Party, Stage
from wapicert.enumeration import enumerated
from wapicert.texts import REASON, takes_text


@takes_text(reason=REASON)
@transaction.atomic
def hold_order(*, order: Order, actor: User, reason: str, row_version: int | None = None) -> Order:
    """Pause an open order, for a reason; stage and turn are remembered."""
    order = begin_verb("hold", order=order, actor=actor, row_version=row_version)
    held = {"held_stage": order.stage, "held_turn": order.turn}
    return move_order(order=order, verb="hold", actor=actor, reason=require_reason(reason), changes=held)


@takes_text(reason=REASON)
@transaction.atomic
def resume_order(*, order: Order, actor: User, reason: str = "", row_version: int | None = None) -> Order:
    """Take up a paused order at the stage and with the turn where it stood."""
    order = begin_verb("resume", order=order, actor=actor, row_version=row_version)
    stage, turn = Stage(order.held_stage), Party(order.held_turn)
    return move_order(order=order, verb="resume", actor=actor, stage=stage, turn=turn, reason=reason.strip(),
                      changes={"held_stage": "", "held_turn": ""})


@takes_text(reason=REASON)
@transaction.atomic
def cancel_order(*, order: Order, actor: User, reason: str, row_version: int | None = None) -> Order:
    """End an order before its decision, for a reason; everything recorded is kept.

    The applicant may do so before acceptance, intake at any time after submission.
    """
    order = begin_verb("cancel", order=order, actor=actor, row_version=row_version)
    if order.amended_stage:
        raise AmendmentRuns(field="stage")
    changes = {"held_stage": "", "held_turn": "", "closed_at": timezone.now()}
    return move_order(order=order, verb="cancel", actor=actor, reason=require_reason(reason), changes=changes)


@transaction.atomic
def close_order(*, order: Order, actor: User, row_version: int | None = None) -> Order:
    """End a decided order; refuses while a sample is neither returned nor disposed of."""
    order = begin_verb("close", order=order, actor=actor, row_version=row_version)
    if remaining := list(samples_here(order).values_list("number", flat=True)):
        message = _("尚有样品未退还或处置：%(numbers)s。") % {"numbers": enumerated(remaining)}
        raise SamplesRemain(message, field="samples", extra={"samples": remaining})
    return move_order(order=order, verb="close", actor=actor, changes={"closed_at": timezone.now()})


@transaction.atomic
def complete_order(*, order: Order) -> Order:
    """testing → complete, when the topics above find that no result is missing."""
    return move_order(order=lock_order(order), verb="complete", actor=None, changes={"completed_at": timezone.now()})


@takes_text(reason=REASON)
@transaction.atomic
def reopen_testing(*, order: Order, reason: str) -> Order:
    """complete → testing, when a result is missing again."""
    order = lock_order(order)
    return move_order(order=order, verb="reopen_testing", actor=None, reason=reason, changes={"completed_at": None})


@transaction.atomic
def start_reporting(*, order: Order, actor: User | None) -> Order:
    """complete → reporting; a further report of an order in reporting brings the turn back to the laboratory."""
    return move_order(order=lock_order(order), verb="start_reporting", actor=actor, turn=Party.LABORATORY)


@takes_text(reason=REASON)
@transaction.atomic
def leave_reporting(*, order: Order, actor: User | None, reason: str) -> Order:
    """reporting → complete, when the report was dropped."""
    return move_order(order=lock_order(order), verb="leave_reporting", actor=actor, reason=reason)


@transaction.atomic
def record_decision(*, order: Order, actor: User) -> Order:
    """reporting → decided, in the transaction of the decision; intake then returns samples and closes."""
    return move_order(order=lock_order(order), verb="record_decision", actor=actor)


@transaction.atomic
def reopen_decision(*, order: Order, actor: User) -> Order:
    """decided or closed → reporting, when a refused device is recommended on again by an amended report."""
    return move_order(order=lock_order(order), verb="reopen_decision", actor=actor, changes={"closed_at": None})


@takes_text(reason=REASON)
@transaction.atomic
def start_amendment(*, order: Order, actor: User, reason: str) -> Order:
    """reporting, decided or closed → complete, so that results can be corrected for an amended report.

    A decided order remembers where it stood; its certification is not touched.
    """
    order = lock_order(order)
    kept = order.stage if order.stage in (Stage.DECIDED, Stage.CLOSED) else ""
    return move_order(order=order, verb="start_amendment", actor=actor, reason=reason, changes={"amended_stage": kept})


@transaction.atomic
def end_amendment(*, order: Order) -> Order:
    """reporting → where a decided order stood before its report was amended; any other order stays in reporting.

    One that is on hold stays so, and will be taken up there.
    """
    order = lock_order(order)
    if not order.amended_stage:
        return order
    stage = Stage(order.amended_stage)
    if order.stage == Stage.ON_HOLD:
        return _end_held_amendment(order, stage)
    return move_order(order=order, verb="end_amendment", actor=None, stage=stage, changes={"amended_stage": ""})


def _end_held_amendment(order: Order, stage: Stage) -> Order:
    before = {"held_stage": order.held_stage, "held_turn": order.held_turn}
    order.held_stage, order.held_turn, order.amended_stage = stage, TURN[stage], ""
    order.row_version += 1
    order.save(update_fields=["held_stage", "held_turn", "amended_stage", "row_version"])
    append_entry(chain=order.chain, act="order.amendment_ended", actor=None, object_type="order",
                 object_id=order.number, before=before,
                 after={"stage": order.stage, "held_stage": stage, "held_turn": order.held_turn,
                        "row_version": order.row_version},
                 rows=[order])
    return order


@transaction.atomic
def set_turn(*, order: Order, party: Party) -> Order:
    """Pass the turn within testing, complete or reporting, as a rework or a report asks.

    An order on hold keeps waiting for intake and takes the turn up when it is resumed; in other stages refused.
    """
    order = lock_order(order)
    if order.stage == Stage.ON_HOLD and order.held_stage in TURN_MOVES:
        order.held_turn = party
        order.row_version += 1
        order.save(update_fields=["held_turn", "row_version"])
        append_entry(chain=order.chain, act="order.turn_passed", actor=None, object_type="order",
                     object_id=order.number, rows=[order],
                     after={"stage": order.stage, "turn": order.turn, "held_turn": party,
                            "row_version": order.row_version})
        return order
    if order.stage not in TURN_MOVES:
        raise TurnFixed(field="stage", extra={"stage": order.stage, "turn": order.turn})
    return note_turn(order=order, turn=party)
