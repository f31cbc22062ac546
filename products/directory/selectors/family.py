"""Which other listings belong to a device: the same device tested again, and models of the same beginning."""

from __future__ import annotations

import re
from dataclasses import dataclass

from products.listings.models import Listing
from products.listings.selectors import listings_public

MOST = 8
# The beginning of a model up to its first separator, if it is long enough to say something.
STEM = re.compile(r"[0-9a-z]{4,}(?=[-_/ .])")


@dataclass(frozen=True)
class Family:
    """The same device in other tests, and relatives that nobody declared: `stem` is what their models begin with."""

    again: list[Listing]
    relatives: list[Listing]
    stem: str | None


def stem_of(listing: Listing) -> str | None:
    """The beginning of a model that a series shares (ap780n of AP780N-806-WAPI); None where there is none."""
    found = STEM.match((listing.model or "").casefold())
    return found[0] if found else None


def family_of(listing: Listing) -> Family:
    """At most a handful of each, newest first. Derived from the register: vendors declare no families yet."""
    rows = listings_public().filter(company=listing.company_id).exclude(pk=listing.pk)
    again = list(rows.filter(device=listing.device_id)[:MOST]) if listing.device_id else []
    stem = stem_of(listing)
    if stem is None or listing.device_type_id is None:
        return Family(again, [], None)
    series = rows.filter(device_type=listing.device_type_id, model__istartswith=stem)
    known = {row.pk for row in again}
    return Family(again, [row for row in series[:MOST] if row.pk not in known], stem)
