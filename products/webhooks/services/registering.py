"""Registers a webhook, ends it, and takes it into use again after it was switched off."""

from __future__ import annotations

import base64
import ipaddress
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from members.companies.models import Company
from members.history.services import append_entry
from members.people.models import User
from products.webhooks.errors import AddressRefused, EventsMissing, NotYourCompany, TooManyWebhooks, WebhookEnded
from products.webhooks.models import Webhook
from products.webhooks.permissions import can_keep_webhooks
from products.webhooks.states import MOST_WEBHOOKS, Event
from wapicert.texts import CODE, LONG, takes_text

CHAIN = "webhooks"
LONGEST_ADDRESS = 500


@takes_text(url=LONG, events=CODE)
@transaction.atomic
def register_webhook(*, url: str, events: Iterable[str], actor: User) -> Webhook:
    """Register an address of the actor's company; it is told of what happens from now on.

    Refuses an address that is not public https, no events, and more than a few. Whether the name leads to a public
    address is asked at every call, since names can be pointed elsewhere later.
    """
    if actor.company is None or not can_keep_webhooks(actor, actor.company):
        raise NotYourCompany(field="company")
    wanted = sorted(set(events) & set(Event.values))
    if not wanted:
        raise EventsMissing(field="events")
    address = _clean(url)
    company = Company.objects.select_for_update().get(pk=actor.company.pk)
    if Webhook.objects.filter(company=company, ended_at__isnull=True).count() >= MOST_WEBHOOKS:
        raise TooManyWebhooks(field="url")
    webhook = Webhook.objects.create(company=company, url=address, events=wanted, nonce=secrets.token_urlsafe(32),
                                     created_by=actor)
    _note(webhook, "webhook.registered", actor, events=wanted)
    return webhook


@transaction.atomic
def end_webhook(*, webhook: Webhook, actor: User) -> Webhook:
    """End it for good: it is not called any more. Harmless when repeated."""
    found = _lock(webhook, actor)
    if found.ended_at is None:
        found.ended_at = timezone.now()
        found.save(update_fields=["ended_at"])
        _note(found, "webhook.ended", actor)
    return found


@transaction.atomic
def enable_webhook(*, webhook: Webhook, actor: User) -> Webhook:
    """Call it again after it was switched off for failing; what was not delivered meanwhile is tried anew."""
    found = _lock(webhook, actor)
    if found.ended_at is not None or found.disabled_at is None:
        raise WebhookEnded(field="state")
    found.disabled_at = found.failing_since = None
    found.save(update_fields=["disabled_at", "failing_since"])
    found.deliveries.filter(delivered_at__isnull=True).update(tries=0, next_at=timezone.now())
    _note(found, "webhook.enabled", actor)
    return found


def secret_of(webhook: Webhook) -> str:
    """What signs its calls, in the form of the Standard Webhooks convention; derived, never stored."""
    made = salted_hmac("products.webhooks", f"{webhook.pk}.{webhook.nonce}", algorithm="sha256").digest()
    return f"whsec_{base64.b64encode(made).decode()}"


def _clean(url: str) -> str:
    """The address, if it can be one of the public web."""
    address = url.strip()
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused(field="url") from error
    is_plain = (len(address) <= LONGEST_ADDRESS and address.isascii() and address.isprintable() and " " not in address
                and not parts.username and not parts.password and not parts.fragment)
    is_local = settings.WEBHOOKS_MAY_LOOP_BACK and host == "127.0.0.1"
    if not is_plain or not (is_local or (parts.scheme == "https" and _is_public_name(host))):
        raise AddressRefused(field="url")
    return address


def _is_public_name(host: str) -> bool:
    """A name with a dot that is not one of the own network, or a public number."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".localhost", ".arpa"))


def _lock(webhook: Webhook, actor: User) -> Webhook:
    found = Webhook.objects.select_for_update(of=("self",)).select_related("company").get(pk=webhook.pk)
    if not can_keep_webhooks(actor, found.company):
        raise NotYourCompany(field="company")
    return found


def _note(webhook: Webhook, act: str, actor: User, **more: object) -> None:
    append_entry(chain=CHAIN, act=act, actor=actor, object_type="webhook", object_id=webhook.pk,
                 after={"company": webhook.company.number, "url": webhook.url, **more})
