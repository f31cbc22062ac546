"""Listing a device, moving its public state, renaming its company."""

from datetime import date

import pytest

from members.companies.errors import CompanyStale
from members.history.models import Entry
from members.history.selectors import breaks_in, entries_of
from products.devices.models import Device
from products.listings.errors import (
    AlreadyListed,
    ListingHasNoState,
    ListingNotConsented,
    MayNotRename,
    ReportDoesNotConform,
    ReportNotIssued,
)
from products.listings.models import DirectoryState, Listing
from products.listings.selectors import directory_version, listings_public
from products.listings.services import list_device, rename_company, set_listing_status
from products.listings.states import TRANSITIONS, ListingStatus, Source
from products.reports.states import Conclusion
from products.results.states import Verdict
from tests.factories import listings as factory
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)


def list_it(cast, catalogue, **changes):
    order = factory.order(cast, catalogue, **changes)
    return list_device(order=order, report=factory.report(cast, order), on=ON, actor=cast.decider)


def test_list_device_copies_the_facts_and_gives_a_permanent_number(cast, catalogue):
    listing = list_it(cast, catalogue)
    assert (listing.listing_number, listing.source, listing.status, listing.status_since, listing.listed_on) == (
        "WAPI-2026-00001", Source.TESTED_HERE, ListingStatus.VALID, ON, ON)
    assert (listing.model, listing.name_zh, listing.bands, listing.generation, listing.hardware, listing.firmware) == (
        "DEMO-TH-1", "演示温湿度传感器", ["2.4GHz"], "802.11n", "V1.0", "2.3.1")
    assert (listing.edition, listing.company, listing.is_demonstration) == (catalogue.edition, cast.company_a, True)
    assert (listing.categories_passed, listing.sort_date, listing.entry.sort_date) == (["IOP"], ON, ON)


def test_list_device_leaves_null_what_the_device_does_not_state(cast, catalogue):
    device = factory.device(cast.company_a, catalogue, specification={}, name_en="")
    listing = list_it(cast, catalogue, device=device)
    assert (listing.bands, listing.generation, listing.name_en) == (None, None, None)


def test_list_device_copies_the_device_as_it_was_accepted_not_as_it_was_described_since(cast, catalogue):
    order = factory.order(cast, catalogue)
    Device.objects.filter(pk=order.device_id).update(model="UNTESTED-9", name_zh="演示未测产品",
                                                     specification={"bands": ["5GHz"]})
    order.device.refresh_from_db()
    listing = list_device(order=order, report=factory.report(cast, order), on=ON, actor=cast.decider)
    assert (listing.model, listing.name_zh, listing.bands) == ("DEMO-TH-1", "演示温湿度传感器", ["2.4GHz"])


def test_list_device_writes_its_history_and_raises_the_version(cast, catalogue):
    version = directory_version()
    listing = list_it(cast, catalogue)
    entry = entries_of(f"listing:{listing.listing_number}").get()
    assert (entry.act, entry.actor_staff_number, entry.told) == (
        "listing.listed", cast.decider.staff_number,
        {"order": "D-2026-0001", "report": "WAPI-T-2026-0001", "status": "valid", "on": "2026-11-20"})
    assert directory_version() == version + 1


def test_list_device_is_found_by_its_report_number_and_initials(cast, catalogue):
    listing = list_it(cast, catalogue)
    for query in ("WAPI-T-2026-0001", "wapi-2026-00001", "demo-th", "演示甲 温湿度", "ysjtx", "Demo A"):
        assert list(listings_public().matching(query)) == [listing], query


def test_list_device_counts_numbers_by_year(cast, catalogue):
    first = factory.listed(cast, catalogue, nth=1)
    second = factory.listed(cast, catalogue, nth=2, on=date(2027, 1, 2))
    third = factory.listed(cast, catalogue, nth=3, on=date(2027, 1, 3))
    assert [row.listing_number for row in (first, second, third)] == [
        "WAPI-2026-00001", "WAPI-2027-00001", "WAPI-2027-00002"]


@pytest.mark.parametrize(("verdicts", "expected"), [
    ({"IOP-01": Verdict.PASS, "FUN-RT-01": Verdict.PASS}, ["IOP", "FUN"]),
    ({"IOP-01": Verdict.PASS, "IOP-02": Verdict.FAIL}, []),
    ({"IOP-01": Verdict.REC}, []),
])
def test_list_device_names_the_categories_that_passed(cast, catalogue, verdicts, expected):
    assert list_it(cast, catalogue, verdicts=verdicts).categories_passed == expected


def refused(refusal, order, report, cast):
    with pytest.raises(refusal):
        list_device(order=order, report=report, on=ON, actor=cast.decider)
    assert not Entry.objects.filter(act="listing.listed").exists()


def test_list_device_refuses_a_report_of_another_order(cast, catalogue):
    mine, other = (factory.order(cast, catalogue, number=number, device=factory.device(
        cast.company_a, catalogue, model=number)) for number in ("D1", "D2"))
    refused(ReportNotIssued, mine, factory.report(cast, other), cast)


def test_list_device_refuses_a_report_that_was_withdrawn(cast, catalogue):
    order = factory.order(cast, catalogue)
    refused(ReportNotIssued, order, factory.report(cast, order, state="withdrawn"), cast)


def test_list_device_refuses_a_report_that_does_not_conform(cast, catalogue):
    order = factory.order(cast, catalogue)
    refused(ReportDoesNotConform, order, factory.report(cast, order, conclusion=Conclusion.DOES_NOT_CONFORM), cast)


def test_list_device_refuses_without_the_vendors_consent(cast, catalogue):
    order = factory.order(cast, catalogue, has_consented_to_listing=False)
    refused(ListingNotConsented, order, factory.report(cast, order), cast)


def test_list_device_refuses_a_second_time(cast, catalogue):
    listing = list_it(cast, catalogue)
    with pytest.raises(AlreadyListed):
        list_device(order=listing.report.order, report=listing.report, on=ON, actor=cast.decider)
    assert Listing.objects.count() == 1


@pytest.mark.parametrize("before", ListingStatus)
@pytest.mark.parametrize("after", ListingStatus)
def test_set_listing_status_from_every_state_to_every_state(cast, catalogue, before, after):
    listing = list_it(cast, catalogue)
    Listing.objects.update(status=before)
    version = directory_version()

    def move():
        return set_listing_status(listing=listing, status=after, since=date(2026, 12, 1), reason_zh="演示原因",
                                  reason_en="demo")

    if before in TRANSITIONS[after].sources:
        moved = move()
        assert (moved.status, moved.status_since, moved.status_reason_zh) == (after, date(2026, 12, 1), "演示原因")
        entry = Entry.objects.get(act="listing.status_set")
        assert (entry.before["status"], entry.after["status"], entry.reason) == (before, after, "演示原因")
        assert directory_version() == version + 1
    else:
        with pytest.raises(IllegalTransition):
            move()
        assert (Listing.objects.get().status, directory_version()) == (before, version)


def test_set_listing_status_refuses_a_record_published_before(catalogue):
    listing = factory.published()["N01"]
    with pytest.raises(ListingHasNoState):
        set_listing_status(listing=listing, status=ListingStatus.SUSPENDED, since=ON)
    assert Listing.objects.get(pk=listing.pk).status is None


def test_rename_company_rewrites_search_in_the_same_transaction(cast, catalogue):
    listing = list_it(cast, catalogue)
    other = factory.listed(cast, catalogue, nth=2, company=cast.company_b)
    version = directory_version()
    company = rename_company(company=cast.company_a, actor=cast.intake, row_version=1, name_zh="演示丙网络有限公司",
                             short_name_zh="演示丙")
    assert company.name_zh == "演示丙网络有限公司"
    assert list(listings_public().matching("演示丙")) == [listing]
    assert list(listings_public().matching("ysbwl")) == [listing]
    assert list(listings_public().matching("演示甲")) == []
    assert list(listings_public().matching("演示乙")) == [other]
    assert directory_version() == version + 1
    assert entries_of(f"listing:{listing.listing_number}").last().act == "listing.company_renamed"
    assert breaks_in(f"listing:{listing.listing_number}") == []
    assert entries_of(f"listing:{other.listing_number}").count() == 1


def test_rename_company_to_the_same_name_changes_nothing(cast, catalogue):
    list_it(cast, catalogue)
    version = directory_version()
    rename_company(company=cast.company_a, actor=cast.quality, name_zh=cast.company_a.name_zh)
    assert directory_version() == version


def test_rename_company_that_confirms_the_english_name_shows_at_once(cast, catalogue):
    list_it(cast, catalogue)
    version = directory_version()
    rename_company(company=cast.company_a, actor=cast.intake, name_en_confirmed=True)
    assert directory_version() == version + 1


@pytest.mark.parametrize("who", ["vendor", "tester", "verifier", "signatory", "decider", "auditor", "admin"])
def test_rename_company_refuses_whoever_keeps_no_companies(cast, who):
    with pytest.raises(MayNotRename):
        rename_company(company=cast.company_a, actor=getattr(cast, who), name_zh="演示丙")
    cast.company_a.refresh_from_db()
    assert cast.company_a.name_zh == "演示甲通信科技有限公司"


def test_rename_company_refuses_a_stale_form(cast):
    rename_company(company=cast.company_a, actor=cast.intake, row_version=1, short_name_zh="演示新")
    with pytest.raises(CompanyStale):
        rename_company(company=cast.company_a, actor=cast.intake, row_version=1, short_name_zh="演示旧")


def test_directory_state_is_one_row(cast, catalogue):
    list_it(cast, catalogue)
    factory.published()
    assert DirectoryState.objects.count() == 1
