"""Facets, pages, and what a filter takes."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest
from django.http import QueryDict
from django.utils import translation

from products.listings.errors import CursorInvalid, FilterInvalid
from products.listings.filters import ListingFilter
from products.listings.models import Listing
from products.listings.selectors import (
    COLUMNS,
    ORDERINGS,
    companies_listed,
    facet_counts,
    listing_numbered,
    listings_like,
    listings_public,
    page_of,
)
from products.listings.states import NOT_STATED
from tests.factories import listings as factory
from tests.factories import people

pytestmark = pytest.mark.django_db


def asked(query: str) -> ListingFilter:
    return ListingFilter(QueryDict(query), queryset=listings_public())


def models(rows) -> list[str | None]:
    return [row.model for row in rows]


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
    wanted = asked(query)
    total, _counts = facet_counts(wanted.narrowed, wanted.selections)
    assert (wanted.qs.count(), total, wanted.mistakes) == (number, number, [])


def test_filter_by_company_leaves_its_listings(register):
    number = register["N06"].company.number
    assert sorted(models(asked(f"company={number}").qs)) == ["GW410", "STH801", "SWL801"]


@pytest.mark.parametrize("query", ["", "type=SEN", "type=SEN&band=5GHz", "q=wapi&year=2024&type=AP&type=MOD",
                                   "status=not_stated&edition=not_stated"])
def test_facet_counts_are_what_each_value_alone_would_show(register, query):
    wanted = asked(query)
    _total, counts = facet_counts(wanted.narrowed, wanted.selections)
    for facet in COLUMNS:
        for value in {one for one, _label in wanted.filters[facet].extra["choices"]} | set(counts[facet]):
            alone = QueryDict(query, mutable=True)
            alone.setlist(facet, [value])
            assert counts[facet].get(value, 0) == asked(alone.urlencode()).qs.count(), (facet, value)


@pytest.mark.parametrize("number", [1, 3])
def test_facet_counts_and_page_take_the_same_queries(cast, catalogue, django_assert_num_queries, number):
    for nth in range(number):
        factory.listed(cast, catalogue, nth=nth + 1)
    with django_assert_num_queries(5):  # three lists of choices, the histogram, the page
        wanted = asked("type=SEN&q=demo")
        facet_counts(wanted.narrowed, wanted.selections)
        page_of(wanted.qs)


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
    wanted = asked("type=XX&band=5GHz")
    assert (wanted.qs.count(), [row["field"] for row in wanted.mistakes]) == (2, ["type"])


def test_filter_by_company_does_not_tell_who_has_applied(cast, catalogue):
    factory.order(cast, catalogue)
    assert [row["field"] for row in asked(f"company={cast.company_a.number}").mistakes] == ["company"]


def test_labels_of_choices_follow_the_language(catalogue):
    with translation.override("en"):
        assert ("IOP", "Interoperability") in asked("").filters["category"].extra["choices"]
    assert ("IOP", "互通性") in asked("").filters["category"].extra["choices"]


@pytest.mark.parametrize("size", [1, 3, 5, 12])
@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_forwards_and_backwards_hold_every_listing_once(register, ordering, size):
    everything = [row.pk for row in page_of(listings_public(), ordering=ordering, size=100).rows]
    assert len(everything) == 12
    forwards, page = [], page_of(listings_public(), ordering=ordering, size=size)
    while True:
        forwards += [row.pk for row in page.rows]
        if page.next is None:
            break
        page = page_of(listings_public(), ordering=ordering, cursor=page.next, size=size)
    backwards = [row.pk for row in page.rows]
    while page.previous is not None:
        page = page_of(listings_public(), ordering=ordering, cursor=page.previous, size=size)
        backwards = [row.pk for row in page.rows] + backwards
    assert forwards == everything
    assert backwards == everything


@pytest.mark.parametrize(("ordering", "expected"), [
    ("-listed_on", ["DEMO-TH-2", "DEMO-TH-1", "GW410"]),
    ("listed_on", ["AP780N-806-WAPI", "SCMF0202G01", "ZNPBM"]),
    ("model", ["AP780N-806-WAPI", "DEMO-TH-1", "DEMO-TH-2"]),
    ("-model", ["ZNPBM", "ZMJ100PRW", "SWL801"]),
])
def test_order_of_pages_puts_what_is_not_stated_last(register, ordering, expected):
    rows = page_of(listings_public(), ordering=ordering).rows
    assert (models(rows)[:3], models(rows)[-2:]) == (expected, [None, None])


def test_page_stays_when_a_listing_is_added_before_it(register, cast, catalogue):
    first = page_of(listings_public(), size=3)
    factory.listed(cast, catalogue, nth=3, on=date(2026, 12, 1))
    second = page_of(listings_public(), cursor=first.next, size=3)
    assert models(second.rows) == ["SWL801", "STH801", "ZMJ100PRW"]


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("cursor", [
    "x", "%%%", "é", encoded(5), encoded([]), encoded([False, "model", "2024-01-01", 1]),
    encoded([False, "-listed_on", "2024-01-01"]), encoded([False, "-listed_on", "now", 1]),
    encoded([False, "-listed_on", "2024-01-01", "1"]), encoded([False, "-listed_on", "2024-01-01", 2**70]),
    encoded([0, "-listed_on", "2024-01-01", 1]), encoded([False, "-listed_on", None, 1]), encoded("[" * 2000),
    encoded([False, "-listed_on", "2024-01-01", True]),
])
def test_cursor_that_is_none_of_ours_is_refused(register, cursor):
    with pytest.raises(CursorInvalid) as caught:
        page_of(listings_public(), cursor=cursor)
    assert caught.value.field == "cursor"


@pytest.mark.parametrize("value", ["\x00", "\ud800", 5])
def test_cursor_with_a_model_that_cannot_be_is_refused(register, value):
    with pytest.raises(CursorInvalid):
        page_of(listings_public(), ordering="-model", cursor=encoded([False, "-model", value, 1]))


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
