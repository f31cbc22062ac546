"""Listings as plain lines of a table, made once before the template loops over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language

from products.listings.models import Listing

Facts = Mapping[str, Any]
USUAL = ["company", "type", "radio", "edition", "date", "status"]


def in_english() -> bool:
    """Whether the reader chose English; every other language gets Chinese."""
    return (get_language() or "").startswith("en")


def name_of(thing: Any, field: str = "name") -> str:
    """The name in the reader's language, or in the other one where the wished one is missing."""
    wished, other = ("en", "zh") if in_english() else ("zh", "en")
    return getattr(thing, f"{field}_{wished}") or getattr(thing, f"{field}_{other}") or ""


def lines_of(listings: Iterable[Listing]) -> list[dict[str, Any]]:
    """One line per listing; null stays None and is shown as 未载明."""
    return [facts_in(listing) for listing in listings]


def facts_in(listing: Listing) -> dict[str, Any]:
    """A listing's facts by the names of `listings.selectors.facts_of`."""
    company, kind = listing.company, listing.device_type
    own = ("listing_number", "model", "name_zh", "name_en", "device_subtype_zh", "bands", "generation", "status",
           "status_since", "categories_passed", "listed_on", "source", "is_demonstration")
    return {
        **{name: getattr(listing, name) for name in own},
        "company_number": company.number, "company_zh": company.name_zh, "company_en": company.name_en,
        "type_zh": kind.name_zh if kind else None, "type_en": kind.name_en if kind else None,
        "edition": listing.edition.slug if listing.edition else None,
    }


def number_written(number: int, *, is_exact: bool = True) -> str:
    """1,234, or 1,234+ for "at least"."""
    return f"{number:,}" if is_exact else f"{number:,}+"
