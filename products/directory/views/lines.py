"""Listings as plain lines of a table, made once before the template loops over them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language

from products.listings.models import Listing


def in_english() -> bool:
    """Whether the reader chose English; every other language gets Chinese."""
    return (get_language() or "").startswith("en")


def name_of(thing: Any, field: str = "name") -> str:
    """The name in the reader's language, or in the other one where the wished one is missing."""
    wished, other = ("en", "zh") if in_english() else ("zh", "en")
    return getattr(thing, f"{field}_{wished}") or getattr(thing, f"{field}_{other}") or ""


def lines_of(listings: Iterable[Listing]) -> list[dict[str, Any]]:
    """One dictionary per row; null stays None and is shown as 未载明."""
    return [
        {
            "number": listing.listing_number,
            "name": name_of(listing) or None,
            "model": listing.model,
            "company": name_of(listing.company),
            "company_number": listing.company.number,
            "type": name_of(listing.device_type) if listing.device_type else None,
            "subtype": listing.device_subtype_zh if not in_english() else None,
            "radio": listing.generation,
            "bands": " / ".join(listing.bands or []),
            "edition": listing.edition.slug if listing.edition else None,
            "on": listing.listed_on,
            "status": listing.status,
            "is_ours": listing.status is not None,
            "is_demonstration": listing.is_demonstration,
        }
        for listing in listings
    ]
