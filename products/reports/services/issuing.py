"""Authorising a report, which allots its number."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from members.access.services import require_signature
from members.numbering.services import next_number
from members.people.models import User
from members.people.services import is_authorised
from members.people.states import Activity
from products.reports.errors import (
    CompilerMayNotCheck,
    PublicAddressMissing,
    RecorderMayNotAuthorise,
    SignatoryNotAuthorised,
)
from products.reports.models import Report
from products.reports.permissions import is_recorder_of
from products.reports.rendering import made_with
from products.reports.selectors import marks_on
from products.reports.services.drafting import address_of, require_current, require_elements
from products.reports.services.moves import (
    lock_report,
    note,
    require_role,
    require_state,
    save,
    signature,
)
from products.reports.services.printing import enqueue
from products.reports.services.withdrawing import require_no_listing
from products.reports.states import Conclusion, RenderingState, ReportState
from wapicert.canonical import digest_of

SERIES = "report"


@transaction.atomic
def authorise_report(
    *, report: Report, actor: User, password: str, second_factor: str = "", row_version: int | None = None
) -> Report:
    """Authorise a checked report (批准): allot its number, fix its date of issue and snapshot, and queue the rendering.

    Refuses whoever is no signatory, recorded a result in it (S2), compiled or checked it (S10), or gives a wrong
    password or second factor; a report that lacks elements; an amendment that does not conform while its device is
    listed as valid; and in production one whose QR code would lead nowhere. A broker that is down does not matter:
    the sweep sends the rendering later.
    """
    report = lock_report(report, row_version)
    require_role("authorise", actor, report.order)
    require_state("authorise", report)
    _require_third(report, actor)
    require_signature(user=actor, password=password, second_factor=second_factor)
    require_current(report)
    if report.replaces_id is not None and report.conclusion != Conclusion.CONFORMS:
        require_no_listing(report)
    if settings.PRODUCTION and not settings.PUBLIC_URL:
        raise PublicAddressMissing(field="report")
    _finish_snapshot(report, actor)
    require_elements(report.snapshot, up_to="authorise")
    report.snapshot_sha256 = digest_of(report.snapshot)
    report.state, report.rendering_state, report.rendering_tries = ReportState.AUTHORISED, RenderingState.QUEUED, 0
    save(report, "number", "issued_on", "authorised_by", "authorised_at", "snapshot", "snapshot_sha256", "state",
         "rendering_state", "rendering_tries")
    note(report, report.order, "report.authorised", actor, before={"state": ReportState.CHECKED},
         after={"state": report.state, "number": report.number, "issued_on": report.issued_on,
                "snapshot": report.snapshot_sha256})
    enqueue(report)
    return report


def _require_third(report: Report, actor: User) -> None:
    """S10 and S2, on who actually acted."""
    if actor.pk in (report.compiled_by_id, report.checked_by_id):
        raise CompilerMayNotCheck(field="actor")
    if is_recorder_of(actor, report.order):
        raise RecorderMayNotAuthorise(field="actor")
    categories = {row["category"] for row in report.snapshot.get("results", []) if row.get("category")}
    if not is_authorised(user=actor, activity=Activity.SIGN, categories=categories, on=timezone.localdate()):
        raise SignatoryNotAuthorised(field="actor")


def _finish_snapshot(report: Report, actor: User) -> None:
    """Number, date of issue, third person, and the marks and address as they stand today."""
    now = timezone.now()
    today = timezone.localdate(now)
    report.authorised_by, report.authorised_at, report.issued_on = actor, now, today
    report.number = next_report_number(today.year)
    snapshot = report.snapshot
    snapshot["marks"] = marks_on(today)
    snapshot["made_with"] = made_with()
    snapshot["people"]["authorised"] = signature(actor, now)
    snapshot["report"] |= {"number": report.number, "issued_on": today.isoformat(),
                           "authorised_at": timezone.localtime(now).isoformat(timespec="seconds"),
                           "address": address_of(report.verification_code)}


def next_report_number(year: int) -> str:
    """The next number by settings.REPORT_NUMBER_FORMAT, without gaps; a format with the year begins again each year."""
    style = settings.REPORT_NUMBER_FORMAT
    period = str(year) if "{year" in style else ""
    return style.format(year=year, number=next_number(series=SERIES, period=period))
