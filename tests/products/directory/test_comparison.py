"""Listings side by side: which are shown, what differs, what is refused."""

from __future__ import annotations

import pytest

from tests.factories import listings as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(cast, catalogue):
    rows = factory.published()
    rows["ours"] = factory.listed(cast, catalogue)
    return rows


def rows(response) -> dict[str, tuple[list[str | None], bool]]:
    return {row.label: (row.values, row.differs) for row in response.context["rows"]}


def test_comparison_marks_what_differs_in_the_order_asked(register, client):
    response = client.get("/compare/?n=WAPI-2026-00001&n=wapi-b-0003")
    assert [one["number"] for one in response.context["listings"]] == ["WAPI-2026-00001", "WAPI-B-0003"]
    shown = rows(response)
    assert shown["频段"] == (["2.4GHz", "2.4GHz"], False)
    # Who states nothing may have the same.
    assert shown["测试报告"] == (["WAPI-T-2026-0001", None], False)
    assert shown["状态"] == (["有效 2026-11-20", "此前公布"], True)
    assert shown["企业"] == (["演示甲通信科技有限公司", "常州中能电力科技有限公司"], True)
    assert response.content.decode().count("≠") == 1 + sum(differs for _values, differs in shown.values())


def test_comparison_of_one_marks_nothing(register, client):
    assert not any(differs for _values, differs in rows(client.get("/compare/?n=WAPI-B-0003")).values())


def test_comparison_without_numbers_says_how_to_choose(register, client):
    assert "尚未选择产品" in client.get("/compare/").content.decode()


def test_comparison_names_what_is_unknown_and_shows_four_at_most(register, client):
    numbers = [f"n=WAPI-B-000{nth}" for nth in range(1, 7)]
    response = client.get(f"/compare/?n=WAPI-B-9999&n=WAPI-B-0001&n=WAPI-B-0001&n=&{'&'.join(numbers)}")
    assert [one["number"] for one in response.context["listings"]] == ["WAPI-B-0001", "WAPI-B-0002", "WAPI-B-0003"]
    assert (response.context["unknown"], response.context["is_too_many"]) == (["WAPI-B-9999"], True)


@pytest.mark.parametrize("number", ["%00", "%F0%9F%98%80" * 50, "<script>"])
def test_comparison_survives_any_number(register, client, number):
    response = client.get(f"/compare/?n={number}")
    assert (response.status_code, response.context["listings"]) == (200, [])
    assert "<script>" not in response.content.decode().split("<main", 1)[1]


def test_list_offers_each_line_for_comparison(register, client):
    page = client.get("/").content.decode()
    assert page.count('name="n" value=') == 11
    assert 'name="n"' not in client.get("/companies/C00003/").content.decode()


def test_columns_and_rows_of_a_page_are_chosen_and_stay_in_the_address(register, client):
    response = client.get("/?columns=number&columns=categories&page_size=50&ordering=model")
    page = response.content.decode()
    assert page.count("<th scope=\"col\"") == 3
    assert "WAPI-B-0003</span>" in page
    assert [size["label"] for size in response.context["sizes"] if size["is_chosen"]] == [50]
    group = response.context["groups"][0]
    assert group.choices[0].href.startswith("/?columns=number&columns=categories&page_size=50&ordering=model&type=")
    wrong = client.get("/?columns=price&page_size=7")
    assert {mistake["field"] for mistake in wrong.context["mistakes"]} == {"columns", "page_size"}
    assert wrong.content.decode().count("<th scope=\"col\"") == 7


def test_page_of_too_many_hits_says_at_least(register, client, monkeypatch):
    monkeypatch.setattr("products.listings.selectors.statements.MOST_COUNTED", 3)
    monkeypatch.setattr("products.listings.selectors.searching.MOST_COUNTED", 3)
    page = client.get("/?q=wapi").content.decode()
    assert "数字表示“至少”" in page
    assert "+ 个产品" in page


def test_page_of_short_words_says_where_it_looked(register, client):
    page = client.get("/?q=ap").content.decode()
    assert "“ap”太短" in page
    assert "AP780N-806-WAPI" in page
    # As it was typed, not as it is looked up.
    assert "“莲”太短" in client.get("/?q=莲").content.decode()
    assert "“！？”没有字母" in client.get("/?q=！？").content.decode()
    assert "没有字母" not in client.get("/?q=莲雾").content.decode()


def test_what_is_cleared_keeps_how_the_page_looks(register, client):
    page = client.get("/?q=demo&type=SEN&columns=date&page_size=50&ordering=model")
    assert page.context["cleared"] == "/?columns=date&page_size=50"
    assert page.context["first_page"] == "/?q=demo&type=SEN&columns=date&page_size=50&ordering=model"
    assert client.get("/?q=demo").context["cleared"] == "/"
    twice = client.get(f"/?{'type=SEN&' * 200}page_size=50").context
    assert (twice["first_page"], twice["cleared"]) == ("/?type=SEN&page_size=50", "/?page_size=50")


def test_categories_are_called_by_their_names(register, client):
    page = client.get("/?columns=categories&q=znpbm").content.decode()
    assert "互通性、完整性、功能" in page
    assert "IOP" not in page.split("<tbody", 1)[1]


def test_nothing_found_names_models_spelt_alike_and_filters_in_the_way(register, client):
    page = client.get("/?q=GW41O").content.decode()
    assert "写法相近的型号" in page
    assert "/?q=GW410" in page
    page = client.get("/?type=AP&generation=802.11n").content.decode()
    assert "去掉一个条件后可找到" in page
