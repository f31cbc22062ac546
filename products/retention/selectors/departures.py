"""Who left, who is to be made anonymous, and who was."""

from __future__ import annotations

from django.db.models import QuerySet

from members.people.models import User
from products.retention.models import Departure


def open_departures() -> QuerySet[Departure]:
    """Requests that wait for the second person, oldest first."""
    rows = Departure.objects.filter(decided_at=None).select_related("user", "requested_by")
    return rows.order_by("requested_at", "pk")


def people_who_left() -> QuerySet[User]:
    """Closed accounts that still bear a name and for which nobody has asked yet, by staff number."""
    asked = Departure.objects.filter(decided_at=None).values("user")
    return User.objects.filter(is_active=False, anonymised_at=None).exclude(pk__in=asked).select_related(
        "company").order_by("staff_number")


def departures_done() -> QuerySet[Departure]:
    """What was confirmed, the last first."""
    rows = Departure.objects.filter(is_confirmed=True).select_related("user", "requested_by", "decided_by")
    return rows.order_by("-decided_at", "-id")
