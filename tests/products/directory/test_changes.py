"""What is new: the page, the Atom feed, the API's feed, and what a company's and an edition's page count."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest
import time_machine

from products.listings.models import ListingChange
from products.listings.services import publish_changes, set_listing_status
from products.listings.states import ChangeKind, ListingStatus
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def register(cast, catalogue):
    rows = factory.published()
    rows["ours"] = factory.suspended(cast, catalogue)
    return rows


def kinds(response) -> list[tuple[str, str]]:
    return [(line["kind"], line["number"]) for line in response.context["lines"]]


@pytest.mark.parametrize("path", ["/changes/", "/changes.atom", "/changes/?kind=suspended&company=C00001"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_changes_open_for_anybody_and_are_light(register, client, path, language):
    response = client.get(path, headers={"Accept-Language": language})
    assert (response.status_code, len(response.content) <= 100 * 1024) == (200, True)
    assert client.post(path).status_code == 405


def test_changes_come_newest_first_with_day_and_reason(register, client):
    response = client.get("/changes/")
    assert kinds(response)[:2] == [("suspended", "WAPI-2026-00001"), ("listed", "WAPI-2026-00001")]
    assert "现场抽查发现固件与受测版本不一致" in text(response)


@pytest.mark.parametrize(("query", "expected"), [
    ("kind=listed", [("listed", "WAPI-2026-00001")]),
    ("type=SEN&kind=suspended", [("suspended", "WAPI-2026-00001")]),
    ("type=AP&kind=suspended", []),
    ("kind=none&company=C99999&type=SEN&before=x", 7),
])
def test_changes_are_narrowed_and_a_wrong_value_is_named_and_left_out(register, client, query, expected):
    response = client.get(f"/changes/?{query}")
    found = kinds(response)
    assert (len(found) if isinstance(expected, int) else found) == expected
    assert len(response.context["mistakes"]) == (2 if isinstance(expected, int) else 0)


def test_changes_of_a_company_are_its_own(register, cast, client):
    response = client.get(f"/changes/?company={cast.company_a.number}")
    assert {number for _kind, number in kinds(response)} == {"WAPI-2026-00001"}
    # A company that has only applied is answered like one that does not exist.
    assert client.get(f"/changes/?company={cast.company_b.number}").context["mistakes"] == [
        ("企业", "没有此编号的企业。")]


@pytest.mark.forges_rows
def test_changes_are_cut_into_pages_that_stay_put(cast, catalogue, client):
    listing = factory.listed(cast, catalogue)
    publish_changes([ListingChange(listing=listing, kind=ChangeKind.CORRECTED, on=date(2026, 11, 20))
                     for _nth in range(120)])
    pages, address = [], "/changes/"
    while address:
        response = client.get(address)
        pages.append([line["pk"] for line in response.context["lines"]])
        if len(pages) == 1:
            publish_changes([ListingChange(listing=listing, kind=ChangeKind.CORRECTED, on=date(2026, 11, 21))])
        address = response.context["older"]
    assert [len(page) for page in pages] == [50, 50, 21]
    assert len({pk for page in pages for pk in page}) == 121
    assert [line["pk"] for line in client.get(response.context["newer"]).context["lines"]] == pages[1]


@pytest.mark.parametrize(("path", "queries"), [("/changes/", 3), ("/changes.atom", 2), ("/api/v1/changes/", 2)])
def test_changes_take_the_same_queries_for_one_row_and_many(
    cast, catalogue, client, django_assert_num_queries, path, queries
):
    for nth in (1, 2, 3):
        factory.listed(cast, catalogue, nth=nth)
        with django_assert_num_queries(queries):
            client.get(path)


def test_feed_is_atom_with_ids_that_stay(register, client):
    response = client.get("/changes.atom?kind=suspended")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own feed
    (entry,) = feed.findall(f"{ATOM}entry")
    change = ListingChange.objects.latest("id")
    assert entry.findtext(f"{ATOM}id") == f"http://127.0.0.1:8000/changes/#{change.pk}"
    assert entry.findtext(f"{ATOM}title") == "暂停：DEMO-TH-1 · 演示温湿度传感器 · 演示甲通信科技有限公司（演示）"
    assert entry.find(f"{ATOM}link").attrib["href"] == "http://127.0.0.1:8000/products/WAPI-2026-00001/"
    assert entry.findtext(f"{ATOM}summary") == "现场抽查发现固件与受测版本不一致"


def test_api_feed_goes_on_from_its_cursor_and_skips_nothing(register, client):
    seen, since = [], "0"
    while True:
        body = client.get("/api/v1/changes/", {"since": since, "page_size": 5}).json()
        seen += [int(row["cursor"]) for row in body["results"]]
        since = body["cursor"]
        if body["next"] is None:
            break
    assert seen == list(ListingChange.objects.order_by("id").values_list("id", flat=True))
    assert client.get("/api/v1/changes/", {"since": since}).json() == {"next": None, "cursor": since, "results": []}
    set_listing_status(listing=register["ours"], status=ListingStatus.WITHDRAWN, since=date(2026, 11, 22),
                       reason_zh="演示")
    (row,) = client.get("/api/v1/changes/", {"since": since}).json()["results"]
    assert (row["kind"], row["on"], row["status"], row["reason_zh"], row["reason_en"]) == (
        "withdrawn", "2026-11-22", "withdrawn", "演示", None)
    assert (row["listing"]["listing_number"], row["listing"]["status"]) == ("WAPI-2026-00001", "withdrawn")


def test_api_feed_that_did_not_change_is_not_sent_again(register, client):
    tag = client.get("/api/v1/changes/?since=0")["ETag"]
    assert client.get("/api/v1/changes/?since=0", headers={"If-None-Match": tag}).status_code == 304


def test_api_feed_begins_at_a_day(cast, catalogue, client):
    with time_machine.travel("2026-11-20 23:59+08:00", tick=False):
        factory.listed(cast, catalogue, nth=1)
    with time_machine.travel("2026-11-21 00:00+08:00", tick=False):
        factory.listed(cast, catalogue, nth=2)
    rows = client.get("/api/v1/changes/?since=2026-11-21").json()["results"]
    assert [row["listing"]["listing_number"] for row in rows] == ["WAPI-2026-00002"]


@pytest.mark.parametrize(("query", "field"), [
    ("since=yesterday", "since"), ("since=9999999999999999999999", "since"), ("kind=x", "kind"), ("type=XX", "type"),
    ("company=C99999", "company"), ("page_size=0", "page_size"),
])
def test_api_feed_refuses_a_wrong_value_by_its_field(register, client, query, field):
    body = client.get(f"/api/v1/changes/?{query}").json()
    assert (body["status"], body["code"], body["field"]) == (422, "invalid_filter", field)
    assert body["remedy"]


def test_company_page_counts_its_types_and_leads_to_its_changes(register, client):
    number = register["N06"].company.number
    response = client.get(f"/companies/{number}/")
    assert [(label, count) for label, count, _href in response.context["types"]] == [
        ("传感器/在线监测装置", 2), ("传感器变送器（采集网关）", 1)]
    assert client.get(response.context["types"][0][2]).context["total"] == 2
    assert f"/changes/?company={number}" in text(response)


def test_edition_page_counts_the_devices_that_passed_it_and_what_it_adds(register, client):
    page = client.get("/editions/2024-03/")
    counts = page.context["counts"]
    assert (counts.listed, counts.valid) == (7, 0)
    assert [item.code for item in page.context["news"].added] != []
    tag = client.get("/editions/2024-03/")["ETag"]
    set_listing_status(listing=register["ours"], status=ListingStatus.VALID, since=date(2026, 11, 23))
    again = client.get("/editions/2024-03/", headers={"If-None-Match": tag})
    assert (again.status_code, again.context["counts"].valid) == (200, 1)
    assert "其中 1 个有效" in text(client.get("/editions/"))
