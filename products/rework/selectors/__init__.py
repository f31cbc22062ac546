"""Reads of reworks: who sees which, what a round holds, what a scope must decide, whether an order is complete."""

from products.rework.selectors.completion import failed_codes, failures_of, is_complete, open_items_of, repeats_pending
from products.rework.selectors.rounds import (
    Round,
    evidence_of,
    evidence_sent,
    participants_in,
    reworks_of,
    reworks_visible_to,
    rounds_of,
    running_rework,
    seconds_with,
)
from products.rework.selectors.scopes import ScopeItem, items_to_decide, slots_with_results
from products.rework.selectors.terms import days_allowed, is_overdue, reworks_overdue

__all__ = [
    "Round",
    "ScopeItem",
    "days_allowed",
    "evidence_of",
    "evidence_sent",
    "failed_codes",
    "failures_of",
    "is_complete",
    "is_overdue",
    "items_to_decide",
    "open_items_of",
    "participants_in",
    "repeats_pending",
    "reworks_of",
    "reworks_overdue",
    "reworks_visible_to",
    "rounds_of",
    "running_rework",
    "seconds_with",
    "slots_with_results",
]
