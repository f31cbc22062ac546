"""Where a number or slug leads that once stood in a permanent address."""

from __future__ import annotations

from products.listings.models import FormerAddress
from products.listings.states import AddressKind

# A former address may lead to one that moved again; more steps than this are a mistake.
LONGEST_WAY = 10


def present_address(kind: AddressKind, former: str) -> str | None:
    """The number or slug that took the place of a former one, at the end of however many moves; None: it never was."""
    found: str | None = None
    for _step in range(LONGEST_WAY):
        spelt = {former, former.upper()}
        following = FormerAddress.objects.filter(kind=kind, former__in=spelt).values_list("present", flat=True).first()
        if following is None:
            return found
        found = former = following
    return found
