"""Open data: row by row what the directory shows, nothing else, safe to open, signed, at addresses that stay."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import re
import sqlite3
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from members.companies.models import Contact
from products.certification.states import CertificationState
from products.listings.models import Listing
from products.open_data import rendering, selectors
from products.open_data.errors import ReleaseInTheMaking
from products.open_data.models import Release
from products.open_data.selectors import COLUMNS, NAMES
from products.open_data.services import publish_open_data
from products.open_data.states import ReleaseState
from products.open_data.tasks import publish_open_data as task
from products.reports.signing import read_signed_json
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db
FORMATS = ["csv", "jsonl", "xlsx", "sqlite"]
NULL_IN_TABLES = {"csv": "", "xlsx": None, "sqlite": None}


@pytest.fixture
def register(cast, catalogue):
    rows = factory.published()
    rows["ours"] = factory.suspended(cast, catalogue)
    return rows


def fetched(client, form: str) -> bytes:
    status, content = sent(client, f"/open-data/listings.{form}")
    assert status == 200
    return content


def sent(client, path: str) -> tuple[int, bytes]:
    """The status and the bytes of an address, with the file closed behind them."""
    response = client.get(path)
    content = response.getvalue()
    shut(response)
    return response.status_code, content


def shut(response) -> None:
    """Close the file that was sent; closing the whole answer would end the test's connection on PostgreSQL."""
    for close in response._resource_closers:
        close()


def read(client, form: str, tmp_path: Path) -> list[dict[str, object]]:
    """The rows of a file as they stand in it."""
    content = fetched(client, form)
    if form == "jsonl":
        return [json.loads(line) for line in content.decode().splitlines()]
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    if form == "xlsx":
        head, *rows = openpyxl.load_workbook(io.BytesIO(content))["listings"].iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]
    path = tmp_path / "listings.sqlite"
    path.write_bytes(content)
    base = sqlite3.connect(path)
    base.row_factory = sqlite3.Row
    rows = [dict(row) for row in base.execute("SELECT * FROM listings")]
    base.close()
    return rows


def shown(client, number: str) -> dict[str, object]:
    """What the API says of a listing, in the columns of the dump."""
    body = client.get(f"/api/v1/products/{number}/").json()
    company = body["company"]
    told = ("number", "state", "conclusion", "issued_on", "replaces", "sha256", "sm3")
    reports = [{name: report[name] for name in told} for report in body["reports"]]
    return {name: body.get(name) for name in NAMES} | {
        "company_number": company["number"], "company_name_zh": company["name_zh"],
        "company_name_en": company["name_en"], "company_name_en_confirmed": company["name_en_confirmed"],
        "reports": reports}


def as_cell(value: object, form: str) -> object:
    """A value of the API as the form of a table writes it."""
    flat = rendering.flat(value)
    if flat is None:
        return NULL_IN_TABLES[form]
    if isinstance(flat, bool):
        return {"csv": str(flat).lower(), "xlsx": flat, "sqlite": int(flat)}[form]
    return str(flat) if flat != "" or form != "xlsx" else None


@pytest.mark.parametrize("form", FORMATS)
def test_dump_equals_the_directory_row_by_row(register, client, monkeypatch, tmp_path, form):
    monkeypatch.setattr(selectors, "PIECE", 4)
    publish_open_data()
    rows = {row["listing_number"]: row for row in read(client, form, tmp_path)}
    assert set(rows) == set(Listing.objects.values_list("listing_number", flat=True))
    for number, row in rows.items():
        expected = shown(client, number)
        if form != "jsonl":
            expected = {name: as_cell(value, form) for name, value in expected.items()}
        assert dict(row) == expected, number


def test_dump_holds_no_person_and_nothing_that_is_not_public(register, cast, catalogue, client):
    Contact.objects.create(company=cast.company_a, name="演示联系人", phone="13800000000", email="demo@example.com")
    factory.event(register["ours"].certification, CertificationState.REFUSED, date(2026, 11, 21), "演示机密")
    order = factory.order(cast, catalogue, number="D-2026-0099",
                          device=factory.device(cast.company_b, catalogue, model="SECRET-1"))
    factory.report(cast, order, number="WAPI-T-2026-0099")
    publish_open_data()
    for form in FORMATS:
        content = fetched(client, form)
        if form == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(content))
            content = "\n".join(str(cell) for row in book["listings"].values for cell in row).encode()
        for secret in ("演示机密", "演示联系人", "13800000000", "demo@example.com", "SECRET-1", "D-2026",
                       "WAPI-T-2026-0099", cast.company_b.name_zh, cast.vendor.name, cast.tester.name,
                       cast.signatory.name, cast.decider.staff_number, register["ours"].report.verification_code):
            assert secret.encode() not in content, (form, secret)


def test_texts_that_look_like_formulas_stay_texts(cast, catalogue, client, tmp_path):
    listing = factory.listed(cast, catalogue)
    Listing.objects.filter(pk=listing.pk).update(model='=HYPERLINK("x")', name_zh="+1", name_en="@x", use_zh="http://x")
    publish_open_data()
    (row,) = read(client, "csv", tmp_path)
    assert (row["model"], row["name_zh"], row["name_en"]) == ("'=HYPERLINK(\"x\")", "'+1", "'@x")
    sheet = openpyxl.load_workbook(io.BytesIO(fetched(client, "xlsx")))["listings"]
    cells = {sheet.cell(1, column).value: sheet.cell(2, column) for column in range(1, sheet.max_column + 1)}
    assert (cells["model"].value, cells["model"].data_type) == ('=HYPERLINK("x")', "s")
    assert cells["use_zh"].hyperlink is None


def test_sheet_that_is_full_goes_on_in_the_next(register, client, monkeypatch):
    monkeypatch.setattr(rendering, "SHEET", 5)
    publish_open_data()
    book = openpyxl.load_workbook(io.BytesIO(fetched(client, "xlsx")))
    assert [(sheet.title, sheet.max_row) for sheet in book] == [("listings", 6), ("listings 2", 6), ("listings 3", 2)]


def test_empty_directory_is_published_with_its_columns(client, tmp_path):
    publish_open_data()
    assert {form: len(read(client, form, tmp_path)) for form in FORMATS} == dict.fromkeys(FORMATS, 0)
    assert fetched(client, "csv").decode("utf-8-sig").strip().split(",") == NAMES


def test_manifest_is_signed_and_names_every_files_digest(register, client):
    release = publish_open_data()
    manifest = client.get("/open-data/manifest.json").json()
    assert read_signed_json(client.get("/open-data/manifest.jws").content.decode()) == manifest
    assert (manifest["rows"], manifest["columns"]) == (11, NAMES)
    for file in manifest["files"]:
        _status, content = sent(client, f"/open-data/{file['name']}")
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file["sha256"], file["size"])
    assert release.state == ReleaseState.PUBLISHED


def test_page_says_what_there_is_before_and_after_the_first_release(register, client, settings):
    assert "还没有发布数据" in client.get("/open-data/").content.decode()
    assert client.get("/open-data/listings.csv").status_code == 404
    assert client.get("/open-data/manifest.json").status_code == 404
    publish_open_data()
    page = client.get("/open-data/").content.decode()
    assert ("共 11 个条目" in page, "许可条款由联盟确定" in page, len(page.encode()) < 100 * 1024) == (True, True, True)
    for column in COLUMNS:
        assert str(column.meaning) in page
    settings.OPEN_DATA_LICENCE = "演示许可"
    assert "演示许可" in client.get("/open-data/", headers={"Accept-Language": "en"}).content.decode()


def test_page_tells_how_to_check_a_file_by_addresses_that_answer(register, client, settings):
    publish_open_data()
    page = html.unescape(client.get("/open-data/").content.decode())
    addresses = re.findall(rf"curl -O {settings.PUBLIC_URL}(\S+)", page)
    assert addresses == ["/open-data/listings.csv", "/open-data/manifest.jws", "/.well-known/jwks.json"]
    assert [sent(client, address)[0] if "listings" in address else client.get(address).status_code
            for address in addresses] == [200, 200, 200]
    script = re.search(r"<<'END'\n(.*?)END", page, re.DOTALL)
    assert script
    compile(script[1], "check.py", "exec")


def test_schema_documents_every_column_in_the_readers_language(client):
    fields = client.get("/open-data/schema.json", headers={"Accept-Language": "en"}).json()["fields"]
    assert [field["name"] for field in fields] == NAMES
    assert fields[0]["description"] == "Listing number; it never changes"


def test_file_that_did_not_change_is_not_sent_again(register, client):
    publish_open_data()
    first = client.get("/open-data/listings.csv")
    shut(first)
    assert (first["Cache-Control"], "Repr-Digest" in first) == ("public, no-cache", True)
    assert client.get("/open-data/listings.csv", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_releases_beyond_the_limit_are_removed_with_their_files(register, client, settings):
    settings.OPEN_DATA_KEPT = 2
    releases = [publish_open_data() for _nth in range(3)]
    assert list(Release.objects.order_by("id").values_list("pk", flat=True)) == [row.pk for row in releases[1:]]
    assert sent(client, f"/open-data/{releases[0].pk}/listings.csv")[0] == 404
    assert sent(client, f"/open-data/{releases[1].pk}/listings.csv")[0] == 200
    assert len(default_storage.listdir("open-data")[1]) == 2 * len(FORMATS)


def test_second_release_at_once_is_refused_and_one_that_broke_off_is_not_in_the_way(register):
    Release.objects.create(state=ReleaseState.MAKING)
    with pytest.raises(ReleaseInTheMaking):
        publish_open_data()
    task()
    assert Release.objects.count() == 1
    with time_machine.travel(timezone.now() + timezone.timedelta(hours=3), tick=False):
        publish_open_data()
    assert list(Release.objects.values_list("state", flat=True)) == [ReleaseState.PUBLISHED]


def test_release_that_fails_leaves_the_last_one_and_no_file(register, client):
    publish_open_data()
    before = len(default_storage.listdir("open-data")[1])

    def fall() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        publish_open_data(count=fall)
    assert Release.objects.filter(state=ReleaseState.PUBLISHED).count() == 1
    assert len(default_storage.listdir("open-data")[1]) == before
    assert sent(client, "/open-data/listings.csv")[0] == 200


def test_command_says_what_it_published(register, capsys):
    call_command("publish_open_data")
    assert "11 rows, listings.csv, listings.jsonl, listings.xlsx, listings.sqlite" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["/open-data/", "/open-data/listings.csv", "/open-data/manifest.json",
                                  "/open-data/manifest.jws", "/open-data/schema.json"])
def test_open_data_takes_no_post(path, client):
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/open-data/listings.exe", "/open-data/999/listings.csv", "/open-data/../x"])
def test_what_was_never_published_is_not_found(register, client, path):
    publish_open_data()
    assert client.get(path).status_code == 404
