"""The one place where an order's stage and turn are written: lock, check, move, and note it in the history."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from members.history.services import append_entry
from members.people.models import User
from members.people.services import require_no_conflict
from members.people.states import Role
from products.orders.errors import (
    CancelNeedsIntake,
    DraftIsTheApplicants,
    NotPermitted,
    OtherCompany,
    ReasonMissing,
    StaleOrder,
    TextMissing,
    TextTooLong,
)
from products.orders.models import Order, StageTime
from products.orders.permissions import PREDICATES, can_cancel_order
from products.orders.selectors import changes_since, who_saved
from products.orders.states import TRANSITIONS, TURN, Party, Stage
from wapicert.enumeration import enumerated
from wapicert.transitions import require_transition

ACTS = {
    "change": "order.changed",
    "submit": "order.submitted",
    "return": "order.returned",
    "decline": "order.declined",
    "accept": "order.accepted",
    "receive_sample": "order.sample_received",
    "complete": "order.completed",
    "reopen_testing": "order.testing_reopened",
    "start_reporting": "order.reporting_started",
    "leave_reporting": "order.reporting_left",
    "record_decision": "order.decided",
    "reopen_decision": "order.decision_reopened",
    "start_amendment": "order.amendment_started",
    "end_amendment": "order.amendment_ended",
    "hold": "order.held",
    "resume": "order.resumed",
    "cancel": "order.cancelled",
    "close": "order.closed",
}


def lock_order(order: Order) -> Order:
    """The order as it stands, locked to the end of the transaction."""
    # Only the order's own row is locked: the edition may be missing, and PostgreSQL locks no outer join.
    rows = Order.objects.select_for_update(of=("self",)).select_related("company", "device__device_type", "edition")
    return rows.get(pk=order.pk)


def begin_verb(verb: str, *, order: Order, actor: User, row_version: int | None = None) -> Order:
    """The locked order, ready for the verb.

    Refuses whoever may not do it (403), then a form that shows another version than stands (412; StaleOrder names
    who saved, to the applicant only its own colleagues), then a step out of order (409).
    """
    locked = lock_order(order)
    require_no_conflict(user=actor, company_id=locked.company_id)
    if verb == "cancel":
        _require_cancel(locked, actor)
    elif not PREDICATES[verb](actor, locked):
        raise _forbidden(verb, actor)
    if row_version is not None and row_version != locked.row_version:
        raise _stale(locked, actor, row_version)
    require_transition(TRANSITIONS, verb, locked.stage, Stage(locked.stage).label)
    return locked


def _stale(order: Order, reader: User, row_version: int) -> StaleOrder:
    saved = who_saved(order)
    who = _saver(saved.by if saved else None, reader)
    at = saved.at if saved else order.stage_since
    facts = {"who": who, "when": date_format(timezone.localtime(at), "Y-m-d H:i:s"),
             "stage": Stage(order.stage).label}
    extra = {"stage": order.stage, "turn": order.turn, "row_version": order.row_version, "saved_by": str(who),
             "saved_at": at.isoformat(), "act": saved.act if saved else None}
    changes = changes_since(order, row_version)
    message = _("%(who)s已于%(when)s保存了此委托，现为“%(stage)s”。") % facts
    if changes:
        named = enumerated(dict.fromkeys(str(row["label"]) for row in changes))
        message = _("%(stale)s与您所读的相比已变化：%(names)s。") % {"stale": message, "names": named}
    rows = [{"field": row["field"], "code": "changed", "message": row["label"], "before": row["before"],
             "after": row["after"]} for row in changes]
    return StaleOrder(message, field="row_version", extra=extra, rows=rows)


def _saver(person: User | None, reader: User) -> Any:
    """Whom to name: staff see names, an applicant those of its own company, and otherwise the alliance."""
    if person is None:
        return _("系统")
    is_shown = reader.is_member_of_staff or reader.company_id == person.company_id
    return person.name if is_shown else _("联盟工作人员")


def _require_cancel(order: Order, actor: User) -> None:
    if can_cancel_order(actor, order):
        return
    if Role.IN in actor.role_codes:
        raise DraftIsTheApplicants(field="stage")
    if Role.VU in actor.role_codes and actor.company_id == order.company_id:
        # What has ended cannot be cancelled by anybody, so the stage is told first.
        require_transition(TRANSITIONS, "cancel", order.stage, Stage(order.stage).label)
        raise CancelNeedsIntake(field="stage")
    raise _forbidden("cancel", actor)


def _forbidden(verb: str, actor: User) -> NotPermitted | OtherCompany:
    roles = TRANSITIONS[verb].roles
    if Role.VU in roles and Role.VU in actor.role_codes:
        return OtherCompany(field="company")
    names = enumerated(Role(role).label for role in sorted(roles))
    return NotPermitted(_("只有%(roles)s可以执行此操作。") % {"roles": names}, extra={"roles": sorted(roles)})


def move_order(
    *, order: Order, verb: str, actor: User | None, stage: Stage | None = None, turn: Party | None = None,
    reason: str = "", changes: dict[str, Any] | None = None, note: dict[str, Any] | None = None,
) -> Order:
    """Write the step of a locked order, with `changes` to other columns, and append it to the order's chain.

    `stage` and `turn` default to what the tables say. `stage_since` moves with the stage and `turn_since` with the
    party; a step that stays in its stage leaves the turn alone unless it names one. `note` goes into the entry only.
    """
    target = stage or TRANSITIONS[verb].target or order.stage
    require_transition(TRANSITIONS, verb, order.stage, Stage(order.stage).label)
    before = {"stage": order.stage, "turn": order.turn}
    turn = turn or (TURN[Stage(target)] if target != order.stage else None)
    _count_time(order, target, turn)
    if target != order.stage:
        order.stage, order.stage_since, order.stage_reason = target, timezone.now(), reason
    _pass_turn(order, turn)
    _save(order, changes or {})
    after = {"stage": order.stage, "turn": order.turn, "row_version": order.row_version, **(note or {})}
    append_entry(chain=order.chain, act=ACTS[verb], actor=actor, object_type="order", object_id=order.number,
                 before=before, after=after, reason=reason, rows=[order])
    return order


def _count_time(order: Order, stage: str, turn: Party | None) -> None:
    """Add the stretch that ends with the step to the side whose turn it was; nothing if stage and turn stay."""
    if (stage, turn or order.turn) == (order.stage, order.turn) or order.turn == Party.NOBODY:
        return
    lasted = timezone.now() - max(order.stage_since, order.turn_since)
    side = "vendor_seconds" if order.turn == Party.VENDOR else "alliance_seconds"
    row, _is_new = StageTime.objects.get_or_create(order=order, stage=order.stage)
    setattr(row, side, getattr(row, side) + max(0, round(lasted.total_seconds())))
    row.save(update_fields=[side])


def _pass_turn(order: Order, turn: Party | None) -> None:
    if turn is not None and turn != order.turn:
        order.turn, order.turn_since = turn, timezone.now()


def _save(order: Order, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(order, name, value)
    order.row_version += 1
    order.save(update_fields=["stage", "stage_since", "stage_reason", "turn", "turn_since", "row_version", *changes])


def note_turn(*, order: Order, turn: Party) -> Order:
    """Pass the turn of a locked order without a step, and append that to its chain; nothing if it stands so already."""
    if turn == order.turn:
        return order
    before = {"stage": order.stage, "turn": order.turn}
    _count_time(order, order.stage, turn)
    _pass_turn(order, turn)
    _save(order, {})
    append_entry(chain=order.chain, act="order.turn_passed", actor=None, object_type="order", object_id=order.number,
                 before=before, after={"stage": order.stage, "turn": order.turn, "row_version": order.row_version},
                 rows=[order])
    return order


def require_reason(reason: str) -> str:
    """The reason without blanks around it; raises ReasonMissing."""
    text = reason.strip()
    if not text:
        raise ReasonMissing(field="reason")
    return text


def require_text(value: str, *, field: str, limit: int) -> str:
    """The text without blanks around it; raises TextMissing, or TextTooLong beyond `limit` characters."""
    text = value.strip()
    if not text:
        raise TextMissing(field=field)
    if len(text) > limit:
        raise TextTooLong(_("内容过长：最多%(limit)d个字符。") % {"limit": limit}, field=field)
    return text
