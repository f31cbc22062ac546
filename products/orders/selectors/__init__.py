"""Reads of orders: who sees which, what is in their plan and why, where they stand and since when."""

from products.orders.selectors.edition import edition_for, require_available
from products.orders.selectors.exceptions import is_excepted
from products.orders.selectors.history import INTERNAL, TOLD, changes_since, history_of, reason_for
from products.orders.selectors.orders import (
    Save,
    orders_overdue,
    orders_visible_to,
    orders_waiting_for,
    parameters_of,
    queue_counts,
    queue_of,
    samples_here,
    versions_of,
    who_saved,
)
from products.orders.selectors.plan import PlannedItem, compute_plan, features_of, plan_of, preview_of
from products.orders.selectors.progress import Interval, days_per_party, days_per_stage, intervals_of
from products.orders.selectors.rebasing import (
    Known,
    PlanChange,
    counts_of_changes,
    dropped_among,
    plan_changes,
    proposed_rebase,
    rebases_of,
)

__all__ = [
    "INTERNAL",
    "TOLD",
    "Interval",
    "Known",
    "PlanChange",
    "PlannedItem",
    "Save",
    "changes_since",
    "compute_plan",
    "counts_of_changes",
    "days_per_party",
    "days_per_stage",
    "dropped_among",
    "edition_for",
    "features_of",
    "history_of",
    "intervals_of",
    "is_excepted",
    "orders_overdue",
    "orders_visible_to",
    "orders_waiting_for",
    "parameters_of",
    "plan_changes",
    "plan_of",
    "preview_of",
    "proposed_rebase",
    "queue_counts",
    "queue_of",
    "reason_for",
    "rebases_of",
    "require_available",
    "samples_here",
    "versions_of",
    "who_saved",
]
