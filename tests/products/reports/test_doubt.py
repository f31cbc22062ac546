"""Reports in force whose printed results were invalidated since: found, and flagged."""

import pytest
from django.urls import reverse

from products.reports.selectors import invalidated_in, reports_in_doubt, reports_touched_by
from products.results.models import Attempt
from products.rework.services import invalidate_result, request_result_invalidation
from tests.factories import reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def invalidated(attempt, cast):
    request_result_invalidation(attempt=attempt, reason="演示：仪器失准", actor=cast.verifier)
    invalidate_result(attempt=attempt, reason="演示：仪器失准", actor=cast.quality)


def test_reports_touched_by_names_reports_in_force_that_print_the_attempt(cast):
    report = reports.issued(cast)
    attempts = list(Attempt.objects.all())
    assert reports_touched_by(attempts[:1]) == [report]
    reports.withdraw(report, cast)
    assert reports_touched_by(attempts) == []


def test_invalidated_result_flags_the_issued_report_on_page_and_queue(cast, client):
    report = reports.issued(cast)
    assert (invalidated_in(report), list(reports_in_doubt())) == ([], [])
    attempt = Attempt.objects.filter(plan_item__code="IOP-01").get()
    invalidated(attempt, cast)
    assert (invalidated_in(report), list(reports_in_doubt())) == (["IOP-01"], [report])
    client.force_login(cast.signatory)
    assert "结果已作废，待修订或撤回" in client.get(reverse("lab-report", args=[report.order.number])).content.decode()
    rows = client.get(reverse("lab"), {"queue": "doubt"}).context["rows"]
    assert [row["order"] for row in rows] == [report.order]


def test_withdrawal_ends_the_doubt(cast):
    report = reports.issued(cast)
    invalidated(Attempt.objects.filter(plan_item__code="IOP-01").get(), cast)
    reports.withdraw(report, cast)
    assert list(reports_in_doubt()) == []
