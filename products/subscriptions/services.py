"""Asks, confirms and ends subscriptions, puts what changed into the outbox, and sends it."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from members.companies.models import Company
from products.listings.models import Listing, ListingChange
from products.listings.querysets import words_of
from products.subscriptions.errors import LinkInvalid, NothingToFollow, TooManyAsked
from products.subscriptions.models import OutgoingMail, Subscription
from products.subscriptions.rendering import line_of, mail_of
from products.subscriptions.selectors import (
    CONFIRM_WITHIN,
    MOST_TOLD,
    asked_today,
    changes_for,
    mails_waiting,
    newest_change,
    subscriptions_behind,
)
from products.subscriptions.states import MailKind, Target
from products.suites.rendering import name_of
from wapicert.texts import CODE, LONG, line, takes_text

CONFIRM, LEAVE = "subscriptions.confirm", "subscriptions.leave"
MOST_A_DAY_TO_ONE = 5
MOST_AN_HOUR_FROM_ONE = 20
logger = logging.getLogger(__name__)


@takes_text(email=line(254), language=CODE, words=LONG, filters=LONG, description=LONG)
def ask_subscription(
    *, email: str, language: str, caller: str, listing: Listing | None = None, company: Company | None = None,
    words: str = "", filters: str = "", description: str = "",
) -> None:
    """Send the address a mail that asks whether it wants to be told; nothing else happens until it says so.

    The answer is the same whether the address is new, waiting or confirmed, so that nobody learns who follows what.
    A search is `words` and `filters` (`type=AP&status=valid`), told by its `description`.
    Refuses a request without a target, and more than a few a day for one address or an hour from one caller.
    """
    email, words = email.strip().lower(), " ".join(words.split())[:100]
    target = Target.DEVICE if listing else Target.COMPANY if company else Target.SEARCH
    is_search = target == Target.SEARCH
    if is_search and not words_of(words) and not filters:
        raise NothingToFollow(field="words")
    _require_few(caller)
    values = {"listing": listing, "company": None if listing else company, "words": words if is_search else "",
              "filters": filters if is_search else ""}
    told = {"language": language, "description": description[:300] if is_search else ""}
    with transaction.atomic():
        if asked_today(email) >= MOST_A_DAY_TO_ONE:
            raise TooManyAsked(field="email")
        row, _created = Subscription.objects.get_or_create(email=email, target=target, **values, defaults=told)
        if row.confirmed_at is None:
            Subscription.objects.filter(pk=row.pk).update(asked_at=timezone.now(), **told)
            OutgoingMail.objects.create(subscription=row, kind=MailKind.CONFIRM)


def _require_few(caller: str) -> None:
    """Count what one caller asks in an hour."""
    now = timezone.now()
    key = f"subscriptions/asked/{caller}/{now:%Y%m%d%H}"
    cache.add(key, 0, 3600)
    if cache.incr(key) > MOST_AN_HOUR_FROM_ONE:
        refusal = TooManyAsked(field="email")
        refusal.retry_after = 3600 - now.minute * 60 - now.second
        raise refusal


def confirm_link(subscription: Subscription) -> str:
    """The address that says yes, for some days."""
    token = signing.TimestampSigner(salt=CONFIRM).sign(str(subscription.pk))
    return f"{settings.PUBLIC_URL}/subscriptions/confirm/{token}/"


def leave_link(subscription: Subscription) -> str:
    """The address that ends it, for ever."""
    return f"{settings.PUBLIC_URL}/subscriptions/leave/{signing.Signer(salt=LEAVE).sign(str(subscription.pk))}/"


def subscription_to_confirm(token: str) -> Subscription:
    """The subscription that a link asks to confirm; raises LinkInvalid."""
    row = _by(signing.TimestampSigner(salt=CONFIRM).unsign, token, max_age=CONFIRM_WITHIN)
    if row is None:
        raise LinkInvalid
    return row


def subscription_to_leave(token: str) -> Subscription | None:
    """The subscription that a link ends, None if it has ended already; raises LinkInvalid."""
    return _by(signing.Signer(salt=LEAVE).unsign, token)


def _by(unsign: Any, token: str, **limits: Any) -> Subscription | None:
    try:
        pk = unsign(token, **limits)
    except signing.BadSignature as error:
        raise LinkInvalid from error
    return Subscription.objects.select_related("listing", "company").filter(pk=pk).first()


def confirm_subscription(*, token: str) -> Subscription:
    """Begin to tell the address of what changes from now on; harmless when repeated."""
    row = subscription_to_confirm(token)
    waiting = Subscription.objects.filter(pk=row.pk, confirmed_at__isnull=True)
    waiting.update(confirmed_at=timezone.now(), seen=newest_change())
    return row


def leave_subscription(*, token: str) -> None:
    """Remove the address and everything that waits for it; harmless when repeated."""
    if row := subscription_to_leave(token):
        row.delete()


def tell_changes() -> int:
    """Put into the outbox what each confirmed subscription was not told yet; returns how many mails.

    Each subscription in a transaction of its own that moves `seen` only from where it was read, so that two runs at
    once tell nothing twice.
    """
    newest, told = newest_change(), 0
    for row in subscriptions_behind(newest).iterator(chunk_size=500):
        with transaction.atomic():
            changes = changes_for(row, newest)
            if Subscription.objects.filter(pk=row.pk, seen=row.seen).update(seen=newest) and changes:
                OutgoingMail.objects.create(subscription=row, kind=MailKind.CHANGES, changes=changes)
                told += 1
    return told


def send_mails() -> int:
    """Send what waits, each claimed by counting its try; returns how many went out. What fails is tried again later."""
    sent = 0
    for mail in mails_waiting().select_related("subscription__listing", "subscription__company"):
        claimed = OutgoingMail.objects.filter(pk=mail.pk, sent_at__isnull=True, tries=mail.tries)
        if claimed.update(tries=F("tries") + 1):
            sent += _send(mail)
    return sent


def retry_mail(*, mail: OutgoingMail) -> None:
    """Give a mail that was given up all its tries again; the sweep sends it within a minute."""
    OutgoingMail.objects.filter(pk=mail.pk, sent_at__isnull=True).update(tries=0)


def _send(mail: OutgoingMail) -> bool:
    row = mail.subscription
    with translation.override(row.language):
        facts: dict[str, Any] = {"what": what_of(row)}
        if mail.kind == MailKind.CONFIRM:
            facts["confirm"] = confirm_link(row)
        else:
            facts |= {"lines": _lines(mail.changes), "more": max(0, len(mail.changes) - MOST_TOLD),
                      "all": f"{settings.PUBLIC_URL}/changes/"}
    try:
        mail_of(event=f"subscriptions.{mail.kind}", language=row.language, to=row.email, facts=facts,
                leave=leave_link(row)).send()
    # A post office may fail in any way; the row is tried again. The address is not written into a log.
    except Exception as error:
        logger.warning("Mail %s could not be sent: %s", mail.pk, type(error).__name__)
        return False
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    return True


def _lines(changes: list[int]) -> list[tuple[str, str]]:
    """The first changes in a line each, with the reason and the device's address."""
    rows = ListingChange.objects.filter(pk__in=changes[:MOST_TOLD]).select_related("listing__company").order_by("id")
    return [(line_of(row, name_of(row.listing) if row.listing.name_zh else "", name_of(row.listing.company)),
             f"{settings.PUBLIC_URL}/products/{row.listing.listing_number}/") for row in rows]


def what_of(row: Subscription) -> str:
    """What a subscription is about, in words."""
    if row.listing:
        parts = (row.listing.model, name_of(row.listing) if row.listing.name_zh else "", row.listing.listing_number)
        return " · ".join(part for part in parts if part)
    return name_of(row.company) if row.company else row.description or row.words
