"""The one place where a rework's state is written: lock, check, count the time, move, note it in the history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from members.history.services import append_entry
from members.numbering.services import next_number
from members.people.models import User
from products.orders.models import Order
from products.orders.services import set_turn
from products.orders.states import Party
from products.results.services.guards import order_in_testing
from products.rework.errors import NotPermitted, ReworkStale, TextMissing
from products.rework.models import Rework
from products.rework.states import TRANSITIONS, ReworkState
from wapicert.transitions import require_transition

ACTS = {
    "send": "rework.finding_sent",
    "answer": "rework.answered",
    "scope": "rework.scope_signed",
    "reopen": "rework.reopened",
    "close_pass": "rework.closed_pass",
    "close_fail": "rework.closed_fail",
    "abandon": "rework.abandoned",
}


def open_rework(order: Order) -> Rework:
    """A new rework of a locked order, under the next number, ZG-<year>-0001 upwards without gaps."""
    now, year = timezone.now(), timezone.localdate().year
    number = f"ZG-{year}-{next_number(series='rework', period=str(year)):04d}"
    rework = Rework.objects.create(order=order, number=number, state_since=now, opened_at=now)
    note(order, rework, "rework.opened", None, after={"state": rework.state})
    set_turn(order=order, party=Party.LABORATORY)
    return rework


def lock_rework(rework: Rework, row_version: int | None) -> tuple[Order, Rework]:
    """The order in testing, locked, and the rework as it stands; raises ReworkStale if the caller saw another."""
    order = order_in_testing(rework.order)
    locked = Rework.objects.select_for_update().get(pk=rework.pk)
    if row_version is not None and row_version != locked.row_version:
        state = ReworkState(locked.state)
        raise ReworkStale(_("该整改已被他人更新，现为“%(state)s”。") % {"state": state.label}, field="row_version",
                          extra={"state": locked.state, "round": locked.round, "row_version": locked.row_version})
    return order, locked


def require_right(is_permitted: bool, *, roles: str) -> None:
    """Raises NotPermitted, which names who may."""
    if not is_permitted:
        raise NotPermitted(remedy=_("请由%(roles)s办理。") % {"roles": roles})


def require_text(value: str | None, field: str) -> str:
    """The text without blanks around it; raises TextMissing."""
    text = (value or "").strip()
    if not text:
        raise TextMissing(field=field)
    return text


def require_verb(verb: str, rework: Rework) -> None:
    """Refuse a step out of order."""
    state = ReworkState(rework.state)
    require_transition(TRANSITIONS, verb, state, state.label)


def move_rework(
    order: Order, rework: Rework, verb: str, actor: User | None, *, after: dict[str, Any] | None = None,
    reason: str = "", changes: dict[str, Any] | None = None,
) -> Rework:
    """Write the step of a locked rework, with `changes` to other columns; time and turn follow, history is told."""
    require_verb(verb, rework)
    now, before = timezone.now(), {"state": rework.state, "round": rework.round}
    count_time(rework, now)
    target = TRANSITIONS[verb].target
    assert target is not None
    rework.state, rework.state_since, rework.reminded = target, now, 0
    _save(rework, changes or {})
    set_turn(order=order, party=turn_of(rework))
    note(order, rework, ACTS[verb], actor, before=before,
         after={"state": rework.state, "round": rework.round, **(after or {})}, reason=reason)
    return rework


def count_time(rework: Rework, now: datetime) -> None:
    """Add the time in the state that ends to the side whose turn it was."""
    seconds = max(0, int((now - rework.state_since).total_seconds()))
    if rework.state == ReworkState.WITH_VENDOR:
        rework.vendor_seconds += seconds
    else:
        rework.laboratory_seconds += seconds


def turn_of(rework: Rework) -> Party:
    """Whose turn it is; the laboratory's, too, once a rework has ended."""
    return Party.VENDOR if rework.state == ReworkState.WITH_VENDOR else Party.LABORATORY


def _save(rework: Rework, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(rework, name, value)
    rework.row_version += 1
    rework.save(update_fields=["state", "state_since", "laboratory_seconds", "vendor_seconds", "row_version",
                               "reminded", *changes])


def note(
    order: Order, rework: Rework, act: str, actor: User | None, *, before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None, reason: str = "",
) -> None:
    """Append an act on the rework to the order's chain."""
    append_entry(chain=order.chain, act=act, actor=actor, object_type="rework", object_id=rework.number,
                 before=before, after=after, reason=reason)
