"""Whatever stands in the database already, the feed, tables and mails that show it can be read."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest
from defusedxml.ElementTree import fromstring

from members.companies.models import Company
from products.listings.models import Listing, ListingChange
from products.listings.states import ChangeKind
from products.open_data.rendering import CsvWriter, XlsxWriter
from products.subscriptions.rendering import mail_of
from tests.factories import listings
from wapicert.charts import plain_cell

pytestmark = pytest.mark.django_db
STANDING = ["演示\x1b[31m", "演示\x01\x08", "演示\u202e文字", "演示\x7f", "演示\uffff", "=1+1\x1b"]


@pytest.mark.parametrize("text", STANDING)
def test_feed_can_be_read_whatever_a_name_holds(client, cast, catalogue, text):
    listing = listings.listed(cast, catalogue)
    Listing.objects.filter(pk=listing.pk).update(model=text, name_zh=text)
    Company.objects.filter(pk=listing.company_id).update(name_zh=text)
    ListingChange.objects.create(listing=listing, kind=ChangeKind.LISTED, on=date(2026, 3, 1), reason_zh=text)
    response = client.get("/changes.atom")
    assert response.status_code == 200
    assert "演示" in "".join(fromstring(response.content).itertext())
    assert client.get("/changes/").status_code == 200


@pytest.mark.parametrize("text", STANDING)
def test_tables_can_be_opened_whatever_a_cell_holds(tmp_path, text):
    for kind, name in ((CsvWriter, "a.csv"), (XlsxWriter, "a.xlsx")):
        writer = kind(tmp_path / name, ["name"])
        writer.write({"name": text})
        writer.close()
    kept = plain_cell(text)
    assert next(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig").split("\n", 1)[1]))) == [kept]
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)
    assert [row[0] for row in book.worksheets[0].iter_rows(values_only=True)][1] in (kept, kept.removeprefix("'"))


@pytest.mark.parametrize("text", STANDING)
def test_mail_has_a_subject_whatever_a_name_holds(settings, mailoutbox, text):
    facts = {"description": text, "target": text, "lines": [text], "link": "https://example.com", "name": text}
    mail_of(event="subscriptions.confirm", language="zh-hans", to="a@example.com", facts=facts,
            leave="https://example.com/leave").send()
    assert [mail.message().as_bytes() != b"" for mail in mailoutbox] == [True]
