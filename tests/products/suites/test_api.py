"""The public endpoints of the suite: shapes, pages, filters, tags, and drafts that stay hidden."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from products.suites.models import Edition, Feature
from tests.factories import catalogue as factory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
ADDRESSES = ["/api/v1/editions/", "/api/v1/editions/2024-03/", "/api/v1/editions/2024-03/items/",
             "/api/v1/editions/before-2024-03/diff/2024-03/", "/api/v1/device-types/"]


def get(client: Client, path: str, **headers: str) -> Any:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.json()


def test_list_editions_shows_the_contract(client: Client, catalogue: Any) -> None:
    body = get(client, "/api/v1/editions/")
    assert set(body) == {"next", "previous", "results"}
    assert [row["slug"] for row in body["results"]] == ["before-2024-03", "2024-03"]
    assert body["results"][1] == {
        "slug": "2024-03", "label_zh": "2024年3月版", "label_en": "March 2024 edition",
        "name_zh": "《无线局域网鉴别与保密基础结构（WAPI）功能测试项目（2024年3月版）》",
        "name_en": "WAPI function test items, March 2024 edition",
        "status": "published", "origin": "published", "is_mandatory": True, "predecessor": "before-2024-03",
        "available_on": None, "active_on": None, "fingerprint": catalogue.edition.fingerprint, "item_count": 125,
        "url": "http://127.0.0.1:8000/editions/2024-03/",
    }
    assert body["results"][0]["name_zh"] is None


def test_list_editions_takes_the_same_queries_for_one_and_three(
    client: Client, catalogue: Any, cast: Any, django_assert_num_queries: Any
) -> None:
    Edition.objects.filter(slug="before-2024-03").update(status="draft")
    with django_assert_num_queries(5):
        assert len(get(client, "/api/v1/editions/")["results"]) == 1
    draft = factory.draft_edition(editor=cast.editor)
    Edition.objects.filter(pk=draft.pk).update(status="published", fingerprint="f" * 64)
    Edition.objects.filter(slug="before-2024-03").update(status="retired")
    with django_assert_num_queries(5):
        assert len(get(client, "/api/v1/editions/")["results"]) == 3


def test_get_edition_by_its_slug(client: Client, catalogue: Any) -> None:
    assert get(client, "/api/v1/editions/2024-03/")["item_count"] == 125


@pytest.mark.parametrize("who", [None, "vendor", "approver"])
@pytest.mark.parametrize("path", ["{}/", "{}/items/", "{}/diff/2024-03/", "2024-03/diff/{}/"])
def test_get_draft_edition_is_not_found(client: Client, catalogue: Any, cast: Any, path: str, who: str | None) -> None:
    factory.draft_edition(editor=cast.editor)
    if who:
        assert client.login(username=who, password=PASSWORD)
    response = client.get(f"/api/v1/editions/{path.format('2026-draft')}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_list_items_pages_through_the_whole_edition(client: Client, catalogue: Any) -> None:
    first = get(client, "/api/v1/editions/2024-03/items/")
    second = get(client, first["next"].removeprefix("http://testserver"))
    codes = [row["code"] for row in first["results"] + second["results"]]
    assert (len(first["results"]), len(codes), len(set(codes)), second["next"]) == (100, 125, 125, None)
    assert codes[0] == "IOP-01"


def test_list_items_shows_the_contract(client: Client, catalogue: Any) -> None:
    rows = get(client, "/api/v1/editions/2024-03/items/?category=PER")["results"]
    item = next(row for row in rows if row["code"] == "PER-07")
    assert set(item) == {
        "code", "parent", "category", "group_zh", "name_zh", "name_en", "requirement_zh", "requirement_en",
        "result_type", "basis", "evidence", "applicability", "measurements", "origin",
    }
    assert item["applicability"]["AC"] == {"level": "C", "feature": "handover"}
    assert item["measurements"][0] == {
        "key": "tries", "name_zh": "切换次数", "name_en": "handovers", "type": "number", "unit": "次", "choices": None,
        "comparator": ">=", "limit": "10", "role": "validity",
        "limit_origin": "public web page quoting GB/T 32420 6.2 (network tests), to be confirmed",
    }
    assert (item["parent"], item["origin"]) == (None, "proposed")


def test_list_items_says_null_where_nothing_is_known(client: Client, catalogue: Any) -> None:
    rows = get(client, "/api/v1/editions/2024-03/items/?category=FUN")["results"]
    speed = next(row for row in rows if row["code"] == "FUN-ASP")
    assert speed["basis"][0]["clause"] is None
    mode = next(entry for entry in speed["measurements"] if entry["key"] == "cert_mode")
    assert (mode["unit"], mode["comparator"], mode["limit"], mode["limit_origin"]) == (None, None, None, None)
    child = next(row for row in rows if row["code"] == "FUN-RT-01")
    assert (child["parent"], child["origin"]) == ("FUN-RT", "proposed")


def test_list_items_by_device_type_holds_those_that_apply(client: Client, catalogue: Any) -> None:
    rows = get(client, "/api/v1/editions/2024-03/items/?device_type=CIS")["results"]
    expected = [row["code"] for row in factory.SUITE["items"] if "CIS" in row["applicability"]]
    assert [row["code"] for row in rows] == expected


@pytest.mark.parametrize(("name", "value", "remedy"), [
    ("device_type", "UFO", "可用的取值：AP、AC、AS、CIS、STA、CPE、MOD、SEN、TXR、CAM、CHIP。"),
    ("category", "XXX", "可用的取值：IOP、INT、FUN、PER。"),
])
def test_list_items_by_an_unknown_value_is_refused_with_the_known_ones(
    client: Client, catalogue: Any, name: str, value: str, remedy: str
) -> None:
    response = client.get(f"/api/v1/editions/2024-03/items/?{name}={value}")
    body = response.json()
    assert (response.status_code, body["code"], body["field"], body["remedy"]) == (422, "filter_invalid", name, remedy)


def test_list_items_queries_do_not_grow(client: Client, catalogue: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(8):
        get(client, "/api/v1/editions/2024-03/items/?page_size=1")
    with django_assert_num_queries(8):
        get(client, "/api/v1/editions/2024-03/items/?page_size=3")


def test_get_difference_of_the_real_editions(client: Client, catalogue: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(12):
        body = get(client, "/api/v1/editions/before-2024-03/diff/2024-03/")
    assert (body["before"], body["after"]) == ("before-2024-03", "2024-03")
    assert (len(body["added"]), body["changed"], body["removed"]) == (15, [], [])


def test_get_difference_shows_what_was_changed(client: Client, catalogue: Any, cast: Any) -> None:
    draft = factory.draft_edition(editor=cast.editor)
    Edition.objects.filter(pk=draft.pk).update(status="published", fingerprint="f" * 64)
    body = get(client, "/api/v1/editions/2024-03/diff/2026-draft/")
    assert [row["code"] for row in body["removed"]] == ["IOP-02"]
    assert [(row["code"], sorted(row["changes"])) for row in body["changed"]] == [
        ("FUN-RT-01", ["requirement_zh"]), ("FUN-RT-02", ["parent"]),
    ]
    assert body["changed"][1]["changes"]["parent"] == {"before": "FUN-RT", "after": None}


def test_get_difference_to_an_unknown_edition_is_not_found(client: Client, catalogue: Any) -> None:
    assert client.get("/api/v1/editions/2024-03/diff/1999-01/").status_code == 404


def test_list_device_types_shows_fields_and_questions(
    client: Client, catalogue: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(9):
        rows = {row["code"]: row for row in get(client, "/api/v1/device-types/")["results"]}
    assert list(rows) == ["AP", "AC", "AS", "CIS", "STA", "CPE", "MOD", "SEN", "TXR", "CAM", "CHIP"]
    assert [row["key"] for row in rows["SEN"]["asked_features"]] == ["sleep", "declared_throughput"]
    power = [row for row in rows["SEN"]["specification_fields"] if row["key"] == "power"]
    assert power == [{
        "key": "power", "name_zh": "供电方式", "name_en": "Power", "type": "enum", "required": "R",
        "options": ["电池", "直流", "取能"], "is_open": False, "unit": None, "hint_zh": None, "example": "电池供电",
        "origin": "published",
    }]
    assert "bands" not in [row["key"] for row in rows["AC"]["specification_fields"]]
    assert (rows["CHIP"]["testable"], rows["CHIP"]["asked_features"]) == (False, [])


def test_list_device_types_without_an_edition_in_force_asks_nothing(client: Client, catalogue: Any) -> None:
    Edition.objects.update(is_mandatory=False)
    assert [row["asked_features"] for row in get(client, "/api/v1/device-types/")["results"]] == [[]] * 11


@pytest.mark.parametrize("path", ADDRESSES)
def test_read_again_with_the_tag_is_not_modified(client: Client, catalogue: Any, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)


def test_read_again_after_a_change_is_fresh(client: Client, catalogue: Any) -> None:
    path = "/api/v1/editions/2024-03/items/"
    tag = client.get(path).headers["ETag"]
    Feature.objects.filter(key="sleep").update(name_en="sleeping")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ADDRESSES)
def test_write_to_public_reads_is_refused(client: Client, catalogue: Any, path: str) -> None:
    assert client.post(path, {}, content_type="application/json").status_code == 405
