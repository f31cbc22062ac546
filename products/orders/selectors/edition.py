"""Which edition an order is for, and whether a new order may use it."""

from __future__ import annotations

from django.utils import timezone

from products.orders.errors import EditionNotAvailable
from products.orders.models import Order
from products.suites.models import Edition
from products.suites.selectors import current_edition
from products.suites.states import EditionStatus


def edition_for(order: Order) -> Edition:
    """The pinned edition, else the one asked for, else the one in force; raises NoEditionInForce."""
    return order.edition or current_edition()


def require_available(edition: Edition) -> Edition:
    """The edition, if a new order may use it today; raises EditionNotAvailable for every other."""
    is_early = edition.available_on is not None and edition.available_on > timezone.localdate()
    if edition.status != EditionStatus.PUBLISHED or is_early:
        raise EditionNotAvailable(field="edition", extra={"edition": edition.slug, "status": edition.status})
    return edition
