"""Where members' systems want to be told, and what they are to be told: the truth about it, whatever a queue loses."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.companies.models import Company
from products.webhooks.states import Event


class Webhook(models.Model):
    """An address of a member that is called when something happens. Moved by `webhooks.services`; never deleted.

    The secret is derived from the site's key and the nonce, and stored nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="webhooks")
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    nonce = models.CharField(max_length=43)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Up to when the history was looked through for it.
    collected_until = models.DateTimeField(default=timezone.now)
    failing_since = models.DateTimeField(null=True)
    # Switched off after it failed for days; ended by its company for good.
    disabled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]


class Delivery(models.Model):
    """One event for one webhook: sent until it is taken or given up. The same event is never told twice as another."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=20, choices=Event)
    # Names the event for ever; the receiver knows by it what it had already.
    event_id = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["webhook", "event_id"], name="webhook_event_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(delivered_at__isnull=True), name="delivery_waiting")]
