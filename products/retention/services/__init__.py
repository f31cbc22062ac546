"""Removes what has run out, holds what must not go, and makes people who left anonymous."""

from products.retention.services.applying import Removal, apply_retention
from products.retention.services.departures import confirm_departure, refuse_departure, request_departure
from products.retention.services.holds import confirm_lifting, place_hold, refuse_lifting, request_lifting

__all__ = [
    "Removal",
    "apply_retention",
    "confirm_departure",
    "confirm_lifting",
    "place_hold",
    "refuse_departure",
    "refuse_lifting",
    "request_departure",
    "request_lifting",
]
