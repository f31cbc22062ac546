"""The public changes of the register, in the order of their commit, and addresses that moved."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from products.listings.errors import AddressInUse, AddressUnknown
from products.listings.importing import import_published_products
from products.listings.models import DirectoryState, FormerAddress, ListingChange
from products.listings.selectors import directory_version
from products.listings.services import (
    publish_changes,
    redirect_address,
    rename_company,
    set_listing_status,
)
from products.listings.states import CHANGE_OF_STATUS, AddressKind, ChangeKind, ListingStatus
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 21)


def told() -> list[tuple[str, str, str | None]]:
    rows = ListingChange.objects.order_by("id").values_list("listing__listing_number", "kind", "status")
    return [(number, kind, status) for number, kind, status in rows]


def test_listing_and_each_move_are_told_with_day_and_reason(cast, catalogue):
    listing = factory.suspended(cast, catalogue)
    assert told() == [("WAPI-2026-00001", "listed", "valid"), ("WAPI-2026-00001", "suspended", "suspended")]
    last = ListingChange.objects.latest("id")
    assert (last.on, last.reason_zh, last.listing) == (DAY, "现场抽查发现固件与受测版本不一致", listing)


def test_every_public_state_has_a_kind_of_change():
    assert set(CHANGE_OF_STATUS) == set(ListingStatus)


def test_import_tells_what_it_loads_and_a_correction_keeps_what_stood_before(cast, catalogue):
    rows = factory.published()
    assert {kind for _number, kind, _status in told()} == {ChangeKind.LOADED}
    assert len(told()) == len(rows)
    data = factory.published_data()
    record = next(row for row in data["products"] if row["id"] == "N03")
    record["model"], record["published_on"], record["edition"] = "ZNPBM-2", "2024-05-01", None
    import_published_products(data)
    change = ListingChange.objects.latest("id")
    assert (change.kind, change.before) == ("corrected", {
        "model": "ZNPBM", "listed_on": "2024-04-12", "edition": rows["N03"].edition_id})
    import_published_products(data)
    assert ListingChange.objects.latest("id") == change


def test_renamed_company_is_told_for_each_of_its_listings(cast, catalogue):
    factory.listed(cast, catalogue, nth=1)
    factory.listed(cast, catalogue, nth=2)
    factory.listed(cast, catalogue, nth=3, company=cast.company_b)
    rename_company(company=cast.company_a, actor=cast.intake, name_zh="演示改名有限公司")
    found = ListingChange.objects.filter(kind=ChangeKind.RENAMED).order_by("id")
    assert [(row.listing.listing_number, row.before) for row in found] == [
        (number, {"company.name_zh": "演示甲通信科技有限公司"}) for number in ("WAPI-2026-00001", "WAPI-2026-00002")]


def test_changes_are_never_changed(cast, catalogue):
    factory.listed(cast, catalogue)
    with pytest.raises(IntegrityError), transaction.atomic():
        ListingChange.objects.update(reason_zh="改")
    with pytest.raises(IntegrityError), transaction.atomic():
        ListingChange.objects.all().delete()


def test_change_and_version_appear_together_or_not_at_all(cast, catalogue):
    listing, before = factory.listed(cast, catalogue), directory_version()
    with transaction.atomic():
        set_listing_status(listing=listing, status=ListingStatus.SUSPENDED, since=DAY)
        transaction.set_rollback(True)
    assert (directory_version(), len(told())) == (before, 1)


@pytest.mark.forges_rows
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_change_that_commits_later_never_has_the_lower_place(cast, catalogue):
    """A second writer waits for the first, so whoever read up to the second has seen the first."""
    first, second = factory.listed(cast, catalogue, nth=1), factory.listed(cast, catalogue, nth=2)
    started = threading.Event()

    def other() -> None:
        started.set()
        with transaction.atomic():
            publish_changes([ListingChange(listing=second, kind=ChangeKind.CORRECTED, on=DAY)])
        connections.close_all()

    with transaction.atomic():
        publish_changes([ListingChange(listing=first, kind=ChangeKind.CORRECTED, on=DAY)])
        waiting = threading.Thread(target=other)
        waiting.start()
        started.wait()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(30)
    places = ListingChange.objects.filter(kind=ChangeKind.CORRECTED).order_by("id").values_list("listing_id", flat=True)
    assert list(places) == [first.pk, second.pk]
    assert DirectoryState.objects.count() == 1


def test_address_that_moved_leads_to_the_present_one_through_every_move(cast, catalogue, client):
    factory.listed(cast, catalogue, nth=1)
    redirect_address(kind=AddressKind.LISTING, former="WAPI-OLD-1", present="WAPI-2026-00001", actor=None)
    for path, target in {
        "/products/WAPI-OLD-1/": "/products/WAPI-2026-00001/",
        "/products/wapi-old-1/": "/products/WAPI-2026-00001/",
        "/api/v1/products/WAPI-OLD-1/": "/api/v1/products/WAPI-2026-00001/",
    }.items():
        response = client.get(path)
        assert (response.status_code, response.url) == (301, target)
    # The address itself may move later.
    FormerAddress.objects.create(kind=AddressKind.LISTING, former="WAPI-OLDER", present="WAPI-OLD-1")
    assert client.get("/products/WAPI-OLDER/").url == "/products/WAPI-2026-00001/"


def test_former_number_of_a_company_and_slug_of_an_edition_lead_on(cast, catalogue, client):
    factory.listed(cast, catalogue)
    number = cast.company_a.number
    redirect_address(kind=AddressKind.COMPANY, former="C90000", present=number, actor=None)
    redirect_address(kind=AddressKind.EDITION, former="2024-draft", present="2024-03", actor=None)
    assert client.get("/companies/C90000/").url == f"/companies/{number}/"
    assert client.get("/editions/2024-draft/").url == "/editions/2024-03/"
    assert client.get("/editions/2024-none/").status_code == 404


@pytest.mark.parametrize(("former", "present", "error"), [
    ("WAPI-2026-00001", "WAPI-2026-00002", AddressInUse), ("WAPI-OLD", "WAPI-2026-00009", AddressUnknown),
    ("WAPI-KNOWN", "WAPI-2026-00002", AddressInUse),
])
def test_redirect_address_refuses_what_would_hide_or_lose_something(cast, catalogue, former, present, error):
    factory.listed(cast, catalogue, nth=1)
    factory.listed(cast, catalogue, nth=2)
    redirect_address(kind=AddressKind.LISTING, former="WAPI-KNOWN", present="WAPI-2026-00001", actor=None)
    with pytest.raises(error):
        redirect_address(kind=AddressKind.LISTING, former=former, present=present, actor=None)


def test_redirect_address_by_command_twice_writes_once(cast, catalogue, capsys):
    factory.listed(cast, catalogue)
    for _time in range(2):
        call_command("redirect_address", "listing", "WAPI-OLD", "WAPI-2026-00001")
    assert FormerAddress.objects.count() == 1
    assert "WAPI-OLD → WAPI-2026-00001" in capsys.readouterr().out
    with pytest.raises(CommandError, match="不存在"):
        call_command("redirect_address", "listing", "WAPI-OLD-2", "NONE")
