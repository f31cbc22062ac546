"""Reports by the API: compiled, checked, authorised, downloaded, withdrawn."""

import base64
import hashlib

import pytest
from django.core.files.base import ContentFile

from products.files.models import StoredFile
from products.reports.models import Report
from products.reports.services import render_report
from tests.factories import reports
from tests.factories.api import Api
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def test_the_way_from_complete_to_issued(cast):
    order = reports.tested(cast)
    report = Api(cast.tester2).post(f"orders/{order.number}/report/").json()
    assert (report["state"], report["number"], report["missing"], report["sha256"]) == ("draft", None, [], None)
    path = f"reports/{report['id']}/"
    report = Api(cast.verifier).post(f"{path}check/", version=report["row_version"]).json()
    signed = Api(cast.signatory).post(f"{path}authorise/", {"password": PASSWORD}, version=report["row_version"])
    assert (signed.status_code, signed.json()["state"]) == (200, "authorised")
    assert signed.json()["number"].startswith("WAPI-T-")
    render_report(report_id=report["id"])
    shown = Api(cast.vendor).get(path).json()
    stored = StoredFile.objects.get()
    assert {name: shown[name] for name in ("state", "sha256", "sm3", "replaces", "replaced_by")} == {
        "state": "issued", "sha256": stored.sha256, "sm3": stored.sm3, "replaces": None, "replaced_by": None}


def test_compile_again_of_the_version_seen_raises_the_revision(cast):
    report = reports.compiled(cast)
    path = f"orders/{report.order.number}/report/"
    again = Api(cast.tester).post(path, version=report.row_version)
    assert (again.status_code, again.json()["id"], again.json()["revision"]) == (201, str(report.pk), 2)
    assert Api(cast.tester).post(path, version=report.row_version).status_code == 412


def test_return_gives_the_draft_back_with_its_reason(cast):
    report = reports.checked(cast)
    answer = Api(cast.signatory).post(f"reports/{report.pk}/return/", {"reason": "照片缺失"},
                                      version=report.row_version)
    assert (answer.status_code, answer.json()["state"], answer.json()["return_reason"]) == (200, "draft", "照片缺失")


def test_withdraw_takes_two_and_makes_the_reason_readable(cast):
    report = reports.issued(cast)
    path = f"reports/{report.pk}/withdraw/"
    asked = Api(cast.signatory).post(path, {"reason": "样品有误", "password": PASSWORD}, version=report.row_version)
    assert (asked.status_code, asked.json()["state"]) == (200, "issued")
    answer = Api(cast.quality).post(f"{path}consent/", {"password": PASSWORD}, version=asked.json()["row_version"])
    assert (answer.status_code, answer.json()["state"], answer.json()["withdrawal_reason"]) == (
        200, "withdrawn", "样品有误")


def test_amend_answers_with_the_successor(cast):
    report = reports.issued(cast)
    body = {"reason": "序列号有误", "password": PASSWORD, "corrections": {"samples.0.serial_number": "SN-2"}}
    answer = Api(cast.signatory).post(f"reports/{report.pk}/amend/", body, version=report.row_version)
    shown = answer.json()
    assert (answer.status_code, shown["state"], shown["replaces"], shown["amendment_reason"]) == (
        201, "draft", report.number, "序列号有误")
    assert [change["after"] for change in shown["changes"]] == ["SN-2"]


def test_retry_of_what_has_not_failed_is_refused(cast):
    report = reports.authorised(cast)
    answer = Api(cast.signatory).post(f"reports/{report.pk}/retry-rendering/")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_retry")


def test_pdf_is_the_stored_file_with_its_digests(cast):
    report = reports.issued(cast)
    answer = Api(cast.vendor).get(f"reports/{report.pk}/pdf", Accept="application/pdf")
    content = answer.body
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'inline; filename="{report.number}.pdf"'
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert (answer.headers["Repr-Digest-SM3"], int(answer.headers["Content-Length"])) == (
        report.file.sm3, len(content))
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_pdf_behind_nginx_names_the_internal_location(cast, settings):
    report = reports.issued(cast)
    settings.X_ACCEL_REDIRECT = "/stored/"
    answer = Api(cast.vendor).get(f"reports/{report.pk}/pdf")
    assert answer.headers["X-Accel-Redirect"] == f"/stored/{report.file.content.name}"
    assert (answer.content, answer.headers["Content-Type"]) == (b"", "application/pdf")


def test_pdf_of_a_draft_is_a_preview_for_staff_and_nothing_for_the_vendor(cast):
    report = reports.compiled(cast)
    answer = Api(cast.verifier).get(f"reports/{report.pk}/pdf")
    assert (answer.status_code, answer.content[:5], StoredFile.objects.count()) == (200, b"%PDF-", 0)
    assert "草稿" in "".join(reports.text_of(answer.content))
    for path in ("", "pdf"):
        assert Api(cast.vendor).get(f"reports/{report.pk}/{path}").status_code == 404


def test_name_of_a_download_cannot_break_the_header(cast):
    report = reports.issued(cast)
    Report.objects.filter(pk=report.pk).update(number='A"; filename="b.exe')
    answer = Api(cast.vendor).get(f"reports/{report.pk}/pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="A\\"; filename=\\"b.exe.pdf"'


def test_list_holds_what_the_reader_may_see(cast):
    reports.issued(cast)
    reports.compiled(cast)
    assert [len(Api(getattr(cast, who)).get("reports/").json()["results"])
            for who in ("vendor", "stranger", "verifier", "auditor", "admin")] == [1, 0, 2, 2, 0]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_a_fixed_number_of_queries(cast, django_assert_num_queries, rows):
    for _ in range(rows):
        reports.compiled(cast)
    api = Api(cast.verifier)
    with django_assert_num_queries(3):  # the account, its roles, reports
        assert len(api.get("reports/").json()["results"]) == rows


def test_upload_and_download_of_a_file_keep_its_bytes(cast):
    upload = ContentFile("时间,值\n1,2\n".encode(), name="日志.csv")
    kept = Api(cast.vendor).post("files/", {"file": upload}, form="multipart")
    assert (kept.status_code, kept.json()["name"]) == (201, "日志.csv")
    answer = Api(cast.vendor).get(f"files/{kept.json()['id']}/")
    assert answer.body == "时间,值\n1,2\n".encode()
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''%E6%97%A5%E5%BF%97.csv"
    assert Api(cast.stranger).get(f"files/{kept.json()['id']}/").status_code == 404
