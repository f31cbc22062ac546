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
    SAMPLE_CHANGED = "sample.changed", _("样品收到、退还或处置")
    REWORK_CHANGED = "rework.changed", _("整改进展")
    EXCLUSION_CHANGED = "exclusion.changed", _("测试项排除与豁免")
    DECISION_CHANGED = "decision.changed", _("决定与证明")


def _acts(event: Event, thing: str, *verbs: str) -> dict[str, Event]:
    return {f"{thing}.{verb}": event for verb in verbs}


# The event of each act of the history that a member's systems may be told of. What the laboratory drafts, and what is
# recommended before it is decided, is not among them.
EVENTS: dict[str, Event] = {
    **_acts(Event.ORDER_MOVED, "order", "submitted", "returned", "declined", "accepted", "completed",
            "testing_reopened", "reporting_started", "reporting_left", "decided", "amendment_started",
            "amendment_ended", "held", "resumed", "cancelled", "closed", "rebase_proposed", "rebase_refused",
            "rebased"),
    **_acts(Event.REPORT_ISSUED, "report", "issued"),
    **_acts(Event.REPORT_REPLACED, "report", "replaced"),
    **_acts(Event.REPORT_WITHDRAWN, "report", "withdrawn"),
    **_acts(Event.SAMPLE_CHANGED, "order", "sample_received"),
    **_acts(Event.SAMPLE_CHANGED, "sample", "ended"),
    **_acts(Event.REWORK_CHANGED, "rework", "opened", "items_joined", "finding_sent", "answered", "scope_signed",
            "message_written", "reminded", "reopened", "closed_pass", "closed_fail", "abandoned"),
    **_acts(Event.EXCLUSION_CHANGED, "exclusion", "proposed", "consented", "approved", "refused"),
    **_acts(Event.DECISION_CHANGED, "certification", "granted", "refused", "suspended", "suspension_lifted",
            "withdrawn", "cancelled", "expired", "superseded", "certificate_issued", "report_followed"),
}
REPORTS = frozenset({Event.REPORT_ISSUED, Event.REPORT_REPLACED, Event.REPORT_WITHDRAWN})
# As many as a member's systems need; more are a mistake.
MOST_WEBHOOKS = 5
# A delivery is tried so often; the pauses between grow from one minute to twelve hours, four days in all.
MOST_TRIES = 14


def pause_after(tries: int) -> timedelta:
    """How long a delivery waits after so many failed tries."""
    return timedelta(minutes=min(4 ** (tries - 1), 720))
