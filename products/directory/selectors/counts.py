"""How many listings an edition has, and what a company has listed, in a query each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from members.companies.models import Company
from products.devices.models import DeviceType
from products.listings.models import Listing
from products.listings.states import ListingStatus


@dataclass(frozen=True)
class Counts:
    """Listings in all, and those that are valid now; records published before this system have no state."""

    listed: int
    valid: int


def listings_by_edition() -> dict[str, Counts]:
    """By slug; an edition without listings is missing."""
    rows = Listing.objects.filter(edition__isnull=False).order_by().values_list("edition__slug")
    valid = Count("pk", filter=Q(status=ListingStatus.VALID))
    return {slug: Counts(listed, good) for slug, listed, good in rows.annotate(listed=Count("pk"), valid=valid)}


def listings_by_type(company: Company) -> list[tuple[DeviceType | None, int]]:
    """A company's listings by device type, in the order of types; what states none comes last. Two queries."""
    rows = Listing.objects.filter(company=company).order_by().values_list("device_type").annotate(listed=Count("pk"))
    types = DeviceType.objects.in_bulk()
    found = [(types.get(pk) if pk else None, number) for pk, number in rows]
    return sorted(found, key=lambda row: (row[0] is None, row[0].position if row[0] else 0))
