"""Reads what is kept how long, what is held, and what still waits for a person who left."""

from products.retention.selectors.departures import departures_done, open_departures, people_who_left
from products.retention.selectors.duties import OpenDuty, open_duties
from products.retention.selectors.holding import (
    Held,
    held,
    is_person_held,
    last_removals,
    lifted_holds,
    standing_holds,
)
from products.retention.selectors.schedule import RULES, Line, Rule, forecast, rules_that_end

__all__ = [
    "RULES",
    "Held",
    "Line",
    "OpenDuty",
    "Rule",
    "departures_done",
    "forecast",
    "held",
    "is_person_held",
    "last_removals",
    "lifted_holds",
    "open_departures",
    "open_duties",
    "people_who_left",
    "rules_that_end",
    "standing_holds",
]
