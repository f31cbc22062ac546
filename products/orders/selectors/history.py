"""What of an order's history is told to whom: the applicant reads neither drafts nor the laboratory's own remarks."""

from __future__ import annotations

from django.db.models import QuerySet

from members.history.models import Entry
from members.history.selectors import entries_of
from members.people.models import User
from products.orders.models import Order

# Steps inside the laboratory that lead to something the applicant is told once it stands.
INTERNAL = frozenset({
    "rework.finding_drafted", "result.returned", "result.invalidation_requested",
    "result.invalidation_refused", "results.doubt_announced", "exclusion.refused", "exclusion.withdrawn",
    "report.returned", "order.reporting_left", "certification.recommended",
})
# Acts whose reason is written for the applicant, or for everybody; all others may speak of unverified results.
TOLD = frozenset({
    "order.returned", "order.declined", "order.rebase_proposed", "order.rebase_refused",
    "order.held", "order.resumed", "order.cancelled", "sample.ended",
    "exclusion.approved", "rework.closed_fail", "rework.abandoned", "report.withdrawn", "certification.granted",
    "certification.refused", "certification.suspended", "certification.suspension_lifted", "certification.withdrawn",
    "certification.cancelled", "certification.expired", "certification.superseded",
    "certification.supersession_undone",
})


def history_of(order: Order, reader: User) -> QuerySet[Entry]:
    """The entries of the order that this person may read, oldest first."""
    entries = entries_of(order.chain)
    return entries if reader.is_member_of_staff else entries.exclude(act__in=INTERNAL)


def reason_for(entry: Entry, reader: User) -> str:
    """The reason of an entry as this person may read it; empty where it was not meant for them."""
    return entry.reason if reader.is_member_of_staff or entry.act in TOLD else ""
