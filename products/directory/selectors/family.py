"""Which other listings belong to a device: the same device tested again, and models of the same beginning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from products.listings.models import Listing
from products.listings.selectors import listings_public

MOST = 8
SEPARATORS = "-_/ ."
# The beginning of a model that tells a series: a part with a digit, or two parts, since a mere word is a brand.
STEM = re.compile(r"(?=[a-z]*[0-9])[0-9a-z]{4,}(?=[-_/ .]|$)|[a-z]+[-_/ .][0-9a-z]{2,}(?=[-_/ .])")


@dataclass(frozen=True)
class Family:
    """The same device in other tests, and relatives that nobody declared: `stem` is what their models begin with."""

    again: list[Listing]
    relatives: list[Listing]
    stem: str | None


def stem_of(listing: Listing) -> str | None:
    """The beginning of a model that a series shares; None where there is none.

    ap780n of AP780N-806-WAPI, demo-th of DEMO-TH-10, nothing of DEMO-1.
    """
    found = STEM.match((listing.model or "").casefold())
    return found[0] if found else None


def family_of(listing: Listing) -> Family:
    """At most a handful of each, newest first. Derived from the register: vendors declare no families yet."""
    rows = listings_public().filter(company=listing.company_id).exclude(pk=listing.pk)
    again = list(rows.filter(device=listing.device_id)[:MOST]) if listing.device_id else []
    stem = stem_of(listing)
    if stem is None or listing.device_type_id is None:
        return Family(again, [], None)
    begun = (Q(model__istartswith=stem + separator) for separator in SEPARATORS)
    series = rows.filter(reduce(or_, begun, Q(model__iexact=stem)), device_type=listing.device_type_id)
    known = {row.pk for row in again}
    return Family(again, [row for row in series[:MOST] if row.pk not in known], stem)
