"""The worker's part: one claim, one issue, whatever is lost on the way."""

import hashlib
import io
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader

from members.history.selectors import entries_of
from products.files.models import StoredFile
from products.orders.services import cancel_order, hold_order, resume_order
from products.orders.states import Party, Stage
from products.reports import tasks
from products.reports.errors import NothingToRetry, NotYourTurn
from products.reports.models import Report
from products.reports.selectors import photographs_of, progress_of, renderings_to_send, shown_code
from products.reports.services import (
    authorise_report,
    preview_of,
    render_report,
    requeue_lost_renderings,
    retry_rendering,
)
from products.reports.services.issuing import next_report_number
from products.reports.services.printing import FIRST_PAUSE, _claim, _store_and_issue
from products.reports.states import RENDERING_TRIES, RenderingState, ReportState
from products.results.services import add_evidence
from products.rework.services import verify_results
from tests.factories import files, orders, reports, results
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def run(report):
    return render_report(report_id=str(report.pk))


def issues(report):
    return [entry for entry in entries_of(report.order.chain) if entry.act == "report.issued"]


def break_snapshot(report):
    """Let the typesetter refuse the document: a part that the template prints is gone."""
    rule = report.snapshot.pop("decision_rule")
    report.save(update_fields=["snapshot"])
    return rule


def mend_snapshot(report, rule):
    report.snapshot["decision_rule"] = rule
    report.save(update_fields=["snapshot"])


def test_render_report_stores_the_bytes_and_issues(cast, catalogue):
    report = run(reports.authorised(cast))
    content = reports.content_of(report)
    assert (report.state, report.rendering_state) == (ReportState.ISSUED, RenderingState.STORED)
    assert report.issued_at is not None
    assert (report.file.name, report.file.media_type) == (f"{report.number}.pdf", "application/pdf")
    assert report.file.company == report.order.company
    assert report.file.size == len(content)
    assert report.number in reports.text_of(content)[-1]
    entry = issues(report)[0]
    assert (entry.actor_id, entry.after["sha256"], entry.after["sm3"]) == (None, report.file.sha256, report.file.sm3)
    assert orders.fresh(report.order).turn == Party.DECISION


def test_render_report_prints_the_photographs_of_the_device(cast, catalogue):
    order = orders.in_testing(cast)
    add_evidence(order=order, upload=files.upload("front.jpg", reports.photograph()), actor=cast.tester, note="正面",
                 is_device_photograph=True)
    verify_results(order=order, attempts=results.recorded(order, cast), actor=cast.verifier)
    report = reports.issued(cast, orders.fresh(order))
    assert list(photographs_of(report.snapshot).values()) == [reports.photograph()]
    content = reports.content_of(report)
    assert "正面" in "\n".join(reports.text_of(content))
    assert b"/DCTDecode" in content


def test_issued_report_of_a_reworked_order_shows_every_element(cast, catalogue):
    report = reports.issued(cast, reports.reworked(cast))
    pages = reports.text_of(reports.content_of(report))
    text, order, laboratory = "\n".join(pages), report.order, settings.LABORATORY
    today = report.issued_on.isoformat()
    expected = {
        "a": ["测试报告", "Test report"], "b": [laboratory["name_zh"], laboratory["address_zh"]], "c": ["测试地点"],
        "d": [report.number, "以下空白"], "e": [order.company.name_zh, order.device.manufacturer, order.device.factory],
        "f": [order.edition.label_zh, order.edition_fingerprint, "FUN-RT-07"],
        "g": [order.device.model, "SN-0001", order.samples.get().number, "外观完好", "1.0.1"], "h": ["收样日期"],
        "i": [f"{today} 至 to {today}"], "j": [f"签发日期\r\nDate of issue\r\n{today}"], "k": ["送样"],
        "l": ["仅与被测样品"],
        "m": ["第1次 × 未通过", "整改通过", "3 次"], "n": ["偏离与排除", "无。None."],
        "o": [cast.tester2.name, cast.verifier.name, cast.signatory.name], "p": ["外部提供者"],
        "q": ["由客户提供的信息"],
        "r": ["不得复制本报告"], "s": ["测试条件", "YS-001"], "t": ["符合 Conforms", "判定规则"], "v": ["盖章处"],
        "w": [shown_code(report.verification_code), report.snapshot["report"]["address"], report.snapshot_sha256[:16]],
    }
    assert [(letter, part) for letter, parts in expected.items() for part in parts if part not in text] == []
    assert all(report.number in page for page in pages)


def test_render_report_signs_and_stores_the_signed_bytes(cast, catalogue, settings):
    settings.REPORT_SIGNER = "authority"
    report = run(reports.authorised(cast))
    content = reports.content_of(report)
    embedded, = PdfFileReader(io.BytesIO(content)).embedded_signatures
    attached, = (row.get_object() for row in PdfFileReader(io.BytesIO(content)).root["/AF"])
    embedded.compute_integrity_info()
    assert (report.state, report.rendering_state) == (ReportState.ISSUED, RenderingState.STORED)
    assert embedded.evaluate_signature_coverage().name == "ENTIRE_FILE"
    assert hashlib.sha256(content).hexdigest() == report.file.sha256
    assert hashlib.sha256(attached["/EF"]["/F"].data).hexdigest() == report.snapshot_sha256


def test_render_report_whose_signer_fails_waits_for_another_try(cast, catalogue, settings):
    settings.REPORT_SIGNER = "pkcs12"
    settings.REPORT_SIGNER_OPTIONS = settings.REPORT_SIGNER_OPTIONS | {"file": "/nonexistent.p12"}
    report = reports.authorised(cast)
    assert run(report) is None
    row = Report.objects.get()
    assert (row.state, row.rendering_state) == (ReportState.AUTHORISED, RenderingState.QUEUED)
    assert "签名" in row.rendering_error
    assert not StoredFile.objects.exists()


def test_render_report_twice_issues_once(cast, catalogue):
    report = reports.authorised(cast)
    assert run(report).file is not None
    assert run(report) is None
    assert (StoredFile.objects.count(), len(issues(report))) == (1, 1)


def test_render_report_of_an_unknown_id_does_nothing(cast, catalogue):
    assert render_report(report_id="00000000-0000-0000-0000-000000000000") is None


@pytest.mark.parametrize("state", ["draft", "checked", "issued", "withdrawn"])
def test_render_report_in_another_state_does_nothing(cast, catalogue, state):
    report = reports.BUILDERS[state](cast)
    before = Report.objects.values().get()
    assert run(report) is None
    assert Report.objects.values().get() == before


def test_render_report_leaves_one_that_another_worker_holds(cast, catalogue):
    report = reports.authorised(cast)
    assert _claim(str(report.pk)).rendering_state == RenderingState.RENDERING
    assert run(report) is None
    assert Report.objects.get().rendering_tries == 1


def test_render_report_takes_up_what_a_lost_worker_held_and_issues_exactly_once(cast, catalogue, settings):
    report = reports.authorised(cast)
    lost = _claim(str(report.pk))
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.RENDERING_LEASE_SECONDS + 1)):
        issued = run(report)
    assert issued.state == ReportState.ISSUED
    # The worker was not dead but slow: its late bytes are thrown away.
    assert _store_and_issue(lost, ContentFile(b"%PDF-late", name="late.pdf")) is None
    assert Report.objects.get().file == issued.file
    assert StoredFile.objects.count() == 1
    assert len(issues(report)) == 1


def test_render_report_that_fails_says_why_and_waits(cast, catalogue):
    report = reports.authorised(cast)
    rule = break_snapshot(report)
    begin = timezone.now()
    assert run(report) is None
    row = Report.objects.get()
    assert (row.state, row.rendering_state, row.rendering_tries) == (
        ReportState.AUTHORISED, RenderingState.QUEUED, 1)
    assert "decision_rule" in row.rendering_error
    assert begin + FIRST_PAUSE <= row.rendering_lease <= timezone.now() + FIRST_PAUSE
    assert not StoredFile.objects.exists()
    assert not renderings_to_send().exists()
    mend_snapshot(row, rule)
    with time_machine.travel(row.rendering_lease + timedelta(seconds=1)):
        assert run(report).rendering_error == ""


def test_render_report_fails_for_good_after_its_tries_and_can_be_started_again(cast, catalogue):
    report = reports.authorised(cast)
    rule = break_snapshot(report)
    for again in range(RENDERING_TRIES):
        with time_machine.travel(timezone.now() + timedelta(hours=again)):
            run(report)
    row = Report.objects.get()
    assert (row.rendering_state, row.rendering_tries, row.state) == (
        RenderingState.FAILED, RENDERING_TRIES, ReportState.AUTHORISED)
    assert progress_of(row).can_be_retried
    assert run(report) is None
    mend_snapshot(row, rule)
    retry_rendering(report=row, actor=cast.verifier)
    assert entries_of(report.order.chain).last().act == "report.rendering_retried"
    assert run(report).number == report.number


def test_render_report_fails_at_once_for_what_printing_never_accepts(cast, catalogue):
    report = reports.authorised(cast)
    report.snapshot["device"]["model"] = "DEMO⎓"
    report.save(update_fields=["snapshot"])
    assert run(report) is None
    row = Report.objects.get()
    assert (row.rendering_state, row.rendering_tries) == (RenderingState.FAILED, 1)
    assert "⎓" in row.rendering_error


def test_report_whose_rendering_failed_keeps_its_number_and_no_other_takes_it(cast, catalogue):
    report = reports.authorised(cast)
    number, rule = report.number, break_snapshot(report)
    for _each in range(RENDERING_TRIES):
        run(report)
        Report.objects.filter(pk=report.pk).update(rendering_lease=None)
    report.refresh_from_db()
    assert (report.number, report.rendering_state) == (number, RenderingState.FAILED)
    following = next_report_number(report.issued_on.year)
    assert int(following.rsplit("-", 1)[1]) == int(number.rsplit("-", 1)[1]) + 1
    mend_snapshot(report, rule)
    issued = run(retry_rendering(report=report, actor=cast.signatory))
    assert (issued.number, issued.state) == (number, ReportState.ISSUED)


def test_render_report_over_the_limit_of_files_fails_and_keeps_nothing(cast, catalogue, settings):
    report = reports.authorised(cast)
    settings.UPLOAD_LIMIT_BYTES = 1024
    assert run(report) is None
    assert Report.objects.get().rendering_state == RenderingState.FAILED
    assert not StoredFile.objects.exists()


def test_retry_rendering_is_refused_by_role_and_state(cast, catalogue):
    report = reports.authorised(cast)
    with pytest.raises(NothingToRetry):
        retry_rendering(report=report, actor=cast.verifier)
    for person in (cast.vendor, cast.auditor, cast.admin, cast.intake):
        with pytest.raises(NotYourTurn):
            retry_rendering(report=report, actor=person)


def test_render_report_of_an_order_on_hold_is_issued_and_the_turn_waits(cast, catalogue):
    report = reports.authorised(cast)
    hold_order(order=report.order, actor=cast.intake, reason="演示")
    assert run(report).state == ReportState.ISSUED
    order = orders.fresh(report.order)
    assert (order.stage, order.turn) == (Stage.ON_HOLD, Party.INTAKE)
    assert resume_order(order=order, actor=cast.intake).turn == Party.DECISION


def test_render_report_of_a_cancelled_order_is_issued_all_the_same(cast, catalogue):
    report = reports.authorised(cast)
    cancel_order(order=report.order, actor=cast.intake, reason="演示")
    assert run(report).state == ReportState.ISSUED
    assert orders.fresh(report.order).stage == Stage.CANCELLED


def test_authorise_report_sends_the_task_after_commit_only(
    cast, catalogue, sent, django_capture_on_commit_callbacks
):
    ready = reports.checked(cast)
    with django_capture_on_commit_callbacks(execute=True):
        report = authorise_report(report=ready, actor=cast.signatory, password=PASSWORD)
        assert sent() == []
    assert sent() == [("reports.render_report", [str(report.pk)])]


def test_authorise_report_holds_though_the_broker_is_down(
    cast, catalogue, broker_down, django_capture_on_commit_callbacks, caplog
):
    ready = reports.checked(cast)
    with django_capture_on_commit_callbacks(execute=True):
        report = authorise_report(report=ready, actor=cast.signatory, password=PASSWORD)
    assert Report.objects.get().rendering_state == RenderingState.QUEUED
    assert "Error calling" in caplog.text
    assert run(report).state == ReportState.ISSUED


def test_requeue_lost_renderings_sends_what_waits_and_nothing_else(cast, catalogue, sent, settings):
    waiting, held = reports.authorised(cast), reports.authorised(cast)
    reports.issued(cast)
    reports.checked(cast)
    _claim(str(held.pk))
    assert requeue_lost_renderings() == 1
    assert sent() == [("reports.render_report", [str(waiting.pk)])]
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.RENDERING_LEASE_SECONDS + 1)):
        assert requeue_lost_renderings() == 2
    assert {arguments[0] for _name, arguments in sent()} == {str(waiting.pk), str(held.pk)}


def test_requeue_lost_renderings_gives_up_on_one_that_loses_every_worker(cast, catalogue, sent):
    report = reports.authorised(cast)
    Report.objects.update(rendering_state=RenderingState.RENDERING, rendering_tries=RENDERING_TRIES,
                          rendering_lease=timezone.now())
    assert requeue_lost_renderings() == 0
    row = Report.objects.get()
    assert (row.rendering_state, bool(row.rendering_error)) == (RenderingState.FAILED, True)
    assert retry_rendering(report=report, actor=cast.signatory).rendering_state == RenderingState.QUEUED


def test_tasks_carry_their_fixed_names_and_run_their_services(cast, catalogue, sent):
    report = reports.authorised(cast)
    assert (tasks.render_report.name, tasks.sweep_renderings.name) == (
        "reports.render_report", "reports.sweep_renderings")
    assert tasks.render_report.acks_late
    tasks.sweep_renderings()
    assert sent() == [("reports.render_report", [str(report.pk)])]
    tasks.render_report(str(report.pk))
    assert Report.objects.get().state == ReportState.ISSUED


def test_preview_of_a_draft_is_watermarked_and_never_stored(cast, catalogue):
    report = reports.compiled(cast)
    assert all("草稿 DRAFT" in page for page in reports.text_of(preview_of(report)))
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(("state", "is_waiting"), [
    (RenderingState.NONE, False), (RenderingState.QUEUED, True), (RenderingState.RENDERING, True),
    (RenderingState.SIGNING, True),
    (RenderingState.STORED, False), (RenderingState.FAILED, False),
])
def test_progress_of_tells_whether_to_wait(state, is_waiting):
    progress = progress_of(Report(rendering_state=state, rendering_tries=2, rendering_error="x"))
    assert (progress.state, progress.tries, progress.error, progress.is_waiting) == (state, 2, "x", is_waiting)
    assert progress.can_be_retried == (state == RenderingState.FAILED)
