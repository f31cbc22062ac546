"""What a webhook may be told of."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.TextChoices):
    """The kinds of event that a member may ask for."""

    ORDER_MOVED = "order.moved", _("委托进展")
    REPORT_ISSUED = "report.issued", _("报告签发")
    REPORT_REPLACED = "report.replaced", _("报告被替代")
    REPORT_WITHDRAWN = "report.withdrawn", _("报告撤回")
    LISTING_CHANGED = "listing.changed", _("名录条目变更")


# Acts of the history that move an order, each by its last part.
MOVES = frozenset(f"order.{verb}" for verb in (
    "submitted", "returned", "declined", "accepted", "completed", "testing_reopened", "reporting_started",
    "reporting_left", "decided", "amendment_started", "amendment_ended", "held", "resumed", "cancelled", "closed"))
REPORTS = frozenset({Event.REPORT_ISSUED, Event.REPORT_REPLACED, Event.REPORT_WITHDRAWN})
# As many as a member's systems need; more are a mistake.
MOST_WEBHOOKS = 5
# A delivery is tried so often; the pauses between grow from one minute to twelve hours, four days in all.
MOST_TRIES = 14


def pause_after(tries: int) -> timedelta:
    """How long a delivery waits after so many failed tries."""
    return timedelta(minutes=min(4 ** (tries - 1), 720))
