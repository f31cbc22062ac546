"""A listing as it stood at the end of a day: its state by the public steps, its facts by undoing later changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from products.listings.models import Listing, ListingChange
from products.reports.models import Report
from products.reports.states import ReportState

RELATED = frozenset({"company", "device_type", "edition"})
DATES = frozenset({"listed_on"})


@dataclass(frozen=True)
class Standing:
    """What the register said at the end of `day`; the listing is a copy with the facts of then and is never saved."""

    day: date
    listing: Listing
    # False: the device was not in the directory yet.
    was_listed: bool
    # The day on which this register took over a record that had been published before it; None for our own.
    loaded_on: date | None


def standing_on(listing: Listing, day: date) -> Standing:
    """Bring a freshly read listing, company included, back to the end of a day. One query."""
    changes = list(listing.changes.order_by("id"))
    for change in reversed(changes):
        if change.on > day:
            _undo(listing, change)
    first = changes[0] if changes else None
    was_listed = listing.listed_on is None or listing.listed_on <= day
    if listing.status is not None:
        _set_state(listing, [change for change in changes if change.on <= day and change.status])
    return Standing(day, listing, was_listed, first.on if first and first.kind == "loaded" else None)


def _undo(listing: Listing, change: ListingChange) -> None:
    """Put the facts back that the change replaced."""
    for name, value in change.before.items():
        if name.startswith("company."):
            setattr(listing.company, name.partition(".")[2], value)
        elif name in RELATED:
            setattr(listing, f"{name}_id", value)
        else:
            setattr(listing, name, date.fromisoformat(value) if name in DATES and value else value)


def _set_state(listing: Listing, steps: list[ListingChange]) -> None:
    """The state of the last step of those days; names and corrections repeat the state that they found."""
    kept: ListingChange | None = None
    for step in steps:
        if kept is None or step.status != kept.status:
            kept = step
    if kept is not None:
        listing.status, listing.status_since = kept.status, kept.on
        listing.status_reason_zh, listing.status_reason_en = kept.reason_zh, kept.reason_en


def reports_as_of(reports: list[Report], day: date) -> list[Report]:
    """The reports that were issued by then, in the state that they had."""
    known = [report for report in reports if report.issued_on is not None and report.issued_on <= day]
    replaced = {report.replaces_id for report in known}
    for report in known:
        ended = report.withdrawn_at is not None and timezone.localdate(report.withdrawn_at) <= day
        report.state = (ReportState.REPLACED if report.pk in replaced else
                        ReportState.WITHDRAWN if ended else ReportState.ISSUED)
    return known
