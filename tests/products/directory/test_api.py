"""The public API: the contract's names, null for what is not stated, problems by field, never out of date."""

from __future__ import annotations

from datetime import date

import pytest

from products.listings.services import set_listing_status
from products.listings.states import ListingStatus
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db
CONTRACT = ["listing_number", "model", "name_zh", "name_en", "company", "device_type", "bands", "generation", "status",
            "status_since", "edition", "categories_passed", "listed_on", "source", "url"]


@pytest.fixture
def register(cast, catalogue):
    rows = factory.published()
    rows["ours"] = factory.listed(cast, catalogue)
    return rows


def test_products_hold_the_fields_of_the_contract(register, client):
    row = client.get("/api/v1/products/?q=znpbm").json()["results"][0]
    assert [name for name in row if name != "is_demonstration"] == CONTRACT
    assert row == {
        "listing_number": "WAPI-B-0003", "model": "ZNPBM", "name_zh": "无线式避雷器绝缘在线监测装置",
        "name_en": "Wireless surge-arrester insulation on-line monitor",
        "company": {"number": register["N03"].company.number, "name_zh": "常州中能电力科技有限公司",
                    "name_en": "Changzhou Zhongneng Electric Power Technology Co., Ltd.", "name_en_confirmed": False},
        "device_type": "SEN", "bands": ["2.4GHz"], "generation": "802.11n", "status": None, "status_since": None,
        "edition": "2024-03", "categories_passed": ["IOP", "INT", "FUN"], "listed_on": "2024-04-12",
        "source": "published_before", "is_demonstration": False,
        "url": "http://127.0.0.1:8000/products/WAPI-B-0003/",
    }


def empty_texts(value, path="") -> list[str]:
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in empty_texts(part, f"{path}.{key}")]
    if isinstance(value, list):
        return [found for part in value for found in empty_texts(part, path)]
    return [path] if value == "" else []


def test_what_was_not_published_is_null_and_never_an_empty_text(register, client):
    rows = client.get("/api/v1/products/").json()["results"]
    details = [client.get(f"/api/v1/products/{row['listing_number']}/").json() for row in rows]
    assert empty_texts([rows, details, client.get("/api/v1/companies/").json()]) == []
    named = next(row for row in rows if row["company"]["name_zh"].startswith("河南"))
    assert {named[name] for name in ("model", "name_zh", "name_en", "device_type", "bands", "generation", "status",
                                     "edition", "categories_passed", "listed_on")} == {None}


def test_product_has_history_versions_reports_and_digests(cast, catalogue, client):
    factory.suspended(cast, catalogue)
    body = client.get("/api/v1/products/wapi-2026-00001/").json()
    assert [(step["status"], step["on"], step["reason_zh"]) for step in body["history"]] == [
        ("valid", "2026-11-20", None), ("suspended", "2026-11-21", "现场抽查发现固件与受测版本不一致")]
    assert body["tested_versions"] == [{"hardware": "V1.0", "firmware": "2.3.1"}]
    report = body["reports"][0]
    assert (report["number"], report["state"], report["sha256"], report["sm3"]) == (
        "WAPI-T-2026-0001", "issued", "ab" * 32, "cd" * 32)
    assert (body["status"], body["status_since"]) == ("suspended", "2026-11-21")


def test_product_that_is_unknown_is_not_found_as_a_problem(client):
    response = client.get("/api/v1/products/WAPI-B-9999/")
    assert (response.status_code, response["Content-Type"], response.json()["code"]) == (
        404, "application/problem+json", "not_found")


@pytest.mark.parametrize(("query", "models"), [
    ("q=780n", ["AP780N-806-WAPI"]), ("q=莲雾", ["GW410", "SWL801", "STH801"]), ("q=莲雾 温湿度", ["STH801"]),
    ("type=AP&type=MOD", ["SCMF0202G01", "AP780N-806-WAPI"]), ("status=valid", ["DEMO-TH-1"]),
    ("listed_after=2024-05-01&listed_before=2024-12-31&ordering=model", ["GW410", "STH801", "SWL801"]),
])
def test_products_take_every_filter(register, client, query, models):
    rows = client.get(f"/api/v1/products/?{query}").json()["results"]
    assert [row["model"] for row in rows] == models


@pytest.mark.parametrize(("query", "field", "code"), [
    ("type=XX", "type", "invalid_filter"), ("status=good", "status", "invalid_filter"),
    ("listed_after=x", "listed_after", "invalid_filter"), ("company=C99999", "company", "invalid_filter"),
    ("ordering=price", "ordering", "invalid_filter"), ("facets=yes", "facets", "invalid_filter"),
    ("page_size=0", "page_size", "invalid_filter"), ("page_size=101", "page_size", "invalid_filter"),
    ("page_size=²", "page_size", "invalid_filter"), ("page_size=0100999999", "page_size", "invalid_filter"),
    ("cursor=x", "cursor", "invalid_cursor"),
])
def test_products_refuse_a_wrong_value_by_its_field(register, client, query, field, code):
    response = client.get(f"/api/v1/products/?{query}")
    body = response.json()
    assert (response.status_code, response["Content-Type"], body["field"], body["code"]) == (
        422, "application/problem+json", field, code)
    assert body["detail"]
    assert body["remedy"]
    assert not response.has_header("ETag")


def test_products_with_facets_count_each_value(register, client):
    body = client.get("/api/v1/products/?facets=1&type=SEN").json()
    assert body["count"] == 6
    assert body["facets"]["type"] == [{"value": "AP", "count": 1}, {"value": "MOD", "count": 1},
                                      {"value": "SEN", "count": 6}, {"value": "TXR", "count": 1},
                                      {"value": "not_stated", "count": 2}]
    assert body["facets"]["status"] == [{"value": "not_stated", "count": 5}, {"value": "valid", "count": 1}]
    assert "facets" not in client.get("/api/v1/products/?facets=0").json()


def test_products_are_paged_by_cursor_with_their_query(register, client):
    seen, address = [], "/api/v1/products/?page_size=4&ordering=model"
    while address:
        body = client.get(address).json()
        seen += [row["listing_number"] for row in body["results"]]
        address = body["next"]
    assert (len(seen), len(set(seen))) == (11, 11)
    assert client.get(body["previous"]).json()["next"]


@pytest.mark.parametrize("path", ["/api/v1/products/", "/api/v1/products/WAPI-2026-00001/", "/api/v1/companies/"])
def test_unchanged_answer_is_not_sent_twice_and_a_change_shows_at_once(register, client, path):
    tag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    set_listing_status(listing=register["ours"], status=ListingStatus.SUSPENDED, since=date(2026, 11, 21))
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again["ETag"] != tag) == (200, True)
    assert client.get("/api/v1/products/WAPI-2026-00001/").json()["status"] == "suspended"


@pytest.fixture(params=[1, 3])
def few(request, cast, catalogue):
    """One listing, and then three of two companies."""
    for nth in range(1, request.param + 1):
        factory.listed(cast, catalogue, nth=nth, company=(cast.company_a, cast.company_b)[nth % 2])


@pytest.mark.parametrize(("path", "queries"), [("/api/v1/products/?facets=1", 10), ("/api/v1/companies/", 2)])
def test_list_takes_the_same_queries_for_one_row_and_three(few, client, django_assert_num_queries, path, queries):
    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200


def test_companies_are_those_with_listings(register, cast, client):
    rows = client.get("/api/v1/companies/").json()["results"]
    assert cast.company_b.name_zh not in {row["name_zh"] for row in rows}
    assert client.get("/api/v1/companies/?q=莲雾").json()["results"] == [{
        "number": register["N06"].company.number, "name_zh": "广州莲雾科技有限公司", "short_name_zh": "莲雾科技",
        "name_en": "Guangzhou Lianwu Technology Co., Ltd.", "name_en_confirmed": False, "listings": 3,
        "url": f"http://127.0.0.1:8000/companies/{register['N06'].company.number}/"}]


@pytest.mark.parametrize("query", ["gzlw", "GZLW", "ｇｚｌｗ", "广州 莲雾", "LIANWU 科技", "c00005", "lwkj"])
def test_company_is_found_by_words_number_and_initials(register, client, query):
    number = register["N06"].company.number
    query = number.lower() if query == "c00005" else query
    assert [row["number"] for row in client.get("/api/v1/companies/", {"q": query}).json()["results"]] == [number]


@pytest.mark.parametrize("query", ["zlw", "SWL801", "莲雾 北京", "%", "_", "wapi", "莲" * 60000])
def test_company_is_not_found_by_what_is_not_its_own(register, client, query):
    assert client.get("/api/v1/companies/", {"q": query}).json()["results"] == []


@pytest.mark.parametrize("path", ["/api/v1/products/", "/api/v1/products/WAPI-B-0001/", "/api/v1/companies/"])
def test_public_reads_take_no_other_method(register, client, path):
    assert {client.post(path).status_code, client.put(path).status_code, client.delete(path).status_code} <= {
        401, 403, 405}
