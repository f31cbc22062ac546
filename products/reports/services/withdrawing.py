"""Withdrawing an issued report: a signatory asks, the quality manager consents or refuses."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from members.access.services import require_signature
from members.notices.services import notify_role
from members.people.models import User
from members.people.states import Role
from products.reports.errors import (
    AskerMayNotConsent,
    ListingInForce,
    WithdrawalNotRequested,
    WithdrawalRequested,
)
from products.reports.models import Report
from products.reports.selectors import listing_of
from products.reports.services.moves import (
    lock_report,
    note,
    require_reason,
    require_role,
    require_state,
    save,
    tell_holders,
)
from products.reports.states import ReportState
from wapicert.texts import REASON, takes_text


@takes_text(reason=REASON)
@transaction.atomic
def request_withdrawal(
    *, report: Report, actor: User, reason: str, password: str, second_factor: str = "",
    row_version: int | None = None
) -> Report:
    """Ask to withdraw an issued report, for a reason that will be public; the report counts until it is consented to.

    Refuses whoever is no signatory or gives a wrong password, a report that is not in force, and a second request.
    """
    report = lock_report(report, row_version)
    require_role("withdraw", actor, report.order)
    require_state("withdraw", report)
    reason = require_reason(reason)
    require_signature(user=actor, password=password, second_factor=second_factor)
    if report.withdrawal_requested_at is not None:
        raise WithdrawalRequested(field="report")
    report.withdrawal_requested_by, report.withdrawal_requested_at = actor, timezone.now()
    report.withdrawal_reason = reason
    save(report, "withdrawal_requested_by", "withdrawal_requested_at", "withdrawal_reason")
    note(report, report.order, "report.withdrawal_requested", actor, after={"number": report.number}, reason=reason)
    notify_role(role=Role.QM, event="report.withdrawal_requested", facts={"number": report.number, "reason": reason},
                key=f"{report.pk}:{report.row_version}", address=f"/lab/orders/{report.order.number}/report/")
    return report


@transaction.atomic
def consent_to_withdrawal(
    *, report: Report, actor: User, password: str, second_factor: str = "", row_version: int | None = None
) -> Report:
    """Withdraw the report that a signatory asked to withdraw; number, page and file stay.

    Refuses whoever is no quality manager, asked for it, or gives a wrong password, and a report whose device is still
    listed as valid: the decision maker ends that first, so that the register never vouches for a withdrawn report.
    """
    report = _asked_for("consent", report, actor, row_version)
    if report.withdrawal_requested_by_id == actor.pk:
        raise AskerMayNotConsent(field="actor")
    require_signature(user=actor, password=password, second_factor=second_factor)
    require_no_listing(report)
    report.state, report.withdrawn_by, report.withdrawn_at = ReportState.WITHDRAWN, actor, timezone.now()
    save(report, "state", "withdrawn_by", "withdrawn_at")
    note(report, report.order, "report.withdrawn", actor, before={"state": ReportState.ISSUED},
         after={"state": report.state, "number": report.number}, reason=report.withdrawal_reason)
    tell_holders(report, "report.withdrawn", reason=report.withdrawal_reason)
    return report


@takes_text(reason=REASON)
@transaction.atomic
def refuse_withdrawal(*, report: Report, actor: User, reason: str, row_version: int | None = None) -> Report:
    """Refuse the withdrawal with a reason; the report stays in force, and the request stays in the history."""
    report = _asked_for("refuse", report, actor, row_version)
    reason = require_reason(reason)
    report.withdrawal_requested_by = report.withdrawal_requested_at = None
    report.withdrawal_reason = ""
    save(report, "withdrawal_requested_by", "withdrawal_requested_at", "withdrawal_reason")
    note(report, report.order, "report.withdrawal_refused", actor, after={"number": report.number}, reason=reason)
    return report


def _asked_for(verb: str, report: Report, actor: User, row_version: int | None) -> Report:
    """The locked report that somebody asked to withdraw."""
    report = lock_report(report, row_version)
    require_role(verb, actor, report.order)
    require_state(verb, report)
    if report.withdrawal_requested_at is None:
        raise WithdrawalNotRequested(field="report")
    return report


def require_no_listing(report: Report) -> None:
    """Raise ListingInForce while the public register lists the report's device as valid."""
    listing = listing_of(report)
    if listing is not None and listing.status == "valid":
        raise ListingInForce(field="report", extra={"listing": listing.listing_number})
