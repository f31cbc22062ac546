"""What the public pages read beside the register itself; no person, no telephone number, no result of an item."""

from products.directory.selectors.devices import (
    Event,
    Fact,
    history_of,
    listing_state,
    reports_of,
    specification_of,
    tested_versions_of,
)
from products.directory.selectors.verification import LONGEST_CODE, verified
from products.directory.selectors.versions import directory_state

__all__ = [
    "LONGEST_CODE",
    "Event",
    "Fact",
    "directory_state",
    "history_of",
    "listing_state",
    "reports_of",
    "specification_of",
    "tested_versions_of",
    "verified",
]
