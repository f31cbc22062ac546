"""Webhooks as the API takes and shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from members.requests.serializers import Shape, Text, TextOrNull
from products.webhooks.models import Delivery, Webhook
from products.webhooks.services import secret_of
from products.webhooks.states import Event

SHOWN_DELIVERIES = 20


class WebhookIn(Shape):
    """An address and what it wants to be told."""

    url = Text(max_length=500)
    events = serializers.ListField(child=serializers.ChoiceField(choices=Event.choices), max_length=len(Event))


class DeliveryOut(serializers.ModelSerializer[Delivery]):
    """One event and what came of telling it."""

    error = TextOrNull()

    class Meta:
        model = Delivery
        fields = ["event", "event_id", "occurred_at", "tries", "next_at", "delivered_at", "status", "error"]


class WebhookOut(serializers.ModelSerializer[Webhook]):
    """A webhook with its last deliveries."""

    events = serializers.ListField(child=serializers.CharField())
    deliveries = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = ["id", "url", "events", "created_at", "failing_since", "disabled_at", "ended_at", "deliveries"]

    def get_deliveries(self, webhook: Webhook) -> list[dict[str, Any]]:
        """The newest first."""
        rows = DeliveryOut(webhook.deliveries.all()[:SHOWN_DELIVERIES], many=True).data
        return [dict(row) for row in rows]


class NewWebhook(WebhookOut):
    """What was registered, with the secret that is shown this once."""

    secret = serializers.SerializerMethodField()

    class Meta(WebhookOut.Meta):
        fields = [*WebhookOut.Meta.fields, "secret"]

    def get_secret(self, webhook: Webhook) -> str:
        """The key of the signatures."""
        return secret_of(webhook)
