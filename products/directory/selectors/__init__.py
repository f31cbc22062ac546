"""What the public pages read beside the register itself; no person, no telephone number, no result of an item."""

from products.directory.selectors.addresses import present_address
from products.directory.selectors.changes import ChangePage, change_page, changes_public, changes_since
from products.directory.selectors.counts import Counts, listings_by_edition, listings_by_type
from products.directory.selectors.devices import (
    Event,
    Fact,
    history_of,
    listing_state,
    reports_of,
    specification_of,
    tested_versions_of,
)
from products.directory.selectors.family import Family, family_of
from products.directory.selectors.standing import Standing, reports_as_of, standing_on
from products.directory.selectors.verification import DIGEST, LONGEST_CODE, verified
from products.directory.selectors.versions import directory_state

__all__ = [
    "DIGEST",
    "LONGEST_CODE",
    "ChangePage",
    "Counts",
    "Event",
    "Fact",
    "Family",
    "Standing",
    "change_page",
    "changes_public",
    "changes_since",
    "directory_state",
    "family_of",
    "history_of",
    "listing_state",
    "listings_by_edition",
    "listings_by_type",
    "present_address",
    "reports_as_of",
    "reports_of",
    "specification_of",
    "standing_on",
    "tested_versions_of",
    "verified",
]
