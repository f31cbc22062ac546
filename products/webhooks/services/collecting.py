"""Puts what happened into the outbox of every webhook that asked for it, once."""

from __future__ import annotations

from django.utils import timezone

from products.webhooks.models import Delivery, Webhook
from products.webhooks.selectors import OVERLAP, happenings_since, webhooks_in_use


def collect_events() -> int:
    """Look through the history since the last time; returns how many deliveries were asked to be made.

    The periods overlap, and what is there already is not made again: two runs at once, or one that was killed, tell
    nothing twice and leave nothing out.
    """
    now, webhooks = timezone.now(), list(webhooks_in_use())
    if not webhooks:
        return 0
    since = min(webhook.collected_until for webhook in webhooks) - OVERLAP
    by_company: dict[int, list[Webhook]] = {}
    for webhook in webhooks:
        by_company.setdefault(webhook.company_id, []).append(webhook)
    rows = [
        Delivery(webhook=webhook, event=one.event, event_id=one.event_id, occurred_at=one.at, facts=one.facts)
        for one in happenings_since(since, set(by_company)) for webhook in by_company[one.company_id]
        if one.event in webhook.events and one.at >= webhook.created_at
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    Webhook.objects.filter(pk__in=[webhook.pk for webhook in webhooks], collected_until__lt=now).update(
        collected_until=now)
    return len(rows)
