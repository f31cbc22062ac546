"""How many listings an edition has, and what a company has listed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from members.companies.models import Company
from products.devices.models import DeviceType
from products.listings.models import Listing
from products.listings.selectors import counted, the_cube
from products.listings.states import NOT_STATED, ListingStatus


@dataclass(frozen=True)
class Counts:
    """Listings in all, and those that are valid now; records published before this system have no state."""

    listed: int
    valid: int


def listings_by_edition() -> dict[str, Counts]:
    """By slug, from the counts that the index keeps; an edition without listings is missing."""
    cube = the_cube()
    listed, valid = cube.everything.by_value, counted(cube, cube.cells, {"status": [ListingStatus.VALID]}).by_value
    return {slug: Counts(number, valid["edition"].get(slug, 0)) for slug, number in listed["edition"].items()
            if slug != NOT_STATED}


def listings_by_type(company: Company) -> list[tuple[DeviceType | None, int]]:
    """A company's listings by device type, in the order of types; what states none comes last. Two queries."""
    rows = Listing.objects.filter(company=company).order_by().values_list("device_type").annotate(listed=Count("pk"))
    types = DeviceType.objects.in_bulk()
    found = [(types.get(pk) if pk else None, number) for pk, number in rows]
    return sorted(found, key=lambda row: (row[0] is None, row[0].position if row[0] else 0))
