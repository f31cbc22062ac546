"""The register of failures: each kind appears while it fails, is started again once, and is acknowledged once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from members.history.models import Entry
from members.notices.models import Notice
from members.people.models import User
from members.people.states import Role
from products.certification.models import Certification
from products.failures.errors import CommentMissing, FailureGone, FailureNotYours, NotRetriedByHand
from products.failures.selectors import failures
from products.failures.services import acknowledge_failure, check_storage, retry_failure
from products.failures.urls import urlpatterns
from products.reports.models import Report
from products.reports.states import RenderingState
from products.results.models import ImportJob
from products.results.services import start_import
from products.results.states import ImportState
from products.subscriptions.models import OutgoingMail, Subscription
from tests.factories import certification, orders, reports
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(cast, catalogue):
    """One failure of each kind."""
    granted = certification.granted(cast)
    Certification.objects.update(decided_at=timezone.now() - timedelta(minutes=11))
    Report.objects.filter(pk=granted.report_id).update(snapshot_sha256="0" * 64)
    failed = reports.authorised(cast)
    Report.objects.filter(pk=failed.pk).update(rendering_state=RenderingState.FAILED, rendering_tries=5,
                                               rendering_error="字体缺字")
    job = start_import(upload=ContentFile("编号\t判定\n".encode(), name="rig.tsv"), actor=cast.tester,
                       order=orders.in_testing(cast))
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.FAULTY, tries=5, faults=[{"message": "读不出"}])
    reader = person("reader", Role.VU, company=cast.company_a)
    User.objects.filter(pk=reader.pk).update(email="reader@example.com")
    notice = Notice.objects.create(recipient=reader, event="report.withdrawn", key="k", mail_tries=99,
                                   facts={"number": "WAPI-T-1"},
                                   mail_error="SMTPException: 550")
    follower = Subscription.objects.create(email="x@example.com", language="en", target="search", words="ap")
    mail = OutgoingMail.objects.create(subscription=follower, kind="confirm", tries=6)
    return {"report": failed.pk, "certificate": granted.pk, "import": job.pk, "notice": notice.pk,
            "subscription": mail.pk}


def shown():
    return {one.kind: one for one in failures()}


def test_each_kind_is_listed_with_what_why_and_tries_and_leaves_when_started_again(cast, broken):
    found = shown()
    assert {kind: (one.key, one.reason, one.tries) for kind, one in found.items() if kind != "certificate"} == {
        "report": (str(broken["report"]), "字体缺字", 5), "import": (str(broken["import"]), "读不出", 5),
        "notice": (str(broken["notice"]), "邮件服务器没有接受：SMTPException: 550", 99),
        "subscription": (str(broken["subscription"]), "邮件服务器没有接受。", 6),
    }
    assert found["certificate"].key == str(broken["certificate"])
    # No address and no name.
    assert "example.com" not in str(found)

    for kind in ("report", "import", "notice", "subscription"):
        retry_failure(kind=kind, key=found[kind].key, actor=cast.quality)
        with pytest.raises(FailureGone):
            retry_failure(kind=kind, key=found[kind].key, actor=cast.quality)
    assert shown().keys() == {"certificate"}
    assert Report.objects.get(pk=broken["report"]).rendering_state == RenderingState.QUEUED
    assert ImportJob.objects.get(pk=broken["import"]).state == ImportState.QUEUED
    retried = Entry.objects.filter(chain="failures", act="failure.retried")
    # The history keeps nothing of a mail that may name its recipient.
    assert [entry.before.get("reason") for entry in retried] == ["字体缺字", "读不出", None, None]
    assert [sorted(entry.before) for entry in retried][2:] == [["tries"], ["tries"]]


def test_administrator_starts_again_what_moves_no_work_of_the_laboratory(cast, broken):
    found = shown()
    retry_failure(kind="notice", key=found["notice"].key, actor=cast.admin)
    with pytest.raises(NotRetriedByHand):
        retry_failure(kind="report", key=found["report"].key, actor=cast.admin)
    for who in (cast.auditor, cast.tester):
        with pytest.raises(FailureNotYours):
            retry_failure(kind="subscription", key=found["subscription"].key, actor=who)
        with pytest.raises(FailureNotYours):
            acknowledge_failure(kind="report", key=found["report"].key, comment="演示", actor=who)


def test_acknowledgement_holds_for_this_occurrence_alone(cast, broken):
    report = shown()["report"]
    with pytest.raises(CommentMissing):
        acknowledge_failure(kind="report", key=report.key, comment="  ", actor=cast.quality)
    for _each in range(2):
        acknowledge_failure(kind="report", key=report.key, comment="已报修", actor=cast.quality)
    assert shown()["report"].acknowledgement.comment == "已报修"
    assert Entry.objects.filter(act="failure.acknowledged").count() == 1
    Report.objects.filter(pk=report.key).update(rendering_error="签名失败")
    assert shown()["report"].acknowledgement is None


def test_what_the_check_of_storage_finds_stands_until_it_is_mended(cast, catalogue):
    report = reports.issued(cast)
    path = Path(report.file.content.path)
    content = path.read_bytes()
    path.write_bytes(b"x" + content[1:])
    assert (check_storage(), check_storage()) == (1, 1)
    fault = shown()["storage"]
    assert (fault.what, fault.tries) == (f"file {report.file.pk} {report.file.name}: altered", 2)
    path.write_bytes(content)
    assert (check_storage(), shown()) == (0, {})


def test_page_is_for_quality_administrator_and_auditor_and_does_what_it_shows(client, cast, broken):
    key = shown()["notice"].key
    assert {pattern.name for pattern in urlpatterns} == {"failures", "failure-act"}
    for who, status in (("vendor", 404), ("tester", 404), ("auditor", 200), ("admin", 200), ("quality", 200)):
        client.force_login(getattr(cast, who))
        assert client.get("/failures/").status_code == status, who
    page = client.get("/failures/").content.decode()
    assert "字体缺字" in page
    assert client.post(f"/failures/notice/{key}/nothing/").status_code == 404
    refused = client.post(f"/failures/notice/{key}/acknowledge/", {"comment": ""})
    assert (refused.status_code, "请填写处理说明。" in refused.content.decode()) == (422, True)
    assert client.post(f"/failures/notice/{key}/retry/").status_code == 302
    assert client.post(f"/failures/notice/{key}/retry/").status_code == 409
    client.force_login(cast.auditor)
    assert "<form method=\"post\" action=\"/failures/" not in client.get("/failures/").content.decode()


def test_report_that_is_still_tried_is_shown_and_not_started_by_hand(cast, catalogue):
    waiting = reports.authorised(cast)
    Report.objects.filter(pk=waiting.pk).update(rendering_state=RenderingState.QUEUED, rendering_tries=2)
    assert not shown()["report"].is_given_up
    with pytest.raises(NotRetriedByHand):
        retry_failure(kind="report", key=str(waiting.pk), actor=cast.quality)
    assert Report.objects.get(pk=waiting.pk).rendering_tries == 2
