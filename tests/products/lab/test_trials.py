"""Before an edition is published: what a declaration gets, and what it would change for orders and listings."""

import csv

import pytest
from django.core.management import call_command

from products.listings.models import Listing
from products.suites.models import Applicability, Feature
from tests.factories import catalogue as suites
from tests.factories import certification, orders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def table(client, slug):
    """The rows of the CSV by the names of its columns."""
    answer = client.get(f"/lab/editions/{slug}/impact/?format=csv")
    return list(csv.DictReader(answer.getvalue().decode("utf-8-sig").splitlines()))


def test_impact_names_each_order_and_listing_with_the_items_it_needs(client, cast):
    granted, running = certification.granted(cast), orders.in_testing(cast)
    data = suites.draft_data()
    data["items"].append(suites.item_of(data, "IOP-07") | {"code": "IOP-NEW", "parent": None})
    suites.draft_edition(editor=cast.editor, data=data)
    client.force_login(cast.approver)
    page = client.get("/lab/editions/2026-draft/impact/").content.decode()
    orders_part, listings_part = page[page.index('id="orders"'):].split('id="listings"')
    assert [running.number in orders_part, "IOP-NEW" in orders_part, running.number in listings_part] == [
        True, True, False]
    assert [granted.listing.listing_number in listings_part, "IOP-NEW" in listings_part] == [True, True]
    rows = table(client, "2026-draft")
    assert [(row["part"], row["order"]) for row in rows] == [
        ("order", running.number), ("listing", granted.order.number)]
    assert [row["items"] for row in rows] == ["IOP-NEW", "IOP-NEW"]


def test_impact_counts_and_lists_what_was_published_before_this_system(client, cast):
    call_command("load_published_products", verbosity=0)
    suites.draft_edition(editor=cast.editor)
    client.force_login(cast.approver)
    before = Listing.objects.filter(source="published_before")
    found = client.get("/lab/editions/2026-draft/impact/").context["before"]
    sensors = next(row for row in found["rows"] if row["type"] and row["type"].code == "SEN")
    assert (found["count"], sensors["number"]) == (before.count(), before.filter(device_type__code="SEN").count())
    needed = Applicability.objects.filter(item_version__edition__slug="2026-draft", device_type__code="SEN", level="M")
    rows = {row["listing"]: row for row in table(client, "2026-draft")}
    assert rows.keys() == set(before.values_list("listing_number", flat=True))
    for listing in before.filter(device_type__code="SEN"):
        row = rows[listing.listing_number]
        assert (row["part"], row["new"], len(row["items"].split())) == (
            "published_before", str(needed.count()), needed.count())


def test_impact_of_the_edition_in_use_lists_what_rests_on_it(client, cast):
    running = orders.in_testing(cast)
    client.force_login(cast.approver)
    page = client.get("/lab/editions/2024-03/impact/").content.decode()
    assert running.number in page[page.index('id="own"'):]
    assert running.number not in page[:page.index('id="own"')]
    assert [(row["part"], row["order"]) for row in table(client, "2024-03")] == [("own_order", running.number)]


def test_trial_follows_the_declared_and_the_derived_features(client, cast):
    client.force_login(cast.editor)
    keys = Feature.objects.values_list("key", flat=True)
    address = "/lab/editions/2024-03/try/?type=AP"
    none = client.get(address).context["planned"]
    every = client.get(address + "".join(f"&feature={key}" for key in keys)).context
    assert every["planned"] > none
    assert {row.reason for row in every["rows"]} >= {"mandatory", "feature_declared"}


def test_trial_and_impact_of_a_draft_are_for_the_laboratory(client, cast):
    suites.draft_edition(editor=cast.editor)
    for who, status in ((cast.vendor, 404), (cast.admin, 404), (cast.auditor, 200)):
        client.force_login(who)
        assert [client.get(f"/lab/editions/2026-draft/{part}/").status_code for part in ("impact", "try")] == [
            status, status]
