"""Registers webhooks, collects what they are to be told, and tells them."""

from products.webhooks.services.collecting import collect_events
from products.webhooks.services.registering import enable_webhook, end_webhook, register_webhook, secret_of
from products.webhooks.services.sending import retry_delivery, send_deliveries

__all__ = [
    "collect_events",
    "enable_webhook",
    "end_webhook",
    "register_webhook",
    "retry_delivery",
    "secret_of",
    "send_deliveries",
]
