"""What follows from elsewhere: amended reports, newer certifications of the same device, and decisions meanwhile."""

import pytest

from members.history.selectors import breaks_in
from products.certification import services
from products.certification.errors import ReportUnderAmendment
from products.certification.models import Certification
from products.certification.selectors import successor_of
from products.listings.models import Listing, ListingChange
from products.listings.selectors import listings_public
from products.reports.selectors import verification_of
from tests.factories import certification, orders, reports, results
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def again(cast, granted):
    """A second order of the same device, tested, reported and granted."""
    order = orders.in_testing(cast, device=granted.order.device)
    results.verified(order, cast)
    return certification.granted(cast, orders.fresh(order))


def test_follow_reports_points_certification_and_listing_at_the_successor(cast):
    granted = certification.granted(cast)
    old, new = granted.report, reports.amended(cast, granted.report)
    assert [services.follow_reports(), services.follow_reports()] == [1, 0]
    granted.refresh_from_db()
    listing = Listing.objects.get()
    assert (granted.report, granted.state, listing.report, listing.status) == (new, "valid", new, "valid")
    assert [row.pk for row in listings_public().matching(new.number)] == [listing.pk]
    change = ListingChange.objects.first()
    assert (change.kind, old.number in change.reason_zh, new.number in change.reason_en) == ("corrected", True, True)
    assert breaks_in(granted.order.chain) == []


def test_before_the_task_ran_the_successor_answers_with_the_listing_already(cast):
    granted = services.suspend_certification(certification=certification.granted(cast), actor=cast.decider,
                                             **certification.WHY)
    new = reports.amended(cast, granted.report)
    assert verification_of(new.verification_code).state == "suspended"


def test_decide_while_the_report_is_amended_is_refused(cast):
    recommended = certification.recommended(cast)
    draft = reports.amendment(cast, recommended.report)
    reports.compile_report(order=draft.order, actor=cast.tester2)
    with pytest.raises(ReportUnderAmendment):
        services.decide(certification=recommended, actor=cast.decider, grant=True, password=PASSWORD)


def test_grant_supersedes_the_valid_certification_of_the_same_device(cast, client):
    older = certification.granted(cast)
    newer = again(cast, older)
    older = Certification.objects.get(pk=older.pk)
    assert (older.state, older.superseded_by, newer.state) == ("superseded", newer, "valid")
    assert older.listing.status == "superseded"
    assert successor_of(older.listing) == newer.listing
    page = client.get(f"/products/{older.listing.listing_number}/").content.decode()
    assert f'href="/products/{newer.listing.listing_number}/">查看新的认证' in page
    assert verification_of(older.report.verification_code).state == "superseded"


def test_grant_leaves_suspended_ones_and_other_devices_alone(cast):
    suspended = certification.suspended(cast)
    again(cast, suspended)
    assert Certification.objects.get(pk=suspended.pk).state == "suspended"
