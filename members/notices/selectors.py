"""Reads notices: a person's own, and those that wait for the post."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from members.notices.models import Notice
from members.people.models import User

# A mail that is not sent within so many days would only confuse.
MAIL_DAYS = 7


def notices_of(reader: User) -> QuerySet[Notice]:
    """The person's own notices, newest first."""
    return Notice.objects.filter(recipient=reader)


def unread_notices(reader: User) -> QuerySet[Notice]:
    """Those that the person has not marked as read."""
    return notices_of(reader).filter(read_at__isnull=True)


def notices_to_mail() -> QuerySet[Notice]:
    """Those that wait for the post: the recipient has an address, and the tries are not used up; oldest first."""
    since = timezone.now() - timedelta(days=MAIL_DAYS)
    waiting = Notice.objects.filter(mailed_at__isnull=True, mail_tries__lt=settings.MAIL_TRIES, created_at__gte=since)
    return waiting.filter(recipient__is_active=True).exclude(recipient__email="").order_by("created_at", "pk")


def notices_given_up() -> QuerySet[Notice]:
    """Those whose tries are used up and that would still be of use; oldest first."""
    since = timezone.now() - timedelta(days=MAIL_DAYS)
    given_up = Notice.objects.filter(mailed_at__isnull=True, mail_tries__gte=settings.MAIL_TRIES, created_at__gte=since)
    rows = given_up.filter(recipient__is_active=True).exclude(recipient__email="")
    return rows.select_related("recipient").order_by("created_at", "pk")
