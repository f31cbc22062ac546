"""The index follows the register, is made anew from it, and a check finds whatever differs."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from members.companies.models import Company
from products.listings.models import Cell, DirectoryState, FacetValue, IndexEntry, Listing
from products.listings.querysets import number_end
from products.listings.selectors import Question, answer
from products.listings.services import (
    Drift,
    find_drift,
    index_listings,
    rebuild_directory,
    rebuilding,
    rename_company,
    set_listing_status,
)
from products.listings.states import FACETS, ListingStatus
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(cast, catalogue):
    """The published records, a device of our own, and one that was suspended."""
    factory.published()
    factory.listed(cast, catalogue)
    return factory.suspended(cast, catalogue, nth=2)


def drift() -> list[Drift]:
    return [found for found in find_drift() if isinstance(found, Drift)]


def test_every_change_of_the_register_leaves_no_drift(register, cast):
    set_listing_status(listing=register, status=ListingStatus.VALID, since=factory.LISTED_ON)
    rename_company(company=cast.company_a, actor=cast.intake, name_zh="演示改名有限公司")
    assert drift() == []
    assert sum(Cell.objects.values_list("number", flat=True)) == Listing.objects.count() == 12


def spoil(what: str) -> None:
    """One kind of damage, past every service."""
    first = IndexEntry.objects.order_by("pk")[0]
    if what == "missing":
        IndexEntry.objects.filter(pk=first.pk).delete()
    elif what == "differs":
        IndexEntry.objects.filter(pk=first.pk).update(search_text="\n\nother\n\n", sort_model="other")
    elif what == "fact":
        Listing.objects.filter(pk=first.pk).update(model="OTHER-1")
    elif what == "name":
        Company.objects.filter(pk=first.company_id).update(name_zh="别的公司")
    elif what == "cell":
        Cell.objects.filter(code=first.facet_code).update(number=F("number") + 1)
    else:
        Cell.objects.create(code=1 << 50, number=0)
        Cell.objects.create(code=1 << 51, number=2)


@pytest.mark.parametrize(("what", "found"), [
    ("missing", {("missing", "not in the index"), ("cell", "1 instead of 0")}),
    ("differs", {("differs", "search_text, sort_model")}),
    ("fact", {("differs", "search_text, sort_model, model_rising")}),
    ("name", {("differs", "search_text, sort_company")}),
    ("cell", {("cell", "2 instead of 1")}),
    ("extra cell", {("cell", "2 instead of 0")}),
])
def test_check_finds_what_differs_and_a_rebuild_mends_it(register, what, found):
    spoil(what)
    assert {(one.kind, one.detail) for one in drift()} == found
    with pytest.raises(CommandError, match="rebuild_directory"):
        call_command("check_directory")
    call_command("rebuild_directory")
    assert drift() == []


def test_rebuild_of_an_empty_index_finds_everything_again(register):
    IndexEntry.objects.all().delete()
    Cell.objects.all().delete()
    assert answer(Question(query="莲雾")).total == 0
    assert sum(rebuild_directory(from_start=True)) == 12
    assert (answer(Question(query="莲雾")).total, answer(Question()).total, drift()) == (3, 12, [])


def test_rebuild_that_was_interrupted_goes_on_where_it_ended(register, monkeypatch):
    monkeypatch.setattr(rebuilding, "STEP", 5)
    IndexEntry.objects.all().delete()
    steps = rebuild_directory()
    assert [next(steps), next(steps)] == [5, 5]
    steps.close()
    assert IndexEntry.objects.count() == 10
    assert list(rebuild_directory()) == [2]
    assert (DirectoryState.objects.get().rebuilt_to, drift()) == (None, [])


def test_rebuild_when_empty_does_nothing_to_a_good_index(register):
    version = DirectoryState.objects.get().version
    call_command("rebuild_directory", "--when-empty")
    assert DirectoryState.objects.get().version == version
    IndexEntry.objects.all().delete()
    call_command("rebuild_directory", "--when-empty")
    assert (DirectoryState.objects.get().version > version, drift()) == (True, [])


def test_index_of_what_did_not_change_writes_nothing(register, django_assert_num_queries):
    listings = list(Listing.objects.all())
    with django_assert_num_queries(6):  # a savepoint and its end, the version, places, facts, entries
        assert index_listings(listings) == 0


def test_place_of_a_value_is_given_once_and_stays(register):
    before = set(FacetValue.objects.values_list("facet", "value", "place"))
    call_command("rebuild_directory", "--from-start")
    assert set(FacetValue.objects.values_list("facet", "value", "place")) == before


def test_value_for_which_there_is_no_place_is_refused_and_nothing_saved(register):
    last = FACETS["generation"].most
    FacetValue.objects.create(facet="generation", value="802.11zz", place=last)
    listing = Listing.objects.filter(generation="802.11n")[0]
    listing.generation = "802.11be"
    listing.save()
    with pytest.raises(OverflowError, match="no place left"):
        index_listings([listing])
    assert not FacetValue.objects.filter(value="802.11be").exists()


def test_facets_of_the_code_do_not_overlap():
    taken = 0
    for where in FACETS.values():
        assert taken & (where.mask << where.shift) == 0
        taken |= where.mask << where.shift
    assert taken < 2**63


@pytest.mark.parametrize(("word", "end"), [
    ("wapid0192504", "0192504"), ("wapit20260001", "0260001"), ("ap780n", "ap780n"), ("2026", "2026"),
    ("wapib0003", "wapib0003"), ("莲莲雾雾12345", "莲莲雾雾12345"),
])
def test_number_end_is_what_tells_a_number_from_others(word, end):
    assert number_end(word) == end


def test_number_is_found_whole_though_only_its_end_is_looked_up(register):
    for query in ("WAPI-2026-00002", "wapi202600002", "WAPI-T-2026-0002"):
        assert [row["listing_number"] for row in answer(Question(query=query)).page.rows] == ["WAPI-2026-00002"], query
    assert answer(Question(query="XAPI-2026-00002")).total == 0


def test_number_that_a_listing_bears_means_that_one_alone(register):
    Listing.objects.filter(listing_number="WAPI-B-0001").update(model="FOR-WAPI-B-0003")
    index_listings(Listing.objects.filter(listing_number="WAPI-B-0001"))
    for query, found in (("ＷAPI-b-0003", ["WAPI-B-0003"]), ("WAPI-B-000", 9), ("wapib0003", 2)):
        rows = answer(Question(query=query)).page.rows
        assert found in (len(rows), [row["listing_number"] for row in rows]), query


def test_generated_listings_are_refused_where_something_real_is(cast):
    with pytest.raises(CommandError, match="scratch"):
        call_command("generate_listings", "--count", "1")
    assert not Listing.objects.exists()


def test_generated_listings_are_the_same_for_the_same_seed_and_all_marked(db):
    call_command("generate_listings", "--count", "20", "--companies", "5", "--seed", "7")
    assert Listing.objects.filter(is_demonstration=True).count() == 20
    assert Company.objects.filter(is_demonstration=True).count() == 5
    call_command("rebuild_directory")
    assert (answer(Question()).total, drift()) == (20, [])
