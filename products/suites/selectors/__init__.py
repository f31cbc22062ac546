"""Reads of the suite: editions, what they say, what differs between them, and the features that decide."""

from products.suites.selectors.bounds import Bounds, bounds_of, contradictions
from products.suites.selectors.comparison import (
    Change,
    Difference,
    ItemDifference,
    compare_editions,
    differences_between,
)
from products.suites.selectors.content import Content, content_of, contents, fingerprint_of, limit_text, version_of
from products.suites.selectors.editions import (
    catalogue_state,
    current_edition,
    editions_public,
    editions_visible_to,
    is_last_in_force,
    is_newer,
    items_of,
)
from products.suites.selectors.features import asked_by_type, asked_features, derived_features
from products.suites.selectors.sheets import Sheet, basis_in, basis_text, sheet_in, tables_of, words_in_use

__all__ = [
    "Bounds",
    "Change",
    "Content",
    "Difference",
    "ItemDifference",
    "Sheet",
    "asked_by_type",
    "asked_features",
    "basis_in",
    "basis_text",
    "bounds_of",
    "catalogue_state",
    "compare_editions",
    "content_of",
    "contents",
    "contradictions",
    "current_edition",
    "derived_features",
    "differences_between",
    "editions_public",
    "editions_visible_to",
    "fingerprint_of",
    "is_last_in_force",
    "is_newer",
    "items_of",
    "limit_text",
    "sheet_in",
    "tables_of",
    "version_of",
    "words_in_use",
]
