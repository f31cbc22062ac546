"""Takes a person who left out of everything but the staff number, under which the acts stay."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from members.access.models import FactorReset, Invitation, SignIn
from members.access.services.sessions import end_sessions
from members.companies.models import Contact
from members.history.services import append_entry
from members.notices.models import Notice
from members.notices.services import replace_in_notices, with_names_replaced
from members.people.models import ApiToken, User
from members.people.selectors import second_factors
from members.people.services import CHAIN
from members.requests.models import Answer
from wapicert.texts import lines, takes_text


def names_of(user: User) -> list[str]:
    """What tells who the person is: name, sign-in name and address; the longest first."""
    found = {text for text in (user.name, user.username, user.email) if text}
    return sorted(found, key=lambda text: (-len(text), text))


def pseudonym_of(user: User) -> str:
    """What stands in the place of the name: the same for ever, and it says which authorised person acted."""
    return f"离职人员 {user.staff_number}"


@takes_text(reason=lines(400))
@transaction.atomic
def anonymise_person(*, user: User, actor: User, reason: str, requested_by: User) -> dict[str, int]:
    """Replace name, sign-in name and address by the staff number, and delete what belonged to the person alone.

    Keys and factors, sessions, invitations and notices go, lines of the log of sign-ins become nobody's; roles,
    authorisations, conflicts and acts stay. Returns how many rows of each kind it concerned. Asks nothing: who may,
    and when, is asked by whoever calls.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    names, pseudonym = names_of(person), pseudonym_of(person)
    removed = [*second_factors(user=person), *_own_tokens(person)]
    gone = _delete_own(person)
    _rename_elsewhere(person, names, pseudonym)
    person.name, person.username, person.email = pseudonym, f"left-{person.staff_number}", ""
    person.last_login, person.is_active, person.anonymised_at = None, False, timezone.now()
    person.set_unusable_password()
    person.save(update_fields=["name", "username", "email", "last_login", "is_active", "anonymised_at", "password"])
    append_entry(chain=CHAIN, act="user.anonymised", actor=actor, object_type="user", object_id=person.staff_number,
                 reason=reason, after={"requested_by": requested_by.staff_number, "removed": gone},
                 rows=[person, *ApiToken.objects.filter(user=person)], gone=removed)
    return gone


def _delete_own(person: User) -> dict[str, int]:
    """What belongs to nobody else; sessions end first, since ending them writes a line."""
    sessions = end_sessions(user=person, by_other=True)
    invited = Q(user=person) | Q(staff_number=person.staff_number) | Q(username=person.username)
    if person.email:
        invited |= Q(email__iexact=person.email)
    # The key of a rig stays with the rig, which names who was responsible; it counts no more.
    rows: dict[str, Any] = {
        "factors": Authenticator.objects.filter(user=person),
        "factor_resets": FactorReset.objects.filter(user=person),
        "addresses": EmailAddress.objects.filter(user=person),
        "tokens": _own_tokens(person),
        "invitations": Invitation.objects.filter(invited),
        "notices": Notice.objects.filter(recipient=person),
        "answers": Answer.objects.filter(user=person),
    }
    counts = {name: found.delete()[0] for name, found in rows.items()}
    # A log of six months is the law's (网络安全法 21): the lines stay for their days and are nobody's from now on.
    counts["sign_ins"] = SignIn.objects.filter(user=person).update(user=None)
    ApiToken.objects.filter(user=person, revoked_at=None).update(revoked_at=timezone.now())
    ApiToken.objects.filter(user=person).update(label="")
    return {"sessions": sessions, **counts}


def _own_tokens(person: User) -> QuerySet[ApiToken]:
    """The keys that are the person's alone."""
    return ApiToken.objects.filter(user=person, rig=None)


def _rename_elsewhere(person: User, names: list[str], pseudonym: str) -> None:
    """Copies of the name in rows of others; a namesake keeps the name, which then tells nothing of this person."""
    is_shared = User.objects.filter(name=person.name).exclude(pk=person.pk).exists()
    telling = [name for name in names if not (is_shared and name == person.name)]
    replace_in_notices(names=telling, by=pseudonym)
    for row in Answer.objects.exclude(body=None).iterator():
        if with_names_replaced(row.body, telling, pseudonym) != row.body:
            row.delete()
    for name in telling:
        LogEntry.objects.filter(object_repr__contains=name).update(object_repr=pseudonym)
    known = Q(name=person.name, company_id=person.company_id)
    if person.email:
        known |= Q(email__iexact=person.email)
    Contact.objects.filter(known).update(name=pseudonym, phone="", email="", is_active=False)
