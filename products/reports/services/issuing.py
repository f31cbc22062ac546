"""Authorising a report, which allots its number, and withdrawing one that was issued."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from members.numbering.services import next_number
from members.people.models import User
from members.people.services import require_password
from products.orders.states import Stage
from products.reports.errors import (
    CompilerMayNotCheck,
    ListingInForce,
    NeedsRecompiling,
    PublicAddressMissing,
    RecorderMayNotAuthorise,
)
from products.reports.models import Report
from products.reports.permissions import has_recorded_results
from products.reports.selectors import marks_on
from products.reports.services.drafting import address_of, require_elements
from products.reports.services.moves import (
    lock_report,
    note,
    require_reason,
    require_role,
    require_state,
    save,
    signature,
)
from products.reports.services.printing import enqueue
from products.reports.states import RenderingState, ReportState
from wapicert.canonical import digest_of

SERIES = "report"


@transaction.atomic
def authorise_report(*, report: Report, actor: User, password: str, row_version: int | None = None) -> Report:
    """Authorise a checked report (批准): allot its number, fix its date of issue and snapshot, and queue the rendering.

    Refuses whoever is no signatory, recorded a result in it (S2), compiled or checked it (S10), or gives a wrong
    password; a report that lacks elements; and in production one whose QR code would lead nowhere. A broker that is
    down does not matter: the sweep sends the rendering later.
    """
    report = lock_report(report, row_version)
    require_role("authorise", actor)
    require_state("authorise", report)
    _require_third(report, actor)
    require_password(user=actor, password=password)
    if report.order.stage != Stage.REPORTING:
        raise NeedsRecompiling(field="state", extra={"stage": report.order.stage})
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
    if has_recorded_results(actor, report.order):
        raise RecorderMayNotAuthorise(field="actor")


def _finish_snapshot(report: Report, actor: User) -> None:
    """Number, date of issue, third person, and the marks and address as they stand today."""
    now = timezone.now()
    today = timezone.localdate(now)
    report.authorised_by, report.authorised_at, report.issued_on = actor, now, today
    report.number = next_report_number(today.year)
    snapshot = report.snapshot
    snapshot["marks"] = marks_on(today)
    snapshot["people"]["authorised"] = signature(actor, now)
    snapshot["report"] |= {"number": report.number, "issued_on": today.isoformat(),
                           "authorised_at": timezone.localtime(now).isoformat(timespec="seconds"),
                           "address": address_of(report.verification_code)}


def next_report_number(year: int) -> str:
    """The next number by settings.REPORT_NUMBER_FORMAT, without gaps; a format with the year begins again each year."""
    style = settings.REPORT_NUMBER_FORMAT
    period = str(year) if "{year" in style else ""
    return style.format(year=year, number=next_number(series=SERIES, period=period))


@transaction.atomic
def withdraw_report(
    *, report: Report, actor: User, reason: str, password: str, row_version: int | None = None
) -> Report:
    """Withdraw an issued report with a reason that is public; its page and file stay.

    Refuses whoever is no signatory or gives a wrong password, and a report whose device is still listed as valid: the
    decision maker ends that first, so that the register never vouches for a withdrawn report.
    """
    report = lock_report(report, row_version)
    require_role("withdraw", actor)
    require_state("withdraw", report)
    reason = require_reason(reason)
    require_password(user=actor, password=password)
    if report.listings.filter(status="valid").exists():
        raise ListingInForce(field="report")
    report.state, report.withdrawn_at, report.withdrawal_reason = ReportState.WITHDRAWN, timezone.now(), reason
    save(report, "state", "withdrawn_at", "withdrawal_reason")
    note(report, report.order, "report.withdrawn", actor, before={"state": ReportState.ISSUED},
         after={"state": report.state, "number": report.number}, reason=reason)
    return report
