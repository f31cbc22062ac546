"""Making a person who left anonymous: one administrator asks, a second person confirms, the staff number stays."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.access.services import anonymise_person, names_of, pseudonym_of
from members.history.services import append_entry
from members.notices.services import notify_role
from members.people.errors import ReasonMissing
from members.people.models import User
from members.people.services import CHAIN
from members.people.states import Role
from products.equipment.models import Loan
from products.retention.errors import (
    DepartureDecided,
    DepartureNotYours,
    DepartureOpen,
    DutiesOpen,
    NameInReason,
    StillActive,
    UnderHold,
)
from products.retention.models import Departure
from products.retention.permissions import can_confirm_departure, can_refuse_departure, can_request_departure
from products.retention.selectors import is_person_held, open_duties
from products.retention.services.turns import take_turn
from products.subscriptions.models import Subscription
from wapicert.enumeration import enumerated
from wapicert.texts import lines, takes_text


@takes_text(reason=lines(400))
@transaction.atomic
def request_departure(*, user: User, reason: str, actor: User) -> Departure:
    """Ask to replace the name of a person who left by the staff number; a second person has to confirm it.

    Refuses whoever is no administrator or the person, an account in use, open duties, a hold, a second request, an
    empty reason and one that names the person, since the history keeps it.
    """
    if not can_request_departure(actor, user):
        raise DepartureNotYours(field="user")
    person = User.objects.select_for_update().get(pk=user.pk)
    text = reason.strip()
    if not text:
        raise ReasonMissing(field="reason")
    if any(name.casefold() in text.casefold() for name in names_of(person)):
        raise NameInReason(field="reason")
    _require_gone(person)
    if Departure.objects.filter(user=person, decided_at=None).exists():
        raise DepartureOpen(field="user")
    row = Departure.objects.create(user=person, reason=text, requested_by=actor)
    append_entry(chain=CHAIN, act="user.anonymisation_requested", actor=actor, object_type="user",
                 object_id=person.staff_number, reason=text)
    facts = {"staff_number": person.staff_number, "by": actor.staff_number, "reason": text}
    for role in (Role.AD, Role.QM):
        notify_role(role=role, event="retention.departure_requested", key=str(row.pk), facts=facts,
                    address="/people/departures/")
    return row


@transaction.atomic
def confirm_departure(*, departure: Departure, actor: User) -> Departure:
    """Make the person anonymous, for good; refuses whoever asked for it, the person, and what `request` refuses.

    Name, sign-in name and address go everywhere in the database but from the snapshots of reports, which stay as they
    were issued; acts stay under the staff number, and no entry of the history is touched.
    """
    take_turn()
    row = _lock(departure)
    if not can_confirm_departure(actor, row):
        raise DepartureNotYours(field="decided_by")
    person = User.objects.select_for_update().get(pk=row.user_id)
    _require_gone(person)
    row.decided_by, row.decided_at, row.is_confirmed = actor, timezone.now(), True
    row.save(update_fields=["decided_by", "decided_at", "is_confirmed"])
    if person.email:
        Subscription.objects.filter(email__iexact=person.email).delete()
    Loan.objects.filter(contact=person.name, company=person.company).update(contact=pseudonym_of(person))
    anonymise_person(user=person, actor=actor, reason=row.reason, requested_by=row.requested_by)
    return row


@transaction.atomic
def refuse_departure(*, departure: Departure, actor: User) -> Departure:
    """Leave the account as it is; whoever asked may take the request back this way."""
    row = _lock(departure)
    if not can_refuse_departure(actor, row):
        raise DepartureNotYours(field="decided_by")
    row.decided_by, row.decided_at = actor, timezone.now()
    row.save(update_fields=["decided_by", "decided_at"])
    append_entry(chain=CHAIN, act="user.anonymisation_refused", actor=actor, object_type="user",
                 object_id=row.user.staff_number)
    return row


def _lock(departure: Departure) -> Departure:
    rows = Departure.objects.select_for_update(of=("self",)).select_related("user", "requested_by")
    row = rows.get(pk=departure.pk)
    if row.decided_at is not None:
        raise DepartureDecided(field="departure")
    return row


def _require_gone(person: User) -> None:
    """The person left, nothing waits for them, and no hold stands."""
    if person.anonymised_at is not None:
        raise DepartureDecided(field="user")
    if person.is_active:
        raise StillActive(field="user")
    if duties := open_duties(person):
        listed = [{"what": str(duty.what), "numbers": list(duty.numbers)} for duty in duties]
        said = " ".join(_("%(what)s（%(numbers)s）。") % {"what": duty.what, "numbers": enumerated(duty.numbers)}
                        for duty in duties)
        raise DutiesOpen(f"{DutiesOpen.message} {said}", field="user", extra={"duties": listed})
    if is_person_held(person):
        raise UnderHold(field="user")
