"""What of an order's history is told to whom: the applicant reads neither drafts nor the laboratory's own remarks."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from members.history.models import Entry
from members.history.selectors import entries_of
from members.people.models import User
from products.devices.selectors import specification_fields
from products.orders.models import Order
from products.orders.states import SUBMITTED_FIELDS

# Steps inside the laboratory that lead to something the applicant is told once it stands.
INTERNAL = frozenset({
    "rework.finding_drafted", "result.returned", "result.invalidation_requested",
    "result.invalidation_refused", "results.doubt_announced", "exclusion.refused", "exclusion.withdrawn",
    "report.returned", "order.reporting_left", "certification.recommended",
})
# Acts whose reason is written for the applicant, or for everybody; all others may speak of unverified results.
TOLD = frozenset({
    "order.returned", "order.declined", "order.rebase_proposed", "order.rebase_refused", "order.rebase_drop_allowed",
    "order.rebase_drop_refused",
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


def changes_since(order: Order, row_version: int) -> list[dict[str, Any]]:
    """What the copy that stands now says otherwise than the one that stood at a version of the order.

    Rows of {field, label, before, after}; none if either was not submitted. From the history: two queries.
    """
    submissions = entries_of(order.chain).filter(act="order.submitted").values_list("after", flat=True)
    read = [after["submitted"] for after in submissions
            if "submitted" in after and after["row_version"] <= row_version]
    if not read or order.submitted_declaration is None:
        return []
    before, after = _flat(read[-1]), _flat(order.submitted_declaration)
    labels = {f"specification.{row.key}": row.name_zh for row in specification_fields(order.device.device_type)}
    return [{"field": name, "label": labels.get(name) or SUBMITTED_FIELDS.get(name, name), "before": before.get(name),
             "after": after.get(name)} for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name)]


def _flat(copy: dict[str, Any]) -> dict[str, Any]:
    """A copy with one row per fact, "device.model" and the like."""
    parts = [(name, value if isinstance(value, dict) else {"": value}) for name, value in copy.items()
             if name != "source"]
    return {f"{name}.{key}".rstrip("."): fact for name, facts in parts for key, fact in facts.items()}
