"""Writes notices: tells people of a matter, once each; marks as read; sends by e-mail what was not sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from celery import current_app
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from members.companies.models import Company
from members.notices.models import Notice
from members.notices.rendering import mail_of
from members.notices.selectors import notices_of, notices_to_mail, unread_notices
from members.people.models import User
from members.people.states import Role
from wapicert.canonical import plain
from wapicert.texts import printable

TASK = "notices.send_mails"
# Who writes, in the language of the alliance; the rest of the subject is the reader's.
PREFIX = "【WAPI产业联盟】"
logger = logging.getLogger(__name__)


def notify(*, people: Iterable[User], event: str, key: str, facts: dict[str, Any], address: str = "",
           mail_to: str = "") -> int:
    """Tell each active person of a matter, unless told before; returns how many were asked to be told.

    Called in the transaction of the act; the e-mails are queued when it is committed. `mail_to`: another address than
    the person's own.
    """
    rows = [Notice(recipient=person, event=event, key=key, facts=plain(facts), address=address, mail_to=mail_to)
            for person in people if person.is_active]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        transaction.on_commit(_send, robust=True)
    return len(rows)


def notify_company(*, company: Company, event: str, key: str, facts: dict[str, Any], address: str = "") -> int:
    """Tell every active user of a company."""
    people = User.objects.filter(company=company, is_active=True).order_by("pk")
    return notify(people=people, event=event, key=key, facts=facts, address=address)


def notify_role(*, role: Role, event: str, key: str, facts: dict[str, Any], address: str = "") -> int:
    """Tell everybody who holds a role."""
    people = User.objects.filter(is_active=True, role_grants__role=role, role_grants__confirmed_at__isnull=False,
                                 role_grants__revoked_at__isnull=True).distinct().order_by("pk")
    return notify(people=people, event=event, key=key, facts=facts, address=address)


def _send() -> None:
    current_app.send_task(TASK, retry=False)


@transaction.atomic
def mark_read(*, notice: Notice, actor: User) -> Notice:
    """Mark one of the person's own notices as read; harmless when repeated."""
    locked = notices_of(actor).select_for_update().get(pk=notice.pk)
    if locked.read_at is None:
        locked.read_at = timezone.now()
        locked.save(update_fields=["read_at"])
    return locked


def mark_all_read(*, actor: User) -> int:
    """Mark all of the person's notices as read; returns how many were not."""
    return unread_notices(actor).update(read_at=timezone.now())


def replace_in_notices(*, names: Sequence[str], by: str) -> int:
    """Put `by` in the place of these names in the facts of every notice; returns how many notices changed."""
    changed = 0
    for row in Notice.objects.only("facts").iterator():
        facts = with_names_replaced(row.facts, names, by)
        if facts != row.facts:
            changed += Notice.objects.filter(pk=row.pk).update(facts=facts)
    return changed


def with_names_replaced(value: Any, names: Sequence[str], by: str) -> Any:
    """A value of JSON with each name replaced: within texts, or as the whole text if it is a single character."""
    if isinstance(value, dict):
        return {key: with_names_replaced(part, names, by) for key, part in value.items()}
    if isinstance(value, list):
        return [with_names_replaced(part, names, by) for part in value]
    if not isinstance(value, str):
        return value
    for name in names:
        value = by if value == name else value.replace(name, by) if len(name) > 1 else value
    return value


def send_mails(*, most: int = 200) -> int:
    """Send what waits for the post, one by one, each claimed by counting its try; returns how many were sent."""
    sent = 0
    for notice in notices_to_mail().select_related("recipient")[:most]:
        claim = Notice.objects.filter(pk=notice.pk, mailed_at__isnull=True, mail_tries=notice.mail_tries)
        if claim.update(mail_tries=F("mail_tries") + 1) == 1:
            sent += _mail(notice)
    return sent


def retry_mail(*, notice: Notice) -> None:
    """Give a mail that was given up all its tries again; called in the transaction of the register of failures."""
    Notice.objects.filter(pk=notice.pk, mailed_at__isnull=True).update(mail_tries=0)
    transaction.on_commit(_send, robust=True)


def _mail(notice: Notice) -> bool:
    """Send one; a failure is written on the row and tried again by the sweep."""
    try:
        subject, body = mail_of(notice)
        to = [notice.mail_to or notice.recipient.email]
        EmailMessage(f"{PREFIX}{printable(subject)}", f"{printable(body)}\n", to=to).send()
    # A post office may fail in any way; the notice in the site stands all the same.
    except Exception as error:
        logger.exception("Notice %s could not be mailed", notice.pk)
        Notice.objects.filter(pk=notice.pk).update(mail_error=f"{type(error).__name__}: {error}"[:200])
        return False
    Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now(), mail_error="")
    return True
