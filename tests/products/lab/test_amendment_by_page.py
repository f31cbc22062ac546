"""An amendment from its opening to its issue, by nothing but what the pages offer."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from products.certification import services as certifications
from products.certification.models import Certification
from products.orders.services import hold_order, resume_order
from products.orders.states import Stage
from products.reports.models import Report
from products.reports.services import render_report
from products.results.models import Attempt
from products.rework.models import Rework
from products.rework.services import invalidate_result, request_result_invalidation, verify_results
from tests.factories import certification, orders, reports, results
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


class Forms(HTMLParser):
    """The forms of a page: where each posts to, and what it would send as it stands."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag == "form":
            self.found.append((facts.get("action", ""), {}))
        elif tag in {"input", "textarea", "select"} and self.found and facts.get("name"):
            self.found[-1][1][facts["name"]] = facts.get("value") or ""


@pytest.fixture
def at(client):
    """Opens a page of an order as a person, and presses a button that it offers there."""

    class Desk:
        def page(self, person, order, name="lab-report"):
            client.force_login(person)
            return client.get(reverse(name, args=[order.number])).content.decode()

        def offers(self, person, order, end, name="lab-report"):
            return [action for action, _ in Forms(self.page(person, order, name)).found if action.endswith(end)]

        def press(self, person, order, end, name="lab-report", **typed):
            (action, kept), = [form for form in Forms(self.page(person, order, name)).found if form[0].endswith(end)]
            assert set(typed) <= set(kept), (set(typed) - set(kept), end)
            answer = client.post(action, kept | typed)
            assert answer.status_code == 302, answer.content.decode()[:3000]

    return Desk()


def finish(at, cast, order):
    """Compile, check, authorise by page; the worker issues."""
    at.press(cast.tester2, order, "/report/")
    at.press(cast.verifier, order, "/check/")
    at.press(cast.signatory, order, "/authorise/", password=PASSWORD)
    report = Report.objects.get(order=order, state="authorised")
    assert render_report(report_id=str(report.pk)) is not None
    return Report.objects.get(pk=report.pk)


@pytest.mark.parametrize("field", ["device.model", "samples.0.serial_number", "factory"])
def test_amendment_goes_through_by_page_from_opening_to_the_new_certificate(cast, at, field):
    granted = certification.granted(cast)
    certifications.issue_certificates()
    order, old = granted.order, granted.report
    at.press(cast.signatory, order, "/amend/", reason="演示：铭牌有误", password=PASSWORD, **{field: "演示更正 9"})
    # Nobody is offered what would only be refused.
    assert at.offers(cast.verifier, order, "/check/") == []
    new = finish(at, cast, orders.fresh(order))
    old.refresh_from_db()
    assert (old.state, new.state, new.replaces, orders.fresh(order).stage) == ("replaced", "issued", old, "decided")
    certifications.follow_reports()
    if field == "device.model":
        at.press(cast.decider, order, "/correct/", "lab-decision", public_reason_zh="演示：型号更正", password=PASSWORD)
    certifications.issue_certificates()
    now = Certification.objects.select_related("listing").get(pk=granted.pk)
    assert (now.report, now.listing.report, now.state) == (new, new, "valid")
    assert now.certificate is not None
    assert now.replaced_certificates.count() == 1


def thrown_out(cast, order, code="IOP-01"):
    attempt = Attempt.objects.get(plan_item__order=order, plan_item__code=code)
    request_result_invalidation(attempt=attempt, reason="演示：样品错", actor=cast.verifier)
    invalidate_result(attempt=attempt, reason="演示：样品错", actor=cast.quality)


@pytest.mark.parametrize("build", [reports.issued, certification.granted])
def test_order_amended_after_an_invalidation_is_tested_again(cast, at, build):
    order = build(cast).order
    thrown_out(cast, order)
    at.press(cast.signatory, order, "/amend/", reason="演示：结果作废", password=PASSWORD)
    order = orders.fresh(order)
    assert order.stage == Stage.TESTING
    assert "有测试项须重新测试" in at.page(cast.tester2, order)
    results.verified(order, cast, ["IOP-01"])
    order = orders.fresh(order)
    assert order.stage == Stage.COMPLETE
    assert finish(at, cast, order).state == "issued"


def test_failure_found_while_a_report_is_amended_opens_a_rework(cast, at):
    order = reports.issued(cast).order
    thrown_out(cast, order)
    at.press(cast.signatory, order, "/amend/", reason="演示：结果作废", password=PASSWORD)
    order = orders.fresh(order)
    verify_results(order=order, attempts=[results.attempt(order, cast, "IOP-01", verdict="FAIL")], actor=cast.verifier)
    assert Rework.objects.get(order=order).state == "open"


def test_report_returned_after_an_invalidation_is_tested_again(cast, at):
    order = reports.checked(cast).order
    thrown_out(cast, order)
    at.press(cast.signatory, order, "/return/", reason="演示：结果作废")
    assert orders.fresh(order).stage == Stage.TESTING


@pytest.mark.parametrize("build", [certification.granted, certification.refused, reports.issued])
def test_order_held_with_an_authorised_amendment_issues_it(cast, at, build):
    order = build(cast).order
    before = order.stage if build is reports.issued else Stage.DECIDED
    at.press(cast.signatory, order, "/amend/", reason="演示：更正", password=PASSWORD, factory="演示更正厂")
    at.press(cast.tester2, order, "/report/")
    at.press(cast.verifier, order, "/check/")
    at.press(cast.signatory, order, "/authorise/", password=PASSWORD)
    held = hold_order(order=orders.fresh(order), actor=cast.intake, reason="演示：暂停")
    report = Report.objects.get(order=order, state="authorised")
    assert render_report(report_id=str(report.pk)) is not None
    report.refresh_from_db()
    assert (report.state, report.rendering_error, orders.fresh(order).stage) == ("issued", "", Stage.ON_HOLD)
    resumed = resume_order(order=held, actor=cast.intake, reason="演示：恢复")
    assert resumed.stage == before
    assert resumed.amended_stage == ""


def test_report_of_an_order_on_hold_offers_no_step_and_says_why(cast, at):
    order = reports.checked(cast).order
    hold_order(order=orders.fresh(order), actor=cast.intake, reason="演示：暂停")
    assert at.offers(cast.signatory, order, "/authorise/") == []
    assert at.offers(cast.tester2, order, "/report/") == []
