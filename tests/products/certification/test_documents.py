"""The certificate: made once after the grant, named as the scheme names it, and answered by its digest."""

import pytest

from products.certification import services
from products.certification.models import Certification
from products.directory.selectors import verified
from products.files.models import StoredFile
from tests.factories import certification
from tests.factories.reports import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def content_of(file):
    with file.content.open("rb") as content:
        return content.read()


def test_issue_certificates_makes_each_once_and_prints_its_facts(cast, settings):
    settings.CERTIFICATE_NOUN_ZH = "演示证明"
    granted = certification.granted(cast)
    assert [services.issue_certificates(), services.issue_certificates()] == [1, 0]
    granted.refresh_from_db()
    page, = text_of(content_of(granted.certificate))
    snapshot = granted.report.snapshot
    for part in ("演示证明", granted.listing.listing_number, snapshot["device"]["model"], granted.report.number,
                 snapshot["customer"]["name_zh"], "符合"):
        assert part in page
    assert granted.certificate.company == granted.order.company


def test_issue_certificates_beaten_by_another_worker_leaves_one_file(cast, monkeypatch):
    granted = certification.granted(cast)
    services.issue_certificates()
    files = StoredFile.objects.count()
    waiting = Certification.objects.select_related("order__company", "listing", "report").filter(pk=granted.pk)
    monkeypatch.setattr("products.certification.services.documents.certifications_without_certificate",
                        lambda: waiting)
    assert services.issue_certificates() == 0
    assert StoredFile.objects.count() == files


def test_refused_and_suspended_ones_get_no_certificate(cast):
    certification.refused(cast)
    assert services.issue_certificates() == 0


def test_digest_of_a_certificate_is_answered_by_its_listing_and_opens_no_report(cast):
    granted = certification.granted(cast)
    services.issue_certificates()
    granted.refresh_from_db()
    found = verified(granted.certificate.sha256)
    assert (found.state, found.listing_number, found.code) == ("valid", granted.listing.listing_number, None)
    services.suspend_certification(certification=granted, actor=cast.decider, **certification.WHY)
    assert verified(granted.certificate.sha256).state == "suspended"


def test_certificate_is_downloaded_by_its_holder_alone(cast, client):
    granted = certification.granted(cast)
    services.issue_certificates()
    address = f"/my/certifications/{granted.listing.listing_number}/certificate.pdf"
    client.force_login(cast.vendor)
    assert b"".join(client.get(address).streaming_content).startswith(b"%PDF")
    client.force_login(cast.stranger)
    assert client.get(address).status_code == 404
