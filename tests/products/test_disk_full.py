"""A full disk wherever the site writes a file: who waits is told, nothing is half kept, and it goes on with room."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from members.history.services import append_entry, record_heads
from products.certification.models import Certification
from products.certification.services import issue_certificates
from products.failures.selectors import failures
from products.failures.services import retry_failure
from products.files.models import FileSummary, StoredFile
from products.files.services import requeue_lost_summaries, store_file, summarise_file
from products.files.states import SummaryState
from products.open_data.models import Release
from products.open_data.services import publish_open_data
from products.open_data.states import ReleaseState
from products.reports.models import Report
from products.reports.services import render_report
from products.reports.states import RENDERING_TRIES, RenderingState, ReportState
from tests.factories import certification, listings, orders, reports, rework
from tests.factories.api import Api, row_counts
from tests.factories.disk import fill, make_room, no_room, stored_names
from tests.factories.files import picture, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
SAID = "服务器的存储空间已满"
RESULTS = "编号\t判定\nFUN-RT-07\t通过\n".encode()


def shown():
    return {one.kind: one for one in failures()}


def table():
    return ContentFile(RESULTS, name="rig.tsv")


BY_API = {
    "a file": lambda order: ("files/", {"file": upload()}),
    "evidence": lambda order: ("evidence/", {"file": upload(), "order": order.number}),
    "a photograph": lambda order: (
        "evidence/", {"file": upload("photo.png"), "order": order.number, "is_device_photograph": "true"}),
}


@pytest.mark.parametrize("what", BY_API)
def test_upload_by_api_is_refused_by_name_keeps_nothing_and_is_taken_with_room(cast, settings, what):
    order = orders.in_testing(cast)
    before, files = row_counts(), stored_names()
    fill(settings)
    path, body = BY_API[what](order)
    refused = Api(cast.tester).post(path, body, form="multipart")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (507, "storage_full", "file")
    assert SAID in refused.json()["detail"]
    assert "稍后重试" in refused.json()["remedy"]
    assert (row_counts(), stored_names()) == (before, files)
    make_room(settings)
    path, body = BY_API[what](order)
    assert Api(cast.tester).post(path, body, form="multipart").status_code == 201


BY_PAGE = {"bench/attach/": upload, "bench/import/": table}


@pytest.mark.parametrize("what", BY_PAGE)
def test_upload_on_a_page_is_refused_where_it_was_sent_and_keeps_nothing(cast, client, settings, what):
    order = orders.in_testing(cast)
    address = f"/lab/orders/{order.number}/{what}"
    client.force_login(cast.tester)
    before, files = row_counts(), stored_names()
    fill(settings)
    refused = client.post(address, {"file": BY_PAGE[what]()})
    assert (refused.status_code, SAID in refused.content.decode()) == (507, True)
    assert (row_counts(), stored_names()) == (before, files)
    make_room(settings)
    assert client.post(address, {"file": BY_PAGE[what]()}).status_code < 400


def test_second_attachment_of_an_answer_without_room_keeps_neither_and_the_answer_as_typed(cast, client, settings):
    row = rework.rework_in("with_vendor", cast)
    client.force_login(cast.vendor)
    before, files = row_counts(), stored_names()
    fill(settings)
    refused = client.post(f"/my/rework/{row.number}/", {
        "row_version": row.row_version, "cause": "计时器过短", "changes": "延长计时器", "hardware": "HW-1",
        "firmware": "2.0.1", "attachments": [upload(), upload("photo.png")]})
    page = refused.content.decode()
    assert (refused.status_code, SAID in page, "延长计时器" in page) == (507, True, True)
    assert (row_counts(), stored_names()) == (before, files)


def test_report_without_room_says_so_is_tried_again_and_is_issued_with_room(cast, settings):
    report, files = reports.authorised(cast), stored_names()
    fill(settings)
    now = timezone.now()
    for nth in range(RENDERING_TRIES):
        with time_machine.travel(now + timedelta(hours=nth), tick=False):
            assert render_report(report_id=str(report.pk)) is None
    failed = Report.objects.get(pk=report.pk)
    assert (failed.state, failed.rendering_state) == (ReportState.AUTHORISED, RenderingState.FAILED)
    assert SAID in shown()["report"].reason
    assert (stored_names(), StoredFile.objects.filter(name__endswith=".pdf").count()) == (files, 0)
    make_room(settings)
    retry_failure(kind="report", key=str(report.pk), actor=cast.quality)
    assert render_report(report_id=str(report.pk)).state == ReportState.ISSUED
    assert "report" not in shown()


def test_certificate_without_room_is_made_by_the_next_sweep(cast, settings):
    granted = certification.granted(cast)
    Certification.objects.update(decided_at=timezone.now() - timedelta(minutes=11))
    files = stored_names()
    fill(settings)
    assert issue_certificates() == 0
    assert stored_names() == files
    assert shown()["certificate"].is_given_up
    retry_failure(kind="certificate", key=str(granted.pk), actor=cast.admin)
    make_room(settings)
    assert issue_certificates() == 1
    assert "certificate" not in shown()


def test_small_picture_without_room_waits_until_there_is_some(cast, settings):
    stored = store_file(upload=upload("photo.png", picture()), actor=cast.tester)
    files = stored_names()
    fill(settings)
    now = timezone.now()
    for nth in range(5):
        with time_machine.travel(now + timedelta(minutes=5 * nth), tick=False):
            assert (requeue_lost_summaries(), summarise_file(file_id=stored.pk)) == (1, False)
    assert FileSummary.objects.get(file=stored).state == SummaryState.WAITING
    assert stored_names() == files
    make_room(settings)
    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        assert summarise_file(file_id=stored.pk)


def test_open_data_without_room_leaves_the_last_release_and_can_be_started_again(cast, settings, client):
    listings.published()
    publish_open_data()
    files = stored_names()
    fill(settings)
    with pytest.raises(OSError, match="No space left"):
        publish_open_data()
    assert stored_names() == files
    assert b"".join(client.get("/open-data/listings.csv").streaming_content)
    assert shown()["open_data"].key == str(Release.objects.get(state=ReleaseState.FAILED).pk)
    make_room(settings)
    retry_failure(kind="open_data", key=shown()["open_data"].key, actor=cast.admin)
    publish_open_data()
    assert "open_data" not in shown()


def test_heads_without_room_leave_no_half_file_are_missed_after_a_day_and_follow(cast, settings, tmp_path, monkeypatch):
    settings.HEADS_ROOT = tmp_path / "heads"
    record_heads()
    append_entry(chain="演示", act="演示", actor=cast.quality, object_type="order", object_id="1")
    before = sorted(settings.HEADS_ROOT.glob("heads*"))
    with monkeypatch.context() as disk:
        disk.setattr("pathlib.Path.replace", lambda *_names: (_ for _ in ()).throw(no_room()))
        with pytest.raises(OSError, match="No space left"):
            record_heads()
    assert sorted(settings.HEADS_ROOT.glob("heads*")) == before
    assert "heads" not in shown()
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        retry_failure(kind="heads", key=shown()["heads"].key, actor=cast.admin)
        record_heads()
        assert "heads" not in shown()


def test_act_at_the_very_moment_of_a_file_is_missed_in_it_and_what_stands_in_it_is_not(cast, settings, tmp_path):
    settings.HEADS_ROOT = tmp_path / "heads"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        append_entry(chain="演示", act="演示", actor=cast.quality, object_type="order", object_id="1")
        record_heads()
        clock.shift(timedelta(days=2))
        assert "heads" not in shown()
        append_entry(chain="演示", act="演示", actor=cast.quality, object_type="order", object_id="1")
        record_heads()
        append_entry(chain="演示", act="演示", actor=cast.quality, object_type="order", object_id="1")
        clock.shift(timedelta(days=2))
        assert "heads" in shown()


@pytest.mark.django_db(transaction=True)
def test_backup_without_room_says_so_and_leaves_nothing(tmp_path, monkeypatch):
    default_storage.save("2026/11/演示", ContentFile(b"x"))
    monkeypatch.setattr("tarfile.TarFile.add", lambda *_given, **_options: (_ for _ in ()).throw(no_room()))
    with pytest.raises(CommandError, match=r"There is no room for a backup in .*: nothing of it was kept"):
        call_command("backup", str(tmp_path / "kept"))
    assert list((tmp_path / "kept").iterdir()) == []
