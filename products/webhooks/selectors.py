"""Reads webhooks: a company's own, what happened since each was looked after, and what is to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from members.history.models import Entry
from members.people.models import User
from members.people.states import Role
from products.listings.models import ListingChange
from products.orders.models import Order
from products.webhooks.models import Delivery, Webhook
from products.webhooks.states import EVENTS, MOST_TRIES, REPORTS, Event

# Longer than any transaction lasts: an entry that became visible late is found all the same, and told once.
OVERLAP = timedelta(minutes=15)
# What an act leaves behind that its event tells, beside order and act.
TOLD: dict[str, tuple[str, ...]] = {
    Event.ORDER_MOVED: ("stage",), Event.SAMPLE_CHANGED: (), Event.REWORK_CHANGED: ("state", "round"),
    Event.EXCLUSION_CHANGED: ("item", "kind", "state"), Event.DECISION_CHANGED: ("state", "listing"),
}


@dataclass(frozen=True)
class Happening:
    """Something that a company's webhooks may be told of."""

    company_id: int
    event: str
    event_id: str
    at: datetime
    facts: dict[str, Any]


def webhooks_visible_to(user: User) -> QuerySet[Webhook]:
    """Those of the own company, for its users alone."""
    if Role.VU not in user.role_codes or user.company_id is None:
        return Webhook.objects.none()
    return Webhook.objects.filter(company_id=user.company_id)


def webhooks_in_use() -> QuerySet[Webhook]:
    """Those that are called."""
    return Webhook.objects.filter(ended_at__isnull=True, disabled_at__isnull=True, company__people__is_active=True
                                  ).distinct()


def happenings_since(since: datetime, companies: set[int]) -> Iterator[Happening]:
    """What happened to these companies' orders, reports and listings; no names of people, nothing unpublished."""
    entries = Entry.objects.filter(at__gt=since, act__in=EVENTS, chain__startswith="order:").order_by("pk")
    numbers = {entry.chain.removeprefix("order:") for entry in entries}
    owners = dict(Order.objects.filter(number__in=numbers, company__in=companies).values_list("number", "company_id"))
    for entry in entries:
        number = entry.chain.removeprefix("order:")
        if number in owners:
            yield Happening(owners[number], EVENTS[entry.act], f"entry-{entry.pk}", entry.at,
                            _facts_of(entry, EVENTS[entry.act], number))
    changes = ListingChange.objects.filter(at__gt=since, listing__company__in=companies).select_related("listing")
    for change in changes.order_by("pk"):
        facts = {"listing_number": change.listing.listing_number, "kind": change.kind, "on": change.on.isoformat()}
        yield Happening(change.listing.company_id, Event.LISTING_CHANGED, f"change-{change.pk}", change.at, facts)


def _facts_of(entry: Entry, event: Event, number: str) -> dict[str, Any]:
    """What is told of an act on an order: codes and numbers, no reasons and no names."""
    if event in REPORTS:
        return {"order": number, "report": entry.object_id, "number": entry.after.get("number")}
    told = {"order": number, "act": entry.act} | {name: entry.after.get(name) for name in TOLD[event]}
    if entry.object_type in ("sample", "rework"):
        told[entry.object_type] = entry.object_id
    return told


def deliveries_due() -> QuerySet[Delivery]:
    """What is to be sent now, the longest waiting first."""
    due = Delivery.objects.filter(delivered_at__isnull=True, tries__lt=MOST_TRIES, next_at__lte=timezone.now())
    return due.filter(webhook__in=webhooks_in_use()).select_related("webhook__company").order_by("next_at", "pk")


def deliveries_given_up() -> QuerySet[Delivery]:
    """Those whose tries are used up, of webhooks that are still called; oldest first."""
    given_up = Delivery.objects.filter(delivered_at__isnull=True, tries__gte=MOST_TRIES)
    return given_up.filter(webhook__in=webhooks_in_use()).select_related("webhook__company").order_by("pk")
