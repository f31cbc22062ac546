"""Who sees which report, and what a page may offer."""

import pytest

from members.people.states import Role
from products.reports.models import Report
from products.reports.permissions import (
    can_authorise_report,
    can_check_report,
    can_compile_report,
    can_preview_report,
    has_recorded_results,
    verbs_open_to,
)
from products.reports.selectors import issued_report, report_in_work, reports_visible_to
from products.reports.services import compile_report, request_withdrawal
from products.results.services import record_attempts
from tests.factories import orders, reports, results
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
INSIDERS = ["intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality", "auditor"]


def test_reports_visible_to_depends_on_role_company_and_state(cast, catalogue):
    draft, issued = reports.compiled(cast), reports.issued(cast)
    for role in INSIDERS:
        assert set(reports_visible_to(getattr(cast, role))) == {draft, issued}
    assert set(reports_visible_to(cast.vendor)) == {issued}
    for role in ("stranger", "admin"):
        assert not reports_visible_to(getattr(cast, role)).exists()


def test_can_preview_report_shows_drafts_to_staff_and_auditors_alone(cast, catalogue):
    draft = reports.compiled(cast)
    assert not can_preview_report(cast.vendor, draft)
    assert not can_preview_report(cast.admin, draft)
    assert can_preview_report(cast.auditor, draft)


@pytest.mark.parametrize(("state", "person", "verbs"), [
    ("draft", "verifier", ["check", "return"]), ("draft", "signatory", ["return"]), ("draft", "tester", []),
    ("draft", "tester2", []), ("checked", "signatory", ["return", "authorise"]), ("checked", "verifier", ["return"]),
    ("authorised", "signatory", []), ("issued", "signatory", ["amend", "withdraw"]), ("issued", "verifier", []),
    ("withdrawn", "signatory", []), ("checked", "vendor", []), ("checked", "admin", []), ("checked", "auditor", []),
])
def test_verbs_open_to_names_what_the_person_may_do_now(cast, catalogue, state, person, verbs):
    assert verbs_open_to(getattr(cast, person), reports.BUILDERS[state](cast)) == verbs


def test_verbs_open_to_offers_to_retry_what_failed(cast, catalogue):
    report = reports.authorised(cast)
    report.rendering_state = "failed"
    assert verbs_open_to(cast.verifier, report) == ["retry_rendering"]
    assert verbs_open_to(cast.auditor, report) == []


def test_predicates_exclude_whoever_acted_before(cast, catalogue):
    report = reports.checked(cast)
    assert can_compile_report(cast.tester, report.order)
    assert not can_check_report(cast.tester2, report)
    assert can_authorise_report(cast.signatory, report)
    Report.objects.update(checked_by=cast.signatory)
    assert not can_authorise_report(cast.signatory, Report.objects.get())


def test_verifier_who_compiled_may_return_but_not_check(cast, catalogue):
    both = person("both", Role.TE, Role.VE)
    report = compile_report(order=reports.tested(cast), actor=both)
    assert (verbs_open_to(both, report), verbs_open_to(cast.verifier, report)) == (["return"], ["check", "return"])


def test_recording_for_another_order_keeps_nobody_from_signing(cast, catalogue):
    both, report, other = person("both", Role.TE, Role.SG), reports.checked(cast), orders.in_testing(cast)
    record_attempts(order=other, rows=results.rows(other, ["IOP-01"]), actor=both)
    assert (has_recorded_results(both, other), can_authorise_report(both, report)) == (True, True)


@pytest.mark.parametrize(("who", "before", "after"), [
    ("asker", ["amend", "withdraw"], ["amend", "refuse"]), ("signatory", ["amend", "withdraw"], ["amend"]),
    ("quality", [], ["consent", "refuse"]), ("verifier", [], []), ("auditor", [], []), ("vendor", [], []),
])
def test_request_to_withdraw_passes_the_turn_to_another_quality_manager(cast, catalogue, who, before, after):
    cast.asker, report = person("asker", Role.SG, Role.QM), reports.issued(cast)
    assert verbs_open_to(getattr(cast, who), report) == before
    asked = request_withdrawal(report=report, actor=cast.asker, reason="演示：样品有误", password=PASSWORD)
    assert verbs_open_to(getattr(cast, who), asked) == after


def test_report_in_work_and_issued_report_find_the_one_that_counts(cast, catalogue):
    report = reports.authorised(cast)
    assert (report_in_work(report.order), issued_report(report.order)) == (report, None)
    issued = reports.issued(cast)
    assert (report_in_work(issued.order), issued_report(issued.order)) == (None, issued)


@pytest.mark.parametrize("count", [1, 3])
def test_reports_visible_to_takes_one_query_for_any_number(cast, catalogue, count, django_assert_num_queries):
    for _ in range(count):
        reports.issued(cast)
    cast.auditor.role_codes  # noqa: B018 - the roles are read once per person, before the list
    with django_assert_num_queries(1):
        shown = [(report.order.company.name_zh, report.order.device.model, report.file.sha256)
                 for report in reports_visible_to(cast.auditor)]
    assert len(shown) == count
