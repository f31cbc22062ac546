"""Verification by page and API: one answer per state, the file for whoever holds the code."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from joserfc import jws
from joserfc.jwk import KeySet

from products.directory.views.verification import LOOKS, State
from products.files.models import StoredFile
from products.reports.states import ReportState
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(cast, catalogue):
    return factory.listed(cast, catalogue)


def code_of(listing) -> str:
    return listing.report.verification_code


def test_every_answer_has_its_look():
    assert set(LOOKS) == set(State)


def test_verify_leads_to_the_address_of_what_was_typed(client):
    response = client.get("/verify/", {"code": " WAPI-T-2026-0001 "})
    assert (response.status_code, response.url) == (302, "/v/WAPI-T-2026-0001/")
    assert client.get("/verify/", {"code": "  "}).status_code == 200
    assert client.get("/verify/", {"code": "a/b"}).url == "/v/ab/"


@pytest.mark.parametrize("change", [str, str.lower, lambda code: f"{code[:4]}-{code[4:8]}-{code[8:]}"])
def test_code_in_any_writing_is_answered_valid_with_the_file(ours, client, change):
    response = client.get(f"/v/{change(code_of(ours))}/")
    page = response.content.decode()
    assert (response.context["found"].state, "报告有效" in page, "report.pdf" in page) == ("valid", True, True)
    assert "DEMO-SEN-100" in page
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_whoever_scans_a_report_loads_less_than_50_kilobytes_with_all_styles_and_scripts(ours, client, language):
    for path in ("/verify/", f"/v/{code_of(ours)}/"):
        page = client.get(path, headers={"Accept-Language": language}).content
        parts = set(re.findall(rb'(?:href|src)="/static/([^"]+)"', page))
        assert len(page) + sum(Path(finders.find(part.decode())).stat().st_size for part in parts) < 50_000


def test_number_is_answered_without_code_and_file(ours, client):
    page = client.get("/v/WAPI-T-2026-0001/").content.decode()
    assert ("报告有效" in page, "report.pdf" in page, code_of(ours) in page) == (True, False, False)


def test_digest_of_the_file_in_hand_is_answered(ours, client):
    assert client.get(f"/v/{'ab' * 32}/").context["found"].state == "valid"
    page = client.get(f"/v/{'ef' * 32}/")
    assert (page.context["found"].state, "也可能被改动过" in page.content.decode()) == ("unknown", True)


def test_typo_in_a_code_is_told(ours, client):
    wrong = code_of(ours)[:-1] + ("2" if code_of(ours)[-1] != "2" else "3")
    assert "校验位不符" in client.get(f"/v/{wrong}/").content.decode()


@pytest.mark.parametrize("nonsense", ["x", "%20", "%E8%8E%B2", "x" * 500, "'%22<b>"])
def test_nonsense_is_answered_unknown(ours, client, nonsense):
    assert client.get(f"/v/{nonsense}/").context["found"].state == "unknown"
    assert client.get(f"/api/v1/verify/{nonsense}/").json()["state"] == "unknown"


def test_file_opens_by_the_code_and_keeps_its_digests(ours, client):
    response = client.get(f"/v/{code_of(ours)}/report.pdf")
    assert (response.status_code, b"".join(response.streaming_content)) == (200, b"%PDF")
    assert response["Content-Type"] == "application/pdf"
    assert response["Repr-Digest-SM3"] == "cd" * 32


@pytest.mark.parametrize("state", [ReportState.DRAFT, ReportState.CHECKED, ReportState.AUTHORISED])
def test_report_that_is_not_issued_shows_nothing_and_opens_nothing(cast, catalogue, client, state):
    order = factory.order(cast, catalogue)
    unissued = {"number": "WAPI-T-2026-0001" if state == ReportState.AUTHORISED else None, "file": None,
                "issued_on": None, "issued_at": None, "rendering_state": "none"}
    report = factory.report(cast, order, state=state, **unissued)
    page = client.get(f"/v/{report.verification_code}/")
    assert page.context["found"].state == "not_issued"
    assert "DEMO-SEN-100" not in page.content.decode()
    assert client.get(f"/v/{report.verification_code}/report.pdf").status_code == 404


def test_api_answers_as_the_page_does_and_compares_a_file(ours, client):
    body = client.get(f"/api/v1/verify/{code_of(ours)}/").json()
    assert (body["state"], body["number"], body["listing_number"], body["listing_status"], body["sha256"]) == (
        "valid", "WAPI-T-2026-0001", "WAPI-2026-00001", "valid", "ab" * 32)
    assert client.get(f"/api/v1/verify/{code_of(ours)}/?sha256={'ef' * 32}").json()["state"] == "altered"
    assert client.get(f"/api/v1/verify/{code_of(ours)}/?sha256={'AB' * 32}").json()["state"] == "valid"


def test_api_refuses_a_digest_that_is_none(ours, client):
    response = client.get(f"/api/v1/verify/{code_of(ours)}/?sha256=abc")
    assert (response.status_code, response.json()["field"]) == (422, "sha256")


def test_api_verification_is_not_sent_twice_when_nothing_changed(ours, client):
    first = client.get(f"/api/v1/verify/{code_of(ours)}/")
    again = client.get(f"/api/v1/verify/{code_of(ours)}/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_api_verification_takes_a_bounded_number_of_queries(ours, client, django_assert_num_queries):
    with django_assert_num_queries(12, exact=False):
        client.get(f"/api/v1/verify/{code_of(ours)}/")


def upload(content, name="report.pdf"):
    return {"file": SimpleUploadedFile(name, content, "application/pdf")}


def test_digest_with_the_code_that_stands_in_the_file_is_altered_and_leads_to_the_issued_one(ours, client):
    response = client.get(f"/v/{'ef' * 32}/", {"code": ["2222222222222", code_of(ours)]})
    page = response.content.decode()
    assert (response.context["found"].state, "文件与签发的报告不一致" in page) == ("altered", True)
    assert "查看签发的报告" in page


def test_digest_of_the_issued_file_is_valid_whatever_codes_it_holds(ours, client):
    assert client.get(f"/v/{'ab' * 32}/", {"code": code_of(ours)}).context["found"].state == "valid"


def test_uploaded_file_is_answered_and_not_kept(ours, client):
    before = StoredFile.objects.count()
    page = client.post("/verify/file/", upload(b"%PDF-1.7 (" + code_of(ours).encode() + b")"))
    assert (page.status_code, page.context["found"].state) == (200, "altered")
    assert StoredFile.objects.count() == before


@pytest.mark.parametrize(("content", "code"), [
    (b"PK", "not_a_pdf"), (None, "required"), (b"%PDF-" + b"x" * 99, "file_too_large")])
def test_upload_that_cannot_be_checked_is_refused_beside_its_field(client, db, settings, content, code):
    settings.VERIFY_UPLOAD_BYTES = 50
    page = client.post("/verify/file/", upload(content) if content else {})
    assert (page.status_code, page.context["file_form"].errors.as_data()["file"][0].code) == (422, code)
    answer = client.post("/api/v1/verify/", upload(content) if content else {})
    assert (answer.status_code, answer.json()["errors"][0]["field"] if not content else answer.json()["code"]) == (
        422, code if content else "file")


def test_signed_answer_can_be_read_with_the_published_keys(ours, client, settings, tmp_path):
    settings.VERIFICATION_KEYS = tmp_path / "keys"
    code = code_of(ours)
    text = client.get(f"/api/v1/verify/{code}/signed/").json()["jws"]
    keys = KeySet.import_key_set(client.get("/.well-known/jwks.json").json())
    payload = json.loads(jws.deserialize_compact(text, keys, algorithms=["ES256"]).payload)
    plain = client.get(f"/api/v1/verify/{code}/").json()
    assert payload == plain | {name: payload[name] for name in ("iss", "iat", "asked")}
    assert (payload["iss"], payload["asked"], payload["state"]) == (settings.PUBLIC_URL, code, "valid")


def test_pages_of_verification_are_small(ours, client):
    for path in ("/verify/", f"/v/{code_of(ours)}/"):
        assert len(client.get(path).content) < 15_000
