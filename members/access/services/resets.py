"""A lost second factor: one administrator asks, a second person confirms, and the person is told."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from members.access.errors import NoFactorToReset, ResetDecided, ResetNotYours, ResetOpen
from members.access.models import FactorReset
from members.access.permissions import can_decide_reset, can_request_reset
from members.access.services.logging import note_sign_in
from members.access.services.sessions import end_sessions
from members.access.states import SignInKind
from members.history.services import append_entry
from members.notices.services import notify, notify_role
from members.people.errors import ReasonMissing
from members.people.models import User
from members.people.selectors import second_factors
from members.people.services import CHAIN
from members.people.states import Role
from wapicert.texts import lines, takes_text

PAGE = "/people/factors/"


@takes_text(reason=lines(400))
@transaction.atomic
def request_reset(*, user: User, reason: str, actor: User) -> FactorReset:
    """Ask to remove a person's second factors; a second person has to confirm it, and is told.

    Refuses whoever is no administrator or the person, an empty reason, a person without factors, a second request.
    """
    if not can_request_reset(actor, user):
        raise ResetNotYours(field="user")
    if not reason.strip():
        raise ReasonMissing(field="reason")
    User.objects.select_for_update().get(pk=user.pk)
    if not Authenticator.objects.filter(user=user).exists():
        raise NoFactorToReset(field="user")
    if FactorReset.objects.filter(user=user, decided_at=None).exists():
        raise ResetOpen(field="user")
    row = FactorReset.objects.create(user=user, reason=reason.strip(), requested_by=actor)
    append_entry(chain=CHAIN, act="factor.reset_requested", actor=actor, object_type="user",
                 object_id=user.staff_number, reason=row.reason)
    facts = {"name": user.name, "staff_number": user.staff_number, "reason": row.reason}
    for role in (Role.AD, Role.QM):
        notify_role(role=role, event="access.reset_requested", key=str(row.pk), facts=facts, address=PAGE)
    return row


@transaction.atomic
def confirm_reset(*, reset: FactorReset, actor: User) -> FactorReset:
    """Remove the person's factors and end the person's sessions; refuses whoever asked for it and the person."""
    row = _lock(reset)
    if not can_decide_reset(actor, row.user) or row.requested_by_id == actor.pk:
        raise ResetNotYours(field="decided_by")
    _decide(row, actor, is_confirmed=True)
    _remove(row.user, actor, row.reason, row.requested_by)
    return row


@transaction.atomic
def refuse_reset(*, reset: FactorReset, actor: User) -> FactorReset:
    """Leave the factors as they are; whoever asked for it may take it back this way."""
    row = _lock(reset)
    if not can_decide_reset(actor, row.user):
        raise ResetNotYours(field="decided_by")
    _decide(row, actor, is_confirmed=False)
    append_entry(chain=CHAIN, act="factor.reset_refused", actor=actor, object_type="user",
                 object_id=row.user.staff_number)
    return row


@takes_text(reason=lines(400))
@transaction.atomic
def reset_factors(*, user: User, reason: str) -> None:
    """Remove a person's factors from the server's own shell, when no second person is left who could confirm it."""
    if not Authenticator.objects.filter(user=user).exists():
        raise NoFactorToReset(field="user")
    _remove(user, None, reason, None)


def _lock(reset: FactorReset) -> FactorReset:
    row = FactorReset.objects.select_for_update(of=("self",)).select_related("user", "requested_by").get(pk=reset.pk)
    if row.decided_at is not None:
        raise ResetDecided(field="reset")
    return row


def _decide(row: FactorReset, actor: User, *, is_confirmed: bool) -> None:
    row.decided_by, row.decided_at, row.is_confirmed = actor, timezone.now(), is_confirmed
    row.save(update_fields=["decided_by", "decided_at", "is_confirmed"])


def _remove(user: User, actor: User | None, reason: str, asked: User | None) -> None:
    factors = list(second_factors(user=user))
    Authenticator.objects.filter(user=user).delete()
    note_sign_in(kind=SignInKind.FACTORS_RESET, user=user, by_other=True)
    ended = end_sessions(user=user, by_other=True)
    entry = append_entry(chain=CHAIN, act="factor.reset", actor=actor, object_type="user",
                         object_id=user.staff_number, reason=reason, gone=factors,
                         after={"requested_by": asked.staff_number if asked else None, "sessions_ended": ended})
    notify(people=[user], event="access.factors_reset", key=str(entry.sequence), facts={"reason": reason},
           address="/accounts/2fa/")
