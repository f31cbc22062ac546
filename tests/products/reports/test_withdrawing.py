"""Withdrawing an issued report takes two: a signatory asks, the quality manager answers."""

import pytest

from members.history.selectors import entries_of
from members.people.errors import PasswordWrong
from members.people.states import Role
from products.reports.errors import (
    AskerMayNotConsent,
    ListingInForce,
    NotYourTurn,
    ReasonMissing,
    WithdrawalNotRequested,
    WithdrawalRequested,
)
from products.reports.models import Report
from products.reports.selectors import verification_of
from products.reports.services import consent_to_withdrawal, refuse_withdrawal, request_withdrawal
from products.reports.states import ReportState
from tests.factories import certification, reports
from tests.factories.people import PASSWORD, person
from tests.products.reports.test_drafting import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
REASON = "演示：样品有误"


def request(report, cast, **changes):
    return request_withdrawal(**{"report": report, "actor": cast.signatory, "reason": REASON,
                                 "password": PASSWORD} | changes)


def test_request_withdrawal_leaves_the_report_in_force(cast):
    report = request(reports.issued(cast), cast)
    assert (report.state, report.withdrawal_requested_by, report.withdrawn_at) == ("issued", cast.signatory, None)
    assert verification_of(report.verification_code).state == "valid"
    assert entries_of(report.order.chain).last().act == "report.withdrawal_requested"


def test_consent_withdraws_and_keeps_number_file_and_reason(cast):
    report = reports.withdrawn(cast)
    assert (report.state, report.withdrawal_reason, report.withdrawn_by) == ("withdrawn", REASON, cast.quality)
    assert reports.content_of(report).startswith(b"%PDF")
    entry = entries_of(report.order.chain).last()
    assert (entry.act, entry.reason, entry.after["number"]) == ("report.withdrawn", REASON, report.number)
    assert verification_of(report.verification_code).state == "withdrawn"


def test_refuse_withdrawal_leaves_the_report_in_force_and_can_be_asked_again(cast):
    report = request(reports.issued(cast), cast)
    report = refuse_withdrawal(report=report, actor=cast.quality, reason="演示：依据不足")
    assert (report.state, report.withdrawal_requested_at, report.withdrawal_reason) == ("issued", None, "")
    assert entries_of(report.order.chain).last().reason == "演示：依据不足"
    assert request(report, cast).withdrawal_requested_at is not None


def test_request_withdrawal_is_refused_by_role_reason_password_and_twice(cast):
    report = reports.issued(cast)
    for role in set(ROLES) - {"signatory"}:
        with pytest.raises(NotYourTurn):
            request(report, cast, actor=getattr(cast, role))
    with pytest.raises(ReasonMissing):
        request(report, cast, reason=" ")
    with pytest.raises(PasswordWrong):
        request(report, cast, password="wrong")
    request(report, cast)
    with pytest.raises(WithdrawalRequested):
        request(report, cast)
    assert Report.objects.get().state == ReportState.ISSUED


def test_consent_is_refused_by_role_password_and_without_a_request(cast):
    report = reports.issued(cast)
    with pytest.raises(WithdrawalNotRequested):
        consent_to_withdrawal(report=report, actor=cast.quality, password=PASSWORD)
    report = request(report, cast)
    for role in set(ROLES) - {"quality"}:
        with pytest.raises(NotYourTurn):
            consent_to_withdrawal(report=report, actor=getattr(cast, role), password=PASSWORD)
    with pytest.raises(PasswordWrong):
        consent_to_withdrawal(report=report, actor=cast.quality, password="wrong")
    with pytest.raises(ReasonMissing):
        refuse_withdrawal(report=report, actor=cast.quality, reason="")


def test_consent_by_whoever_asked_is_refused(cast):
    both = person("both", Role.SG, Role.QM)
    report = request(reports.issued(cast), cast, actor=both)
    with pytest.raises(AskerMayNotConsent):
        consent_to_withdrawal(report=report, actor=both, password=PASSWORD)


def test_consent_while_the_device_is_listed_as_valid_is_refused(cast):
    granted = certification.granted(cast)
    report = request(granted.report, cast)
    with pytest.raises(ListingInForce):
        consent_to_withdrawal(report=report, actor=cast.quality, password=PASSWORD)
    assert Report.objects.get().state == ReportState.ISSUED
