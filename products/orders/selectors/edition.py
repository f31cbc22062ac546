"""Which edition an order is for, and whether a new order may use it."""

from __future__ import annotations

from django.utils import timezone

from products.orders.errors import EditionNotAvailable
from products.orders.models import Order
from products.suites.models import Edition
from products.suites.rendering import label_of
from products.suites.selectors import current_edition
from products.suites.states import EditionStatus


def edition_for(order: Order) -> Edition:
    """The pinned edition, else the one asked for, else the one in force; raises NoEditionInForce."""
    return order.edition or current_edition()


def require_available(edition: Edition) -> Edition:
    """The edition, if a new order may use it today; else raises EditionNotAvailable with its successor."""
    today = timezone.localdate()
    is_early = edition.available_on is not None and edition.available_on > today
    has_ended = edition.ends_on is not None and edition.ends_on <= today
    if edition.status == EditionStatus.PUBLISHED and not is_early and not has_ended:
        return edition
    extra = {"edition": edition.slug, "status": edition.status}
    if edition.replaced_by is None:
        raise EditionNotAvailable(field="edition", extra=extra)
    words = {"edition": label_of(edition), "successor": label_of(edition.replaced_by)}
    raise EditionNotAvailable(EditionNotAvailable.replaced % words, remedy=EditionNotAvailable.choose, field="edition",
                              extra=extra | {"replaced_by": edition.replaced_by.slug})
