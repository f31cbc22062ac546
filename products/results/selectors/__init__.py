"""Reads of results: what values come to, where items stand, the rows of bench and order page, who took part."""

from products.results.selectors.boards import (
    SlotRow,
    attempts_of,
    counts_for,
    counts_of,
    last_ordinals,
    participants_in,
    recorders_of,
    slots_of,
    told_to_vendor,
)
from products.results.selectors.changes import Changes, changes_since, cursor_of
from products.results.selectors.counting import ENDS, PASSED_OR_FAILED, attempts_counting
from products.results.selectors.grid import AskedValue, GridRow, Newest, grid_of
from products.results.selectors.marks import Marked, marks_of
from products.results.selectors.proof import attempts_not_as_recorded
from products.results.selectors.records import Record, records_of, shown_values
from products.results.selectors.rigs import people_for_rigs, rigs_visible_to
from products.results.selectors.standing import DEAD, SETTLED, UNVERIFIED, Standing, derived_standing, standing_of
from products.results.selectors.taint import Doubt, Touched, attempts_in_doubt, orders_measured_with, orders_touched
from products.results.selectors.timeline import (
    DIGEST_FORMS,
    Link,
    Moment,
    chain_of,
    digest_of_attempts,
    timeline_of,
)
from products.results.selectors.verdicts import JUDGED, Values, check_values, compute_verdict, decide_verdict
from products.results.selectors.visibility import (
    attempts_to_verify,
    attempts_visible_to,
    evidence_visible_to,
    exclusions_proposed,
    exclusions_visible_to,
    has_moved_since,
    imports_given_up,
    invalidations_requested,
    is_in_doubt,
    items_thrown_out,
    items_to_replace,
    photographs_of,
)

__all__ = [
    "DEAD",
    "DIGEST_FORMS",
    "ENDS",
    "JUDGED",
    "PASSED_OR_FAILED",
    "SETTLED",
    "UNVERIFIED",
    "AskedValue",
    "Changes",
    "Doubt",
    "GridRow",
    "Link",
    "Marked",
    "Moment",
    "Newest",
    "Record",
    "SlotRow",
    "Standing",
    "Touched",
    "Values",
    "attempts_counting",
    "attempts_in_doubt",
    "attempts_not_as_recorded",
    "attempts_of",
    "attempts_to_verify",
    "attempts_visible_to",
    "chain_of",
    "changes_since",
    "check_values",
    "compute_verdict",
    "counts_for",
    "counts_of",
    "cursor_of",
    "decide_verdict",
    "derived_standing",
    "digest_of_attempts",
    "evidence_visible_to",
    "exclusions_proposed",
    "exclusions_visible_to",
    "grid_of",
    "has_moved_since",
    "imports_given_up",
    "invalidations_requested",
    "is_in_doubt",
    "items_thrown_out",
    "items_to_replace",
    "last_ordinals",
    "marks_of",
    "orders_measured_with",
    "orders_touched",
    "participants_in",
    "people_for_rigs",
    "photographs_of",
    "recorders_of",
    "records_of",
    "rigs_visible_to",
    "shown_values",
    "slots_of",
    "standing_of",
    "timeline_of",
    "told_to_vendor",
]
