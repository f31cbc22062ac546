"""Facets, pages, and what a filter takes."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation
from pypinyin import lazy_pinyin

from products.listings.errors import CursorInvalid, FilterInvalid
from products.listings.filters import ListingFilter
from products.listings.models import Listing
from products.listings.selectors import (
    ORDERINGS,
    Answer,
    Question,
    answer,
    companies_listed,
    listing_numbered,
    listings_like,
    listings_public,
    nearest_models,
    page_of,
    searching,
    statements,
)
from products.listings.states import FACETS, NOT_STATED
from tests.factories import listings as factory
from tests.factories import people

pytestmark = pytest.mark.django_db


def asked(query: str) -> ListingFilter:
    return ListingFilter(QueryDict(query))


def answered(query: str, **page: Any) -> Answer:
    return answer(asked(query).question(**page))


def models(rows) -> list[str | None]:
    return [row["model"] if isinstance(row, dict) else row.model for row in rows]


@pytest.fixture
def register(cast, catalogue):
    """Eight published products, two companies without details, one device of our own, one suspended."""
    rows = factory.published()
    factory.listed(cast, catalogue)
    factory.suspended(cast, catalogue, nth=2, device=factory.device(cast.company_a, catalogue, model="DEMO-TH-2"))
    return rows


@pytest.mark.parametrize(("query", "found"), [
    ("780n", ["AP780N-806-WAPI"]),
    ("莲雾", ["GW410", "SWL801", "STH801"]),
    ("莲雾 温湿度", ["STH801"]),
    ("温湿度　莲雾", ["STH801"]),
    ("ＡＰ７８０", ["AP780N-806-WAPI"]),
    ("gzlw", ["GW410", "SWL801", "STH801"]),
    ("wapi-b-0003", ["ZNPBM"]),
    ("WAPI-T-2026-0002", ["DEMO-TH-2"]),
    ("Lianwu gateway", ["GW410"]),
    ("乐研", [None]),
    ("莲雾 红外", []),
])
def test_search_finds_the_listings_that_hold_every_word(register, query, found):
    assert models(page_of(listings_public().matching(query)).rows) == found
    assert sorted(map(str, models(answer(Question(query=query)).page.rows))) == sorted(map(str, found))


@pytest.mark.parametrize(("query", "number"), [
    ("type=SEN", 7), ("type=SEN&type=AP", 8), ("type=not_stated", 2),
    ("band=5GHz", 2), ("band=5GHz&band=2.4GHz", 10), ("generation=802.11ac", 2),
    ("category=INT", 8), ("category=IOP", 10), ("category=not_stated", 2),
    ("year=2024", 8), ("year=2026", 2), ("year=not_stated&year=2026", 4),
    ("edition=2024-03", 8), ("edition=not_stated", 4),
    ("status=valid", 1), ("status=suspended", 1), ("status=not_stated", 10), ("status=withdrawn", 0),
    ("listed_after=2024-04-30", 7), ("listed_before=2024-04-30", 5),
    ("listed_after=2024-04-12&listed_before=2024-04-30", 3),
    ("q=wapi&type=SEN&band=2.4GHz&year=2024", 5), ("type=SEN&generation=802.11ac", 0),
])
def test_filters_leave_what_fits_all_of_them(register, query, number):
    found = answered(query)
    assert (len(found.page.rows), found.total, found.is_exact, asked(query).mistakes) == (number, number, True, [])


def test_filter_by_company_leaves_its_listings(register):
    number = register["N06"].company.number
    assert sorted(models(answered(f"company={number}").page.rows)) == ["GW410", "STH801", "SWL801"]


@pytest.mark.parametrize("query", ["", "type=SEN", "type=SEN&band=5GHz", "q=wapi&year=2024&type=AP&type=MOD",
                                   "status=not_stated&edition=not_stated"])
def test_facet_counts_are_what_each_value_alone_would_show(register, query):
    counts = answered(query).counts
    choices = asked(query).filters
    for facet in FACETS:
        assert set(counts[facet]) <= {one for one, _label in choices[facet].extra["choices"]}
        for value in counts[facet]:
            alone = QueryDict(query, mutable=True)
            alone.setlist(facet, [value])
            assert counts[facet].get(value, 0) == len(answered(alone.urlencode(), size=50).page.rows), (facet, value)


@pytest.mark.parametrize(("query", "expected"), [("type=AP&generation=802.11n", {"type": 8, "generation": 1}),
                                                 ("q=莲雾&type=AP", {"type": 3})])
def test_answer_says_what_would_be_found_without_one_facets_selection(register, query, expected):
    assert answered(query).without == expected


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [("type=SEN&q=demo", 9), ("type=SEN", 9)])
def test_answer_takes_the_same_queries(cast, catalogue, django_assert_num_queries, number, query, queries):
    for nth in range(number):
        factory.listed(cast, catalogue, nth=nth + 1)
    # The version, and once per version three lists of choices; the same for the cube and its places; page and facts.
    with django_assert_num_queries(queries):
        answered(query)


@pytest.fixture
def few_counted(monkeypatch):
    """As if four were too many to count."""
    monkeypatch.setattr(statements, "MOST_COUNTED", 3)
    monkeypatch.setattr(searching, "MOST_COUNTED", 3)


def test_answer_beyond_what_is_counted_says_at_least_and_still_shows_its_rows(register, few_counted):
    found = answered("q=wapi", size=5)
    assert (found.total, found.is_total_exact, found.is_exact, found.ordering) == (6, False, False, "-listed_on")
    assert models(found.page.rows) == ["DEMO-TH-2", "DEMO-TH-1", "GW410", "SWL801", "STH801"]
    second = answered("q=wapi", size=50, cursor=found.page.next)
    assert (len(second.page.rows), second.page.next) == (7, None)
    assert sum(found.counts["type"].values()) == 4


def test_answer_beyond_what_is_counted_is_exact_where_the_facets_leave_few(register, few_counted):
    found = answered("q=wapi&type=MOD&type=AP")
    assert (found.total, found.is_total_exact, found.is_exact) == (2, True, False)


def test_search_by_relevance_puts_whole_fields_and_beginnings_of_models_first(cast, catalogue):
    for nth, model in enumerate(["XTH-1", "TH-11", "TH-1"], start=1):
        factory.listed(cast, catalogue, nth=nth, device=factory.device(cast.company_a, catalogue, model=model))
    assert models(answered("q=th-1").page.rows) == ["TH-1", "TH-11", "XTH-1"]
    assert models(answered("q=th-1&ordering=model").page.rows) == ["TH-1", "TH-11", "XTH-1"]
    assert models(answered("q=th-1&ordering=-listed_on").page.rows) == ["TH-1", "TH-11", "XTH-1"]


def test_words_of_two_letters_are_found_where_a_field_begins(register):
    assert models(answered("q=ap").page.rows) == ["AP780N-806-WAPI"]
    assert models(answered("q=80").page.rows) == []
    assert models(answered("q=80 莲雾&ordering=model").page.rows) == ["STH801", "SWL801"]


@pytest.mark.parametrize(("query", "nearest"), [
    ("AP780X", ["AP780N-806-WAPI"]), ("GW41O", ["GW410"]), ("TSH801", ["STH801", "SWL801"]), ("红外", []),
    ("zzzzzz", []),
])
def test_nearest_models_are_spelt_alike(register, query, nearest):
    assert nearest_models(query)[: len(nearest) or None] == nearest


@pytest.mark.parametrize(("query", "field"), [
    ("type=XX", "type"), ("band=9GHz", "band"), ("generation=802.11zz", "generation"), ("category=XXX", "category"),
    ("year=20x4", "year"), ("edition=1999", "edition"), ("status=good", "status"), ("company=C99999", "company"),
    ("listed_after=yesterday", "listed_after"), ("listed_before=2024-02-31", "listed_before"),
    ("ordering=price", "ordering"), (f"q={'x' * 101}", "q"), ("q=a%00b", "q"),
])
def test_wrong_filter_is_refused_by_its_name_with_a_remedy(register, query, field):
    with pytest.raises(FilterInvalid) as caught:
        asked(query).require_valid()
    assert caught.value.field == field
    assert str(caught.value.message)
    assert str(caught.value.remedy)


def test_wrong_filter_beside_right_ones_is_left_out(register):
    mistakes = [row["field"] for row in asked("type=XX&band=5GHz").mistakes]
    assert (answered("type=XX&band=5GHz").total, mistakes) == (2, ["type"])


def test_filter_by_company_does_not_tell_who_has_applied(cast, catalogue):
    factory.order(cast, catalogue)
    assert [row["field"] for row in asked(f"company={cast.company_a.number}").mistakes] == ["company"]


def test_labels_of_choices_follow_the_language(catalogue):
    with translation.override("en"):
        assert ("IOP", "Interoperability") in asked("").filters["category"].extra["choices"]
    assert ("IOP", "互通性") in asked("").filters["category"].extra["choices"]


# Words go through the matches, facets through the cube, nothing through the order's index.
@pytest.mark.parametrize(("query", "number"), [("", 12), ("q=wapi", 12), ("edition=2024-03&edition=not_stated", 12),
                                               ("type=SEN&type=AP", 8)])
@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_forwards_and_backwards_hold_every_listing_once(register, ordering, query, number):
    query = f"{query}&ordering={ordering}"
    everything = [row["id"] for row in answered(query, size=100).page.rows]
    assert (len(everything), len(set(everything))) == (number, number)
    for size in (1, 5, number):
        forwards, page = [], answered(query, size=size).page
        while True:
            forwards += [row["id"] for row in page.rows]
            if page.next is None:
                break
            page = answered(query, cursor=page.next, size=size).page
        backwards = [row["id"] for row in page.rows]
        while page.previous is not None:
            page = answered(query, cursor=page.previous, size=size).page
            backwards = [row["id"] for row in page.rows] + backwards
        assert (forwards, backwards) == (everything, everything)


@pytest.mark.parametrize(("ordering", "expected"), [
    ("-listed_on", ["DEMO-TH-2", "DEMO-TH-1", "GW410"]),
    ("listed_on", ["AP780N-806-WAPI", "SCMF0202G01", "ZNPBM"]),
    ("model", ["AP780N-806-WAPI", "DEMO-TH-1", "DEMO-TH-2"]),
    ("-model", ["ZNPBM", "ZMJ100PRW", "SWL801"]),
])
def test_order_of_pages_puts_what_is_not_stated_last(register, ordering, expected):
    rows = answered(f"ordering={ordering}").page.rows
    assert (models(rows)[:3], models(rows)[-2:]) == (expected, [None, None])


def test_order_by_company_follows_the_pinyin_of_its_name(register):
    names = [row["company_zh"] for row in answered("ordering=company&year=2024").page.rows]
    assert names == sorted(names, key=lambda name: "".join(lazy_pinyin(name)))
    assert [row["company_zh"] for row in answered("ordering=-company&year=2024").page.rows] == names[::-1]


def test_page_stays_when_a_listing_is_added_before_it(register, cast, catalogue):
    first = page_of(listings_public(), size=3)
    factory.listed(cast, catalogue, nth=3, on=date(2026, 12, 1))
    second = page_of(listings_public(), cursor=first.next, size=3)
    assert models(second.rows) == ["SWL801", "STH801", "ZMJ100PRW"]


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("cursor", [
    "x", "%%%", "é", encoded(5), encoded([]), encoded([False, "model", "2024-01-01", 1]), encoded("[" * 900),
    encoded([False, "-listed_on", "2024-01-01"]), encoded([False, "-listed_on", "now", 1]),
    encoded([False, "-listed_on", "2024-01-01", "1"]), encoded([False, "-listed_on", "2024-01-01", 2**70]),
    encoded([0, "-listed_on", "2024-01-01", 1]), encoded([False, "-listed_on", None, 1]), encoded("[" * 2000),
    encoded([False, "-listed_on", "2024-01-01", True]),
])
def test_cursor_that_is_none_of_ours_is_refused(register, cursor):
    with pytest.raises(CursorInvalid) as caught:
        page_of(listings_public(), cursor=cursor)
    with pytest.raises(CursorInvalid):
        answered("", cursor=cursor)
    assert caught.value.field == "cursor"


@pytest.mark.parametrize("value", ["\x00", "\ud800", 5])
def test_cursor_with_a_model_that_cannot_be_is_refused(register, value):
    with pytest.raises(CursorInvalid):
        answered("ordering=-model", cursor=encoded([False, "-model", value, 1]))


def test_companies_listed_are_those_with_listings(register, cast):
    people.company(name_zh="演示丁有限公司", uscc=None)
    listed = {company.name_zh: company.listed for company in companies_listed()}
    assert len(listed) == 8
    assert (listed["广州莲雾科技有限公司"], listed[cast.company_a.name_zh]) == (3, 2)
    assert [company.listed for company in companies_listed("莲雾")] == [3]
    assert [company.name_zh for company in companies_listed("ningxun")] == ["杭州宁讯信息科技有限公司"]
    assert not companies_listed("a\x00%").exists()


def test_listing_numbered_ignores_case(register):
    assert listing_numbered(" wapi-b-0001").model == "AP780N-806-WAPI"
    assert listing_numbered("WAPI-B-9999") is None


def test_listings_like_are_the_companys_others(register):
    assert models(listings_like(register["N06"])) == ["GW410", "SWL801"]


def test_not_stated_is_never_stored(register):
    assert not Listing.objects.filter(status=NOT_STATED).exists()
