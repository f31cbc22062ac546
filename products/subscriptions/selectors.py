"""Reads subscriptions: who must be told of which changes, and which mails wait."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs

from django.db.models import QuerySet
from django.utils import timezone

from products.listings.models import ListingChange
from products.listings.selectors import fitting_among
from products.subscriptions.models import OutgoingMail, Subscription
from products.subscriptions.states import Target

# Whoever does not confirm by then did not want it; the row goes by the table of retention.
CONFIRM_WITHIN = timedelta(days=3)
MOST_TRIES = 6
# More changes are told by their number and a link.
MOST_TOLD = 50


def changes_for(subscription: Subscription, upto: int) -> list[int]:
    """The ids of the changes after `seen` up to an id that concern the subscription, oldest first."""
    rows = ListingChange.objects.filter(id__gt=subscription.seen, id__lte=upto).order_by("id")
    if subscription.target == Target.DEVICE:
        rows = rows.filter(listing=subscription.listing_id)
    elif subscription.target == Target.COMPANY:
        rows = rows.filter(listing__company=subscription.company_id)
    else:
        changed = list(rows.values_list("id", "listing_id"))
        fitting = set(fitting_among({listing for _change, listing in changed}, subscription.words,
                                    parse_qs(subscription.filters)))
        return [change for change, listing in changed if listing in fitting]
    return list(rows.values_list("id", flat=True))


def newest_change() -> int:
    """The id of the last change, 0 before the first."""
    return ListingChange.objects.order_by("-id").values_list("id", flat=True).first() or 0


def subscriptions_behind(newest: int) -> QuerySet[Subscription]:
    """Confirmed ones that were not brought up to this change."""
    return Subscription.objects.filter(confirmed_at__isnull=False, seen__lt=newest).order_by("pk")


def mails_waiting() -> QuerySet[OutgoingMail]:
    """Mails to be sent, oldest first; a mail that failed waits longer each time, up to some hours."""
    now = timezone.now()
    waiting = OutgoingMail.objects.filter(sent_at__isnull=True, tries__lt=MOST_TRIES).order_by("created_at", "pk")
    due = [row.pk for row in waiting[:1000] if row.created_at + timedelta(minutes=4**row.tries - 1) <= now]
    return OutgoingMail.objects.filter(pk__in=due).order_by("created_at", "pk")


def mails_given_up() -> QuerySet[OutgoingMail]:
    """Those whose tries are used up; oldest first."""
    return OutgoingMail.objects.filter(sent_at__isnull=True, tries__gte=MOST_TRIES).order_by("created_at", "pk")


def asked_today(email: str) -> int:
    """How many confirmation mails went to an address in the last day."""
    since = timezone.now() - timedelta(days=1)
    return OutgoingMail.objects.filter(kind="confirm", subscription__email=email, created_at__gte=since).count()
