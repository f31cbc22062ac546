"""Authorising, with its duties and its number; every verb out of order."""

import pytest
import time_machine
from django.db import transaction

from members.history.selectors import breaks_in, entries_of
from members.numbering.models import Series
from members.people.errors import PasswordWrong
from members.people.states import Role
from products.orders.services import hold_order
from products.reports.errors import (
    CompilerMayNotCheck,
    ElementsMissing,
    NeedsRecompiling,
    NotYourTurn,
    PublicAddressMissing,
    RecorderMayNotAuthorise,
    StaleReport,
)
from products.reports.models import Report
from products.reports.selectors import missing_elements
from products.reports.services import (
    amend_report,
    authorise_report,
    check_report,
    compile_report,
    consent_to_withdrawal,
    refuse_withdrawal,
    request_withdrawal,
    return_report,
)
from products.reports.services.issuing import next_report_number
from products.reports.states import TRANSITIONS, RenderingState, ReportState
from products.rework.services import verify_results
from tests.factories import orders, reports, results
from tests.factories.people import PASSWORD, person
from tests.products.reports.test_drafting import ROLES
from wapicert.canonical import digest_of
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db
REASON = "演示：样品有误"
VERBS = {
    "check": lambda report, cast: check_report(report=report, actor=cast.verifier),
    "return": lambda report, cast: return_report(report=report, actor=cast.verifier, reason=REASON),
    "authorise": lambda report, cast: authorise_report(report=report, actor=cast.signatory, password=PASSWORD),
    "amend": lambda report, cast: amend_report(report=report, actor=cast.signatory, reason=REASON, password=PASSWORD),
    "withdraw": lambda report, cast: request_withdrawal(report=report, actor=cast.signatory, reason=REASON,
                                                        password=PASSWORD),
    "consent": lambda report, cast: consent_to_withdrawal(report=report, actor=cast.quality, password=PASSWORD),
    "refuse": lambda report, cast: refuse_withdrawal(report=report, actor=cast.quality, reason=REASON),
}
# Every verb that may not start from a state; all of them are tried on one report, since each changes nothing.
ILLEGAL = {state: [verb for verb in VERBS if state not in TRANSITIONS[verb].sources] for state in reports.BUILDERS}


@pytest.mark.parametrize("state", reports.BUILDERS)
def test_verbs_out_of_order_are_refused_and_change_nothing(cast, catalogue, state):
    report = reports.BUILDERS[state](cast)
    before = (entries_of(report.order.chain).count(), list(Report.objects.order_by("compiled_at").values()))
    for verb in ILLEGAL[state]:
        with pytest.raises(IllegalTransition) as caught:
            VERBS[verb](report, cast)
        assert caught.value.extra["state"] == state
    assert (entries_of(report.order.chain).count(), list(Report.objects.order_by("compiled_at").values())) == before


@time_machine.travel("2026-03-20T10:00:00+08:00", tick=False)
def test_authorise_report_allots_number_and_date_and_queues_the_rendering(cast, catalogue):
    report = reports.authorised(cast)
    assert (report.state, report.number) == (ReportState.AUTHORISED, "WAPI-T-2026-0001")
    assert (report.issued_on.isoformat(), report.issued_at, report.file) == ("2026-03-20", None, None)
    assert report.rendering_state == RenderingState.QUEUED
    head = report.snapshot["report"]
    assert (head["number"], head["issued_on"], head["authorised_at"]) == (
        "WAPI-T-2026-0001", "2026-03-20", "2026-03-20T10:00:00+08:00")
    assert report.snapshot["people"]["authorised"]["staff_number"] == cast.signatory.staff_number
    assert report.snapshot_sha256 == digest_of(Report.objects.get().snapshot)
    assert missing_elements(report.snapshot, up_to="authorise") == []
    entry = entries_of(report.order.chain).last()
    assert (entry.act, entry.after["number"], entry.after["snapshot"]) == (
        "report.authorised", report.number, report.snapshot_sha256)
    assert breaks_in(report.order.chain) == []


def test_authorise_report_by_another_role_is_refused(cast, catalogue):
    report = reports.checked(cast)
    for role in set(ROLES) - {"signatory"}:
        with pytest.raises(NotYourTurn):
            authorise_report(report=report, actor=getattr(cast, role), password=PASSWORD)
    assert Report.objects.get().state == ReportState.CHECKED


def test_authorise_report_by_the_administrator_is_refused(cast, catalogue):
    with pytest.raises(NotYourTurn):
        authorise_report(report=reports.checked(cast), actor=cast.admin, password=PASSWORD)


def test_authorise_report_by_someone_deactivated_is_refused(cast, catalogue):
    report = reports.checked(cast)
    cast.signatory.is_active = False
    with pytest.raises(NotYourTurn):
        authorise_report(report=report, actor=cast.signatory, password=PASSWORD)


def test_authorise_report_by_a_recorder_is_refused(cast, catalogue):
    both = person("recorder", Role.TE, Role.SG)
    order = orders.in_testing(cast)
    cast.tester, first = both, cast.tester
    one = results.recorded(order, cast, ["IOP-01"])
    cast.tester = first
    rest = [item.code for item in results.planned(order) if item.code != "IOP-01"]
    others = results.recorded(order, cast, rest)
    verify_results(order=order, attempts=[*one, *others], actor=cast.verifier)
    report = reports.checked(cast, orders.fresh(order))
    with pytest.raises(RecorderMayNotAuthorise) as caught:
        authorise_report(report=report, actor=both, password=PASSWORD)
    assert caught.value.code == "separation_s2"
    assert Report.objects.get().number is None


@pytest.mark.parametrize("part", ["compiler", "checker"])
def test_authorise_report_by_its_compiler_or_checker_is_refused(cast, catalogue, part):
    both = person("both", Role.TE if part == "compiler" else Role.VE, Role.SG)
    report = compile_report(order=reports.tested(cast), actor=both if part == "compiler" else cast.tester2)
    report = check_report(report=report, actor=both if part == "checker" else cast.verifier)
    with pytest.raises(CompilerMayNotCheck) as caught:
        authorise_report(report=report, actor=both, password=PASSWORD)
    assert caught.value.code == "separation_s10"


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper()])
def test_authorise_report_with_a_wrong_password_is_refused(cast, catalogue, password):
    report = reports.checked(cast)
    with pytest.raises(PasswordWrong) as caught:
        authorise_report(report=report, actor=cast.signatory, password=password)
    assert caught.value.field == "password"
    assert not Series.objects.filter(name="report").exists()


def test_authorise_report_that_lacks_elements_takes_no_number(cast, catalogue, settings):
    report = reports.checked(cast)
    settings.PUBLIC_URL = ""
    with pytest.raises(ElementsMissing) as caught:
        authorise_report(report=report, actor=cast.signatory, password=PASSWORD)
    assert [row["element"] for row in caught.value.rows] == ["w"]
    assert not Series.objects.filter(name="report").exists()
    assert Report.objects.get().state == ReportState.CHECKED


def test_authorise_report_in_production_without_public_address_is_refused(cast, catalogue, settings):
    report = reports.checked(cast)
    settings.PRODUCTION, settings.PUBLIC_URL = True, ""
    with pytest.raises(PublicAddressMissing):
        authorise_report(report=report, actor=cast.signatory, password=PASSWORD)


def test_authorise_report_of_an_order_on_hold_is_refused(cast, catalogue):
    report = reports.checked(cast)
    hold_order(order=report.order, actor=cast.intake, reason=REASON)
    with pytest.raises(NeedsRecompiling):
        authorise_report(report=report, actor=cast.signatory, password=PASSWORD)


def test_authorise_report_from_a_stale_form_is_refused(cast, catalogue):
    report = reports.checked(cast)
    with pytest.raises(StaleReport) as caught:
        authorise_report(report=report, actor=cast.signatory, password=PASSWORD, row_version=report.row_version - 1)
    assert caught.value.extra["state"] == "checked"


def test_authorise_report_twice_is_refused_the_second_time(cast, catalogue):
    report = reports.authorised(cast)
    with pytest.raises(IllegalTransition):
        authorise_report(report=report, actor=cast.signatory, password=PASSWORD)
    assert Series.objects.get(name="report").last == 1


def test_authorise_report_takes_the_marks_of_the_day(cast, catalogue, settings):
    settings.ACCREDITATION_MARKS = ["CNAS L0000|2026-01-01|2099-12-31", "CMA 1|2020-01-01|2020-12-31"]
    assert [mark["text"] for mark in reports.authorised(cast).snapshot["marks"]] == ["CNAS L0000"]


def test_authorise_report_prints_the_public_address_of_its_day(cast, catalogue, settings):
    report = reports.checked(cast)
    settings.PUBLIC_URL = "https://wapi.example.cn"
    report = authorise_report(report=report, actor=cast.signatory, password=PASSWORD)
    assert report.snapshot["report"]["address"] == f"https://wapi.example.cn/v/{report.verification_code}/"


class Failed(Exception):
    """What went wrong after the number was taken."""


@transaction.atomic
def take_a_number_and_fail():
    assert next_report_number(2026) == "WAPI-T-2026-0002"
    raise Failed


def test_next_report_number_gives_a_number_back_when_the_transaction_fails():
    assert next_report_number(2026) == "WAPI-T-2026-0001"
    with pytest.raises(Failed):
        take_a_number_and_fail()
    assert next_report_number(2026) == "WAPI-T-2026-0002"


def test_next_report_number_begins_again_each_year():
    assert [next_report_number(year) for year in (2026, 2026, 2027)] == [
        "WAPI-T-2026-0001", "WAPI-T-2026-0002", "WAPI-T-2027-0001"]


def test_next_report_number_without_year_goes_on(settings):
    settings.REPORT_NUMBER_FORMAT = "R{number:06d}"
    assert [next_report_number(year) for year in (2026, 2027)] == ["R000001", "R000002"]
