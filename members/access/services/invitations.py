"""Inviting people by mail: prepared by one, opened by whom it is for, roles confirmed by a second person."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from members.access.errors import (
    InvitationClosed,
    InvitationForbidden,
    InvitationInvalid,
    NameTaken,
    PasswordRefused,
    RoleMissing,
)
from members.access.models import Invitation
from members.access.permissions import can_invite
from members.companies.models import Company
from members.history.services import append_entry
from members.notices.services import notify_role
from members.numbering.services import next_number
from members.people.models import User
from members.people.services import CHAIN, grant_role, register_user, require_roles_mix
from members.people.states import Role
from wapicert.texts import CODE, line, takes_text

SALT, TASK = "access.invitation", "access.send_invitations"
logger = logging.getLogger(__name__)


@takes_text(email=line(254), name=line(80), username=line(60), staff_number=line(40), roles=CODE)
@transaction.atomic
def invite(
    *, email: str, name: str, username: str, staff_number: str, company: Company | None, roles: list[str], actor: User
) -> Invitation:
    """Prepare an account and send a link with which it can be opened once, within INVITATION_DAYS.

    Whether the address belongs to somebody known changes nothing and is not told. Refuses whoever may not invite
    this person, roles that do not mix, staff without a role, a sign-in name or staff number that is taken.
    """
    if not can_invite(actor, company.pk if company else None):
        raise InvitationForbidden(field="company")
    wanted = sorted({*roles, *([str(Role.VU)] if company else [])})
    if not wanted:
        raise RoleMissing(field="roles")
    require_roles_mix(set(wanted), field="roles")
    number = staff_number.strip() or _next_staff_number()
    _require_free("username", username)
    _require_free("staff_number", number)
    row = Invitation.objects.create(email=email, name=name, username=username, staff_number=number, company=company,
                                    roles=wanted, invited_by=actor)
    _note(row, "invitation.sent", actor)
    transaction.on_commit(_wake, robust=True)
    return row


def _next_staff_number() -> str:
    """A number for somebody who has none: people of companies are counted through."""
    while True:
        number = f"U-{next_number(series='outside person', period=''):05d}"
        if not User.objects.filter(staff_number=number).exists():
            return number


def _require_free(field: str, value: str) -> None:
    is_taken = User.objects.filter(**{f"{field}__iexact": value}).exists()
    if is_taken or Invitation.objects.filter(closed_at=None, **{f"{field}__iexact": value}).exists():
        raise NameTaken(field=field)


@transaction.atomic
def resend_invitation(*, invitation: Invitation, actor: User) -> Invitation:
    """Send a new link, which counts anew; the older one ends."""
    row = _lock_open(invitation, actor)
    row.round, row.sent_at, row.mailed_at, row.mail_tries = row.round + 1, timezone.now(), None, 0
    row.save(update_fields=["round", "sent_at", "mailed_at", "mail_tries"])
    _note(row, "invitation.sent_again", actor)
    transaction.on_commit(_wake, robust=True)
    return row


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: User) -> Invitation:
    """End an invitation that nobody accepted; its link ends at once."""
    row = _lock_open(invitation, actor)
    row.revoked_by, row.closed_at = actor, timezone.now()
    row.save(update_fields=["revoked_by", "closed_at"])
    _note(row, "invitation.revoked", actor)
    return row


def _lock_open(invitation: Invitation, actor: User) -> Invitation:
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not can_invite(actor, row.company_id):
        raise InvitationForbidden(field="invitation")
    if row.closed_at is not None:
        raise InvitationClosed(field="invitation")
    return row


def invitation_link(row: Invitation) -> str:
    """The address that opens the account, once."""
    return f"{settings.PUBLIC_URL}/invitations/{signing.dumps([row.pk, row.round], salt=SALT)}/"


def ends_at(row: Invitation) -> datetime:
    """When the link ends to count."""
    return row.sent_at + timedelta(days=settings.INVITATION_DAYS)


def invitation_of(token: str) -> Invitation:
    """The open invitation that a link belongs to; raises InvitationInvalid whatever is wrong with it."""
    try:
        pk, sent = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise InvitationInvalid from error
    rows = Invitation.objects.select_related("company", "invited_by")
    row = rows.filter(pk=pk, round=sent, closed_at=None).first()
    if row is None or ends_at(row) <= timezone.now() or not can_invite(row.invited_by, row.company_id):
        raise InvitationInvalid
    return row


@transaction.atomic
def accept_invitation(*, token: str, password: str) -> User:
    """Open the prepared account with the password of whom it is for; its roles wait for a second person.

    Refuses a link that does not count, a password that the validators refuse, and a name that was taken meanwhile.
    """
    row = Invitation.objects.select_for_update().get(pk=invitation_of(token).pk)
    if row.closed_at is not None:
        raise InvitationInvalid
    prepared = {"username": row.username, "name": row.name, "staff_number": row.staff_number, "email": row.email}
    try:
        validate_password(password, User(**prepared))
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages), field="password") from error
    if User.objects.filter(Q(username=row.username) | Q(staff_number=row.staff_number)).exists():
        raise NameTaken
    user = register_user(**prepared, password=password, company=row.company, actor=row.invited_by)
    for role in row.roles:
        grant_role(user=user, role=Role(role), actor=row.invited_by)
    row.user, row.closed_at = user, timezone.now()
    row.save(update_fields=["user", "closed_at"])
    _note(row, "invitation.accepted", user)
    notify_role(role=Role.AD, event="access.roles_to_confirm", key=str(row.pk), address="/admin/members/rolegrant/",
                facts={"name": row.name, "roles": "、".join(str(Role(role).label) for role in row.roles)})
    return user


def _note(row: Invitation, act: str, actor: User) -> None:
    append_entry(chain=CHAIN, act=act, actor=actor, object_type="invitation", object_id=row.pk,
                 after={"staff_number": row.staff_number, "roles": row.roles,
                        "company": row.company.number if row.company else None})


def _wake() -> None:
    current_app.send_task(TASK, retry=False)


def send_invitations() -> int:
    """Mail what waits, each claimed by counting its try; returns how many went out. What fails is tried again."""
    sent = 0
    waiting = Invitation.objects.filter(closed_at=None, mailed_at=None, mail_tries__lt=settings.MAIL_TRIES)
    for row in waiting.select_related("company", "invited_by").order_by("sent_at")[:200]:
        claim = Invitation.objects.filter(pk=row.pk, mailed_at=None, round=row.round, mail_tries=row.mail_tries)
        if claim.update(mail_tries=F("mail_tries") + 1) == 1:
            sent += _mail(row)
    return sent


def _mail(row: Invitation) -> bool:
    """One mail in both languages, since nobody has chosen one yet."""
    facts = {"row": row, "link": invitation_link(row), "ends_at": ends_at(row)}
    parts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            parts.append([render_to_string(f"emails/access.invitation/{part}.txt", facts).strip()
                          for part in ("subject", "body")])
    subjects, bodies = zip(*parts, strict=True)
    try:
        EmailMessage(" / ".join(subjects), "\n\n".join(bodies) + "\n", to=[row.email]).send()
    # A post office may fail in any way; the row is tried again. The address is not written into a log.
    except Exception as error:
        logger.warning("Invitation %s could not be mailed: %s", row.pk, type(error).__name__)
        return False
    Invitation.objects.filter(pk=row.pk, round=row.round).update(mailed_at=timezone.now())
    return True
