"""From the order to the public page through the services alone, and within one request after a suspension."""

import pytest

from products.certification.services import decide, lift_suspension, recommend, suspend_certification
from products.listings.selectors import listings_public
from tests.factories import reports
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


def states(client, listing, report) -> list[str]:
    """What list, page, API and both verifications say of one device, each asked anew."""
    number = listing.listing_number
    line = next(line for line in client.get("/").context["lines"] if line["listing_number"] == number)
    return [
        line["status"],
        client.get(f"/products/{number}/").context["listing"].status,
        client.get(f"/api/v1/products/{number}/").json()["status"],
        client.get(f"/v/{report.verification_code}/").context["found"].state,
        client.get(f"/api/v1/verify/{report.number}/").json()["state"],
    ]


def test_granted_suspended_and_lifted_show_on_the_very_next_request(cast, catalogue, client):
    report = reports.issued(cast)
    certification = recommend(order=report.order, actor=cast.reviewer, recommends_grant=True, reason="演示")
    assert not listings_public().exists()
    certification = decide(certification=certification, actor=cast.decider, grant=True, password=PASSWORD)
    listing = certification.listing
    assert (listing.model, listing.report, listing.is_demonstration) == (
        report.order.device.model, report, report.order.is_demonstration)
    assert states(client, listing, report) == ["valid"] * 5
    certification = suspend_certification(certification=certification, actor=cast.decider, password=PASSWORD,
                                          public_reason_zh="演示：现场抽查不符")
    assert states(client, listing, report) == ["suspended"] * 5
    lift_suspension(certification=certification, actor=cast.decider, password=PASSWORD, public_reason_zh="演示：已改正")
    assert states(client, listing, report) == ["valid"] * 5
    page = client.get(f"/products/{listing.listing_number}/?again=1")
    assert [(event["status"], event["reason"]) for event in page.context["events"]] == [
        ("valid", "演示：已改正"), ("suspended", "演示：现场抽查不符"), ("valid", None)]


def test_issued_report_that_was_refused_lists_nothing(cast, catalogue, client):
    report = reports.issued(cast)
    certification = recommend(order=report.order, actor=cast.reviewer, recommends_grant=True, reason="演示")
    decide(certification=certification, actor=cast.decider, grant=False, reason="演示机密", password=PASSWORD)
    assert client.get("/").context["total"] == 0
    body = client.get(f"/api/v1/verify/{report.number}/").json()
    assert (body["state"], body["facts"], body["sha256"]) == ("valid", None, None)
