"""One order through the laboratory's pages, from the queue to a granted certification and its suspension."""

import pytest
from django.urls import reverse

from products.certification.models import Certification
from products.certification.selectors import basis_of
from products.orders.models import Order
from products.orders.services import cancel_order
from products.orders.states import REVIEW, Stage
from products.reports.models import Report
from products.reports.services import render_report
from products.results.models import Attempt
from products.results.states import SlotState
from products.rework.models import Rework
from products.suites.states import ResultType
from tests.factories import equipment, orders
from tests.factories import rework as rework_factory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(client, cast, catalogue, django_capture_on_commit_callbacks):
    """Posts as a person and insists on the redirect that follows success."""

    class Story:
        order = orders.submitted(cast)
        tool = equipment.tool(cast.tester)

        def address(self, name, *args):
            return reverse(name, args=[self.order.number, *args])

        def page(self, person, name, *args):
            client.force_login(person)
            response = client.get(self.address(name, *args))
            assert response.status_code == 200
            return response.content.decode()

        def post(self, person, name, *args, **data):
            client.force_login(person)
            with django_capture_on_commit_callbacks():
                response = client.post(self.address(name, *args), data)
            page = response.content.decode()
            assert response.status_code == 302, page[page.find("<main"):][:3000]
            self.order = Order.objects.get(pk=self.order.pk)

        def record(self, person, failing=()):
            version = self.order.versions.last()
            data = {"version": version.pk, "tool": self.tool.number,
                    "performed_at": version.received_at.astimezone().strftime("%Y-%m-%dT%H:%M:%S%z")}
            for item in self.order.plan.filter(inclusion="in").select_related("item_version", "slot"):
                slot = getattr(item, "slot", None)
                kind = item.item_version.result_type
                if kind == ResultType.DERIVED or (slot and slot.state not in (SlotState.TODO, SlotState.RECONFIRM)):
                    continue
                if kind in (ResultType.JUDGED, ResultType.JUDGED_WITH_VALUES):
                    data[f"verdict.{item.code}"] = "FAIL" if item.code in failing else "PASS"
                for row in item.item_version.measurements.all():
                    usual = "-60" if row.unit == "dBm" else "100"
                    data[f"value.{item.code}.{row.key}"] = row.choices[0] if row.choices else usual
            self.post(person, "lab-bench", **data)

        def verify(self, person):
            waiting = Attempt.objects.filter(plan_item__order=self.order, acts__isnull=True)
            self.post(person, "lab-verify", attempt=[row.pk for row in waiting])

    return Story()


def test_pages_take_an_order_through_rework_to_certification(story, cast, catalogue, client):
    story.post(cast.intake, "lab-order-move", "accept", edition=catalogue.edition.pk,
               row_version=story.order.row_version, **{f"review.{key}": "on" for key in REVIEW})
    story.post(cast.intake, "lab-order-move", "receive_sample", serial_number="SN-1", hardware=orders.HARDWARE,
               firmware=orders.FIRMWARE, condition="完好")
    assert "检测工作台" in story.page(cast.tester, "lab-bench")
    story.record(cast.tester, failing={"FUN-RT-02", "FUN-RT-08"})
    story.verify(cast.verifier)
    rework = Rework.objects.get(order=story.order)
    assert "FUN-RT-02" in story.page(cast.verifier, "lab-rework")

    story.post(cast.tester, "lab-rework-act", rework.number, "send", finding="演示：未重传", finding_kind="finding",
               **{"reason.FUN-RT-02": "RW-RT-01", "reason.FUN-RT-08": "RW-RT-01"})
    client.force_login(cast.vendor)
    answered = client.post(reverse("portal-rework", args=[rework.number]), {
        "cause": "定时器未启动", "changes": "启动定时器", "hardware": orders.HARDWARE, "firmware": "1.0.1"})
    assert answered.status_code == 302
    lines = {f"choice.{item.code}": "keep" for item in story.order.plan.filter(inclusion="in")}
    story.post(cast.verifier, "lab-rework-act", rework.number, "scope", **{"common.keep": "与更改无关"}, **lines)
    story.record(cast.tester)
    story.verify(cast.verifier)
    assert story.order.stage == Stage.COMPLETE

    story.post(cast.tester, "lab-report")
    report = Report.objects.get(order=story.order)
    story.post(cast.verifier, "lab-report-act", report.pk, "check", row_version=report.row_version)
    report.refresh_from_db()
    story.post(cast.signatory, "lab-report-act", report.pk, "authorise", password=PASSWORD,
               row_version=report.row_version)
    assert "排队中" in story.page(cast.signatory, "lab-report")
    render_report(report_id=report.pk)
    story.post(cast.decider, "lab-recommend", grant="yes", reason="", basis=basis_of(story.order).fingerprint)
    certification = Certification.objects.get(order=story.order)
    story.post(cast.decider, "lab-decide", grant="yes", reason="", password=PASSWORD,
               basis=basis_of(story.order).fingerprint, row_version=certification.row_version)
    certification.refresh_from_db()
    assert client.get(f"/products/{certification.listing.listing_number}/").status_code == 200
    story.post(cast.decider, "lab-certification", "suspend", public_reason_zh="演示：复核中", password=PASSWORD,
               row_version=certification.row_version)
    assert "演示：复核中" in client.get(f"/products/{certification.listing.listing_number}/").content.decode()

    sample = story.order.samples.get()
    story.post(cast.intake, "lab-sample-end", sample.pk, ending="已退还")
    story.post(cast.intake, "lab-order-move", "close")
    for name in ("lab-order", "lab-bench", "lab-verify", "lab-rework", "lab-report", "lab-decision", "lab-history"):
        assert story.order.number in story.page(cast.auditor, name)
    client.force_login(cast.vendor)
    for address in ("/my/", "/my/?show=all", f"/my/orders/{story.order.number}/", f"/my/rework/{rework.number}/",
                    "/my/certifications/", "/my/company/"):
        assert client.get(address).status_code == 200
    pdf = client.get(f"/my/reports/{report.pk}.pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    pdf.close()


def test_rework_of_a_cancelled_order_waits_for_nobody(client, cast, catalogue):
    rework = rework_factory.with_vendor(cast)
    client.force_login(cast.vendor)
    assert f"/my/rework/{rework.number}/" in client.get("/my/").content.decode()
    cancel_order(order=rework.order, actor=cast.intake, reason="演示：停产")
    assert f"/my/rework/{rework.number}/" not in client.get("/my/?show=all").content.decode()
    client.force_login(cast.intake)
    assert rework.order.number not in client.get("/lab/?queue=vendor").content.decode()
