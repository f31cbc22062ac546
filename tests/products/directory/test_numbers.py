"""Whoever types a number that stands on one of our papers learns what it is and what has become of it."""

from __future__ import annotations

import re

import pytest

from products.directory.selectors import verified
from products.directory.views.verification import LISTED, PRIVATE, answer_for
from products.listings.models import Listing
from products.listings.services import redirect_address, set_listing_status
from products.listings.states import AddressKind, ListingStatus
from products.reports.selectors.numbers import looks_like_a_code, report_numbers_meant
from tests.factories import certification, reports
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db
WRITTEN = {
    "as it is printed": str,
    "with blanks": lambda number: number.replace("-", " "),
    "without hyphens": lambda number: number.replace("-", ""),
    "with one hyphen missing": lambda number: number.replace("-", "", 1),
    "in small letters": str.lower,
    "in full width": lambda number: "".join(chr(ord(sign) + 0xFEE0) for sign in number),
    "with long dashes": lambda number: number.replace("-", "–"),
    "with its heading": lambda number: f"编号 No. {number}",
}


@pytest.fixture
def ours(cast, catalogue):
    return factory.listed(cast, catalogue)


@pytest.mark.parametrize("way", WRITTEN)
def test_number_of_a_certificate_is_answered_with_the_state_of_its_listing(ours, client, way):
    answer = client.get(f"/api/v1/verify/{WRITTEN[way](ours.listing_number)}/").json()
    assert {name: answer[name] for name in ("kind", "state", "listing_number", "listing_status", "number",
                                            "report_state", "hint")} == {
        "kind": "listing", "state": "valid", "listing_number": "WAPI-2026-00001", "listing_status": "valid",
        "number": "WAPI-T-2026-0001", "report_state": "issued", "hint": None}
    page = client.get(f"/v/{WRITTEN[way](ours.listing_number)}/").content.decode()
    assert ("名录资格有效" in page, "校验位" in page, "没有找到" in page) == (True, False, False)


@pytest.mark.parametrize("way", WRITTEN)
def test_number_of_a_report_is_answered_however_it_is_written(ours, way):
    found = verified(WRITTEN[way]("WAPI-T-2026-0001"))
    assert (found.kind, found.state, found.number, found.hint) == ("report", "valid", "WAPI-T-2026-0001", None)


@pytest.mark.parametrize("way", WRITTEN)
def test_number_of_what_was_published_before_is_answered_with_what_is_known(catalogue, client, way):
    number = sorted(row.listing_number for row in factory.published().values())[0]
    found = verified(WRITTEN[way](number))
    assert (found.kind, found.state, found.listing_number) == ("listing", "published_before", number)
    assert "早期公布的名录条目" in client.get(f"/v/{number}/").content.decode()


@pytest.mark.parametrize("status", [one for one in ListingStatus.values if one != "valid"])
def test_certificate_and_report_of_an_ended_listing_are_told_apart(ours, client, status):
    set_listing_status(listing=ours, status=ListingStatus(status), since=factory.LISTED_ON, reason_zh="演示：抽查")
    report, listing = verified("WAPI-T-2026-0001"), verified("WAPI-2026-00001")
    assert (listing.kind, listing.state, report.kind, report.report_state) == ("listing", status, "report", "issued")
    assert report.state == ("listing_withdrawn" if status == "withdrawn" else status)
    page = client.get("/v/WAPI-T-2026-0001/").content.decode()
    assert ("报告为真" in page, "不再有效" in page, "演示：抽查" in page) == (True, False, True)


def test_listing_that_was_changed_past_the_services_is_not_vouched_for(ours, client):
    Listing.objects.filter(pk=ours.pk).update(model="DEMO-OTHER")
    found = verified("WAPI-2026-00001")
    assert (found.kind, found.state, found.facts, found.number) == ("listing", "inconsistent", {}, None)
    assert "记录异常" in client.get("/v/WAPI-2026-00001/").content.decode()


def test_withdrawn_report_is_told_in_words_of_its_own(cast, catalogue):
    withdrawn = certification.withdrawn(cast)
    of_listing = answer_for(verified(withdrawn.report.number or ""))
    of_report = answer_for(verified(reports.withdrawn(cast, device_type="AP").number or ""))
    assert (str(of_report.title), str(of_listing.title)) == ("报告已撤回", "名录资格已撤销")
    assert of_report.meaning != of_listing.meaning


@pytest.mark.parametrize(("number", "kind", "word"), [
    ("WT-2026-0001", "order", "委托编号"), ("yp 2026 0022", "sample", "样品编号"), ("ZG20260003", "rework", "整改编号"),
    ("ＪＹ－２０２６－０００１", "loan", "借用编号")])
def test_number_between_laboratory_and_member_is_named_and_tells_nothing(db, client, number, kind, word):
    answer = client.get(f"/api/v1/verify/{number}/").json()
    assert (answer["kind"], answer["state"], answer["number"], answer["facts"]) == (kind, "not_public", None, None)
    assert word in client.get(f"/v/{number}/").content.decode()
    assert kind in PRIVATE


@pytest.mark.parametrize("number", ["WAPI-2026-99999", "WAPI-B-9999", "wapi 2026 99999"])
def test_listing_number_that_nobody_bears_is_told_as_such(db, client, number):
    assert (verified(number).kind, verified(number).state, verified(number).hint) == ("listing", "unknown", None)
    assert "没有找到这个名录编号" in client.get(f"/v/{number}/").content.decode()


def test_former_number_of_a_listing_leads_to_its_state(ours):
    redirect_address(kind=AddressKind.LISTING, former="ALT-0007", present=ours.listing_number, actor=None)
    assert (verified("alt 0007").state, verified("ALT-0007").listing_number) == ("valid", ours.listing_number)


def test_every_state_of_a_listing_has_its_words():
    assert set(LISTED) == {*ListingStatus.values, "published_before", "inconsistent", "unknown"}


@pytest.mark.parametrize(("text", "is_code"), [
    ("7K2M-Q9XW-B4TF8", True), ("7k2m q9xw b4tf8", True), ("7K2MQ9XWB4TF", True), ("WAPI-2026-00001", False),
    ("WAPI T 2026 0001", False), ("WT-2026-000001", False), ("WAPI-B-0001", False), ("演示", False),
    ("Archer C7 AC1750", False), ("x" * 40, False)])
def test_hint_at_a_slip_is_for_what_is_shaped_like_a_code(text, is_code):
    assert looks_like_a_code(text) == is_code


@pytest.mark.parametrize(("style", "text", "number"), [
    ("WAPI-T-{year}-{number:04d}", "wapit20260012", "WAPI-T-2026-0012"),
    ("检字{year}第{number}号", "检字 2026 第12号", "检字2026第12号"),
    ("R{number:06d}", "r 000 123", "R000123"),
    ("{year}/{number:03d}/{year}", "2026/001/2026", "2026/001/2026")])
def test_numbers_follow_the_format_of_the_laboratory(settings, style, text, number):
    settings.REPORT_NUMBER_FORMAT = style
    assert number in report_numbers_meant(text)


def test_page_of_a_certificate_number_shows_the_listing_and_leads_to_the_report(ours, client):
    page = client.get("/v/WAPI-2026-00001/").content.decode()
    assert re.search(r'href="/products/WAPI-2026-00001/"', page)
    assert re.search(r'href="/v/WAPI-T-2026-0001/"', page)
    assert (ours.report.verification_code in page, "report.pdf" in page) == (False, False)
