"""Reads of figures: public ones, and those of the laboratory within a scope of days, type, edition and company."""

from products.insight.selectors.failures import failures_by_item, failures_by_reason, flaky_items, item_names
from products.insight.selectors.public import FEWEST, days_to_report, figures_state, listed_by_edition, listed_by_year
from products.insight.selectors.scope import Scope
from products.insight.selectors.stages import AGES, StageDays, days_by_stage, waiting_by_party, waiting_by_stage
from products.insight.selectors.trends import Point, devices_named, measurements_numbered, values_over_versions
from products.insight.selectors.yields import Yield, first_pass_yield

__all__ = [
    "AGES",
    "FEWEST",
    "Point",
    "Scope",
    "StageDays",
    "Yield",
    "days_by_stage",
    "days_to_report",
    "devices_named",
    "failures_by_item",
    "failures_by_reason",
    "figures_state",
    "first_pass_yield",
    "flaky_items",
    "item_names",
    "listed_by_edition",
    "listed_by_year",
    "measurements_numbered",
    "values_over_versions",
    "waiting_by_party",
    "waiting_by_stage",
]
