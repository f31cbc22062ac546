"""The demonstration: what it shows, that all of it is invented and marked, and that a second run adds nothing."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from members.companies.models import Company
from members.history.models import Chain
from members.history.selectors import breaks_in, entries_of
from members.notices.models import Notice
from members.people.models import User
from products.certification.models import Certification
from products.certification.states import CertificationState
from products.devices.models import Device
from products.equipment.models import Loan, Tool
from products.equipment.selectors import is_overdue
from products.insight.selectors import Scope, flaky_items, measurements_numbered, values_over_versions
from products.listings.models import Listing
from products.listings.states import ListingStatus
from products.management.demonstration.people import ACCOUNTS, PASSWORD
from products.management.demonstration.stories import RETRANSMISSION, STORIES
from products.orders.models import Order
from products.orders.states import Stage
from products.reports.models import Report
from products.reports.selectors import verification_of
from products.reports.states import RenderingState, ReportState
from products.results.models import Attempt, ImportJob, Slot
from products.results.states import SlotState
from products.rework.models import Rework
from products.rework.states import ReworkState
from tests.factories.api import row_counts
from tests.factories.catalogue import load
from tests.stage import staged

pytestmark = pytest.mark.django_db


def run(name: str, *words: str) -> str:
    """What a command prints."""
    out = StringIO()
    call_command(name, *words, stdout=out)
    return out.getvalue()


@staged
def demonstration():
    """The whole demonstration and what its loading printed."""
    load()
    run("load_published_products")
    return run("load_demonstration")


def test_load_leaves_an_order_at_every_stage(demonstration):
    assert set(Order.objects.values_list("stage", flat=True)) == set(Stage)
    assert demonstration.startswith(f"demonstration: {len(ACCOUNTS)} accounts, {len(STORIES)} orders added in ")


def test_load_leaves_reworks_reports_and_certifications_in_their_states(demonstration):
    assert set(Rework.objects.values_list("state", flat=True)) == set(ReworkState) - {ReworkState.ABANDONED}
    assert set(Report.objects.values_list("state", flat=True)) == set(ReportState)
    assert set(Certification.objects.values_list("state", flat=True)) == set(CertificationState) - {
        CertificationState.EXPIRED, CertificationState.SUPERSEDED}
    half = Slot.objects.filter(plan_item__order__device__model="DEMO-AP-22")
    assert set(half.values_list("state", flat=True)) == {SlotState.TODO, SlotState.RECORDED, SlotState.VERIFIED}


def test_load_leaves_one_report_to_the_worker(demonstration):
    waiting = Report.objects.get(state=ReportState.AUTHORISED)
    assert waiting.rendering_state == RenderingState.QUEUED


def test_load_tells_of_the_sensor_that_was_fixed_and_passed(demonstration):
    order = Order.objects.get(device__model="DEMO-TH-10")
    told = Attempt.objects.filter(plan_item__order=order, plan_item__code__in=RETRANSMISSION).order_by("ordinal")
    for code in RETRANSMISSION:
        tests = told.filter(plan_item__code=code).values_list("verdict", "version__firmware__version")
        assert list(tests) == [("FAIL", "1.0.0"), ("PASS", "1.0.1")]
    listing = Listing.objects.get(model="DEMO-TH-10")
    report = Report.objects.get(order=order)
    assert (order.stage, listing.status) == (Stage.CLOSED, ListingStatus.VALID)
    assert verification_of(report.verification_code).state == "valid"
    assert report.snapshot["reworks"][0]["rounds"][0]["answered_on"]


def test_load_leaves_loans_of_every_state_and_tells_who_is_late(demonstration):
    loans = {loan.tool.number: loan for loan in Loan.objects.exclude(state="reserved")}
    states = {number: (loan.state, is_overdue(loan)) for number, loan in loans.items()}
    assert states == {"DEMO-JZ-04": ("out", False), "DEMO-JZ-05": ("out", True), "DEMO-YQ-06": ("returned", False)}
    assert loans["DEMO-YQ-06"].missing == ["演示天线"]
    assert Loan.objects.filter(state="reserved").count() == 1
    assert all(loan.purpose.startswith("演示") and loan.contact.startswith("演示") for loan in Loan.objects.all())
    assert "vendor2" in Notice.objects.filter(event="loan.reminder").values_list("recipient__username", flat=True)


def test_load_leaves_a_saved_file_and_one_with_a_wrong_cell(demonstration):
    assert sorted(ImportJob.objects.values_list("state", "saved", "fault_count")) == [
        ("faulty", 0, 1), ("saved", 3, 0)]


def test_load_leaves_a_rate_that_rises_over_five_versions_and_a_flaky_item(demonstration):
    rate = measurements_numbered().get(item_version__code="PER-06", key="success")
    points = values_over_versions(Device.objects.get(model="DEMO-AP-24"), rate, Scope())
    assert [(point.firmware, point.value) for point in points] == [
        ("1.0.0", 81.7), ("1.0.1", 88.3), ("1.0.1", 89.2), ("1.0.2", 91.7), ("1.0.3", 94.2), ("1.0.4", 97.5)]
    assert flaky_items(Scope()) == [("FUN-32", 1)]
    assert Rework.objects.get(order__device__model="DEMO-AP-24").state == ReworkState.CLOSED_PASS


def test_load_marks_everything_as_demonstration(demonstration):
    companies = Company.objects.filter(people__isnull=False)
    assert companies.count() > 0
    for rows in (companies, Device.objects.filter(orders__isnull=False), Order.objects, Tool.objects, Report.objects):
        assert set(rows.values_list("is_demonstration", flat=True)) == {True}
    names = [*companies.values_list("name_zh", flat=True), *User.objects.values_list("name", flat=True),
             *Order.objects.values_list("device__name_zh", flat=True), *Tool.objects.values_list("name_zh", flat=True)]
    assert all(name.startswith("演示") for name in names)


def test_load_gives_no_result_to_a_real_company(demonstration):
    real = Company.objects.filter(is_demonstration=False)
    assert real.count() > 0
    assert Order.objects.filter(company__in=real).count() == 0
    assert Listing.objects.filter(company__in=real, report__isnull=False).count() == 0
    assert Listing.objects.filter(company__in=real, status__isnull=False).count() == 0


def test_load_leaves_whole_chains_written_by_those_whose_part_it_is(demonstration):
    assert [name for name in Chain.objects.values_list("name", flat=True) if breaks_in(name)] == []
    order = Order.objects.get(device__model="DEMO-TH-10")
    told = [(entry.act, entry.actor_staff_number) for entry in entries_of(order.chain)]
    assert ("order.submitted", "DEMO-vendor") in told
    assert ("results.verified", "DEMO-verifier") in told
    assert ("report.authorised", "DEMO-signatory") in told
    assert ("certification.granted", "DEMO-decider") in told


def test_load_again_adds_nothing(demonstration):
    before = row_counts()
    assert "0 orders added" in run("load_demonstration")
    assert row_counts() == before


def test_show_accounts_prints_each_account_and_the_password_that_opens_it(demonstration):
    printed = run("show_accounts")
    assert PASSWORD in printed
    for account in ACCOUNTS:
        user = User.objects.get(username=account.username)
        assert user.check_password(PASSWORD)
        assert user.role_codes == set(account.roles)
        assert f"  {account.username} " in printed
