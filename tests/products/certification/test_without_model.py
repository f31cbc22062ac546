"""A device that bears no model says so on every paper and page, under no word that stands for one."""

import pytest

from products.certification import services
from tests.factories import certification, orders, reports
from tests.factories.reports import content_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def granted(cast):
    order = reports.tested(cast, device=orders.device(cast, model=None))
    made = certification.granted(cast, order)
    services.issue_certificates()
    made.refresh_from_db()
    return made


def test_report_certificate_and_listing_of_a_device_without_model_say_that_none_was_stated(granted, client, cast):
    with granted.certificate.content.open("rb") as file:
        certificate, = text_of(file.read())
    cover = text_of(content_of(granted.report))[0]
    assert ("未载明" in cover, "未载明" in certificate, granted.listing.model) == (True, True, None)
    assert granted.report.snapshot["device"]["model"] is None
    public = client.get(f"/products/{granted.listing.listing_number}/").content.decode()
    listed = client.get(f"/api/v1/products/{granted.listing.listing_number}/").json()
    assert ("型号未载明" in public, listed["model"]) == (True, None)
    client.force_login(cast.decider)
    shown = client.get(f"/api/v1/orders/{granted.order.number}/").json()
    assert shown["device"]["model"] is None
    for address in (f"/lab/orders/{granted.order.number}/", f"/lab/orders/{granted.order.number}/decision/", "/lab/"):
        page = client.get(address).content.decode()
        assert "未载明" in page
        assert ">None<" not in page
