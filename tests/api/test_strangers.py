"""A vendor finds nothing at the addresses of another vendor's work, and cannot tell it from what does not exist."""

from __future__ import annotations

import re
import uuid

import pytest

from products.files.services import store_file
from products.results.services import add_evidence
from tests.api.worlds import upload
from tests.factories import certification, orders, reports, results, rework
from tests.factories.api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
NO_KEY = uuid.UUID(int=0)


@pytest.fixture
def addresses(cast):
    """Every address of an order that went all the way, with one beside it that names nothing."""
    row = rework.closed_pass(cast)
    evidence = add_evidence(order=row.order, upload=upload(), actor=cast.tester)
    kept = store_file(upload=upload(), actor=cast.vendor)
    results.verified(row.order, cast, [item.code for item in results.planned(row.order)
                                       if item.code not in ("IOP-01", rework.CODE)])
    granted = certification.granted(cast, orders.fresh(row.order))
    order, number = granted.order.number, granted.listing.listing_number
    below = ["", "plan/", "history/", "attempts/", "evidence/", "rework/"]
    return {
        **{f"orders/{order}/{part}": f"orders/WT-2000-0001/{part}" for part in below},
        f"devices/{granted.order.device.pk}/": "devices/987654/",
        f"rework/{row.number}/": "rework/ZG-2000-0001/",
        f"reports/{granted.report.pk}/": f"reports/{NO_KEY}/",
        f"reports/{granted.report.pk}/pdf": f"reports/{NO_KEY}/pdf",
        f"evidence/{evidence.pk}/": f"evidence/{NO_KEY}/",
        f"files/{kept.pk}/": f"files/{NO_KEY}/",
        f"certifications/{number}/": "certifications/WAPI-2000-00001/",
    }


def test_stranger_gets_the_same_404_as_for_what_does_not_exist(cast, addresses):
    owner, stranger = Api(cast.vendor), Api(cast.stranger)
    for address, nothing in addresses.items():
        assert owner.get(address).status_code == 200, address
        assert (stranger.get(address).status_code, stranger.get(address).json()) == (404, stranger.get(nothing).json())


def test_lists_of_a_stranger_are_empty(cast, addresses):
    assert addresses
    for address in ("orders/", "devices/", "reports/", "tools/"):
        assert Api(cast.stranger).get(address).json()["results"] == []


def test_owner_reads_staff_numbers_but_no_names(cast, addresses):
    staff = [cast.intake, cast.tester, cast.verifier, cast.signatory, cast.reviewer, cast.decider, cast.quality]
    names = re.compile("|".join(person.name for person in staff))
    owner = Api(cast.vendor)
    texts = {address: owner.get(address).body.decode() for address in addresses if not address.endswith("pdf")}
    assert [address for address, text in texts.items() if names.search(text)] == []
    assert cast.tester.staff_number in texts[next(address for address in texts if address.endswith("attempts/"))]


def test_draft_report_of_the_own_order_is_not_shown_to_its_vendor(cast):
    report = reports.checked(cast)
    assert Api(cast.vendor).get(f"reports/{report.pk}/").status_code == 404
    assert Api(cast.vendor).get("reports/").json()["results"] == []
