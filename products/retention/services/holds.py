"""Legal hold: one person places it at once, two lift it; every step stands in the history of what is held."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from members.companies.models import Company
from members.companies.services import CHAIN as COMPANIES
from members.history.models import Entry
from members.history.services import append_entry
from members.notices.services import notify_role
from members.people.errors import ReasonMissing
from members.people.models import User
from members.people.services import CHAIN as PEOPLE
from members.people.states import Role
from products.orders.models import Order
from products.retention.errors import HoldMoved, HoldNotYours, HoldStands, HoldTargetMissing
from products.retention.models import Hold
from products.retention.permissions import can_decide_lifting, can_keep_holds
from products.retention.selectors import standing_holds
from products.retention.services.turns import take_turn
from wapicert.texts import line, lines, takes_text


@takes_text(reason=lines(400), demanded_by=line(200))
@transaction.atomic
def place_hold(
    *, reason: str, actor: User, order: Order | None = None, company: Company | None = None, user: User | None = None,
    demanded_by: str = "",
) -> Hold:
    """Keep an order, a company or a person from removal, at once.

    Refuses everybody but the quality manager, an empty reason, anything but one thing to hold, and the same hold for
    the same reason.
    """
    if not can_keep_holds(actor):
        raise HoldNotYours(field="actor")
    text = reason.strip()
    if not text:
        raise ReasonMissing(field="reason")
    if [order, company, user].count(None) != 2:
        raise HoldTargetMissing(field="key")
    take_turn()
    if standing_holds().filter(order=order, company=company, user=user, reason=text).exists():
        raise HoldStands(field="reason")
    row = Hold.objects.create(order=order, company=company, user=user, reason=text,
                              demanded_by=demanded_by.strip()[:200], placed_by=actor)
    _note(row, "hold.placed", actor, reason=text, after={"hold": row.pk, "demanded_by": row.demanded_by})
    return row


@takes_text(reason=lines(400))
@transaction.atomic
def request_lifting(*, hold: Hold, reason: str, actor: User) -> Hold:
    """Ask to lift a hold; it stands until somebody else confirms. Refuses a second request and an empty reason."""
    row = _lock(hold)
    if not can_keep_holds(actor):
        raise HoldNotYours(field="actor")
    if not reason.strip():
        raise ReasonMissing(field="reason")
    if row.lifted_at is not None or row.lift_requested_at is not None:
        raise HoldMoved(field="hold")
    row.lift_reason, row.lift_requested_by, row.lift_requested_at = reason.strip(), actor, timezone.now()
    row.save(update_fields=["lift_reason", "lift_requested_by", "lift_requested_at"])
    entry = _note(row, "hold.lifting_requested", actor, reason=row.lift_reason, after={"hold": row.pk})
    facts = {"what": number_of(row), "by": actor.staff_number, "reason": row.lift_reason}
    for role in (Role.QM, Role.DM):
        notify_role(role=role, event="retention.lifting_requested", key=f"{entry.chain}#{entry.sequence}"[:80],
                    facts=facts, address="/lab/holds/")
    return row


@transaction.atomic
def confirm_lifting(*, hold: Hold, actor: User) -> Hold:
    """Lift a hold for which somebody else asked; what has run out meanwhile goes with the next day's run."""
    row = _lock_requested(hold)
    if not can_decide_lifting(actor, row):
        raise HoldNotYours(field="actor")
    row.lifted_by, row.lifted_at = actor, timezone.now()
    row.save(update_fields=["lifted_by", "lifted_at"])
    _note(row, "hold.lifted", actor, reason=row.lift_reason,
          after={"hold": row.pk, "requested_by": row.lift_requested_by.staff_number if row.lift_requested_by else ""})
    return row


@transaction.atomic
def refuse_lifting(*, hold: Hold, actor: User) -> Hold:
    """Leave the hold standing; whoever asked for it may take the request back this way."""
    row = _lock_requested(hold)
    if not can_decide_lifting(actor, row) and actor.pk != row.lift_requested_by_id:
        raise HoldNotYours(field="actor")
    before = {"lift_reason": row.lift_reason}
    row.lift_reason, row.lift_requested_by, row.lift_requested_at = "", None, None
    row.save(update_fields=["lift_reason", "lift_requested_by", "lift_requested_at"])
    _note(row, "hold.lifting_refused", actor, before=before, after={"hold": row.pk})
    return row


def _lock(hold: Hold) -> Hold:
    rows = Hold.objects.select_for_update(of=("self",))
    return rows.select_related("order", "company", "user", "lift_requested_by").get(pk=hold.pk)


def _lock_requested(hold: Hold) -> Hold:
    row = _lock(hold)
    if row.lifted_at is not None or row.lift_requested_at is None:
        raise HoldMoved(field="hold")
    return row


def number_of(row: Hold) -> str:
    """The number by which people know what is held."""
    held = row.order or row.company or row.user
    return str(getattr(held, "number", "") or getattr(held, "staff_number", ""))


def _note(row: Hold, act: str, actor: User, **facts: Any) -> Entry:
    """Into the chain of what is held, where its own timeline finds it."""
    if row.order:
        place: dict[str, Any] = {"chain": row.order.chain, "object_type": "hold", "object_id": row.pk}
    elif row.company:
        place = {"chain": COMPANIES, "object_type": "company", "object_id": row.company.number}
    else:
        assert row.user is not None
        place = {"chain": PEOPLE, "object_type": "user", "object_id": row.user.staff_number}
    return append_entry(act=act, actor=actor, **place, **facts)
