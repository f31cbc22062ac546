"""After an amended report: register, certificate and every verification say one thing."""

import pytest
from django.urls import reverse

from members.history.selectors import breaks_in
from members.people.errors import PasswordWrong
from products.certification import services
from products.certification.errors import NoCorrection, RoleMissing
from products.certification.models import Certification
from products.certification.selectors import correction_waiting
from products.directory.selectors import verified
from products.listings.models import ListingChange
from products.listings.selectors import listings_public
from tests.factories import certification, reports
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
CORRECTIONS = [{"device.model": "DEMO-更正-9"}, {"device.name_zh": "演示更正名称"},
               {"device.model": "DEMO-更正-9", "device.name_en": "Corrected demonstration"}]
WHY = {"public_reason_zh": "演示：型号更正", "password": PASSWORD}


def amended(cast, granted, corrections):
    new = reports.amended_with(cast, granted.report, corrections)
    services.follow_reports()
    return new


def granted_with_certificate(cast):
    granted = certification.granted(cast)
    services.issue_certificates()
    return Certification.objects.get(pk=granted.pk)


def printed_on(file):
    with file.content.open("rb") as content:
        return "".join(reports.text_of(content.read()))


def fresh(granted):
    return Certification.objects.select_related("listing", "report", "certificate", "order").get(pk=granted.pk)


@pytest.mark.parametrize("corrections", CORRECTIONS)
def test_corrected_identity_waits_for_a_decision_maker(cast, client, corrections):
    granted = granted_with_certificate(cast)
    old, before, digest = granted.report, granted.listing.model, granted.certificate.sha256
    new = amended(cast, granted, corrections)
    now = fresh(granted)
    assert (now.report, now.listing.report, now.listing.model, now.certificate.sha256) == (old, old, before, digest)
    assert {f"device.{row.name}": row.after for row in correction_waiting(now)} == corrections
    # Nobody is told that what waits is still so: the paper in hand is on a replaced report.
    assert [verified(digest).state, verified(old.verification_code).state] == ["replaced", "replaced"]
    client.force_login(cast.decider)
    page = client.get(reverse("lab-decision", args=[now.order.number])).content.decode()
    assert "确认更正并更新名录" in page
    assert all(text in page for text in corrections.values())
    public = client.get(f"/products/{now.listing.listing_number}/").content.decode()
    assert "测试报告已更正，名录的更正待决定" in public
    assert services.follow_reports() == 0
    assert new.state == "issued"


@pytest.mark.parametrize("corrections", CORRECTIONS)
def test_confirmed_correction_makes_register_certificate_and_verification_say_one_thing(cast, client, corrections):
    granted = granted_with_certificate(cast)
    old, digest = granted.report, granted.certificate.sha256
    new = amended(cast, granted, corrections)
    client.force_login(cast.decider)
    answer = client.post(reverse("lab-certification", args=[granted.order.number, "correct"]),
                         WHY | {"row_version": fresh(granted).row_version})
    assert answer.status_code == 302
    assert services.issue_certificates() == 1
    now = fresh(granted)
    model = corrections.get("device.model", old.snapshot["device"]["model"])
    assert (now.report, now.listing.report, now.listing.model, now.state) == (new, new, model, "valid")
    paper = printed_on(now.certificate)
    assert model in paper
    assert new.number in paper
    assert now.certificate.sha256 != digest
    former = now.replaced_certificates.get()
    assert (former.file.sha256, former.report) == (digest, old)
    said = verified(digest)
    assert (said.state, said.replaced_by) == ("replaced", new.number)
    for text in (now.certificate.sha256, new.verification_code, new.number):
        assert (verified(text).state, verified(text).facts["model"]) == ("valid", model)
    change = ListingChange.objects.first()
    assert (change.kind, change.before.get("model", model)) == ("corrected", old.snapshot["device"]["model"])
    assert [row.pk for row in listings_public().matching(model)] == [now.listing.pk]
    assert "名录的更正待决定" not in client.get(f"/products/{now.listing.listing_number}/").content.decode()
    assert breaks_in(now.order.chain) == []


def test_amended_serial_number_is_followed_at_once_with_a_new_certificate(cast):
    granted = granted_with_certificate(cast)
    digest = granted.certificate.sha256
    new = reports.amended(cast, granted.report)
    assert [services.follow_reports(), services.follow_reports()] == [1, 0]
    assert services.issue_certificates() == 1
    now = fresh(granted)
    assert (now.report, now.listing.report) == (new, new)
    assert new.number in printed_on(now.certificate)
    assert (verified(digest).state, verified(digest).replaced_by) == ("replaced", new.number)
    assert verified(now.certificate.sha256).state == "valid"


def test_confirm_correction_is_refused_by_role_part_password_and_without_one(cast):
    granted = granted_with_certificate(cast)
    with pytest.raises(NoCorrection):
        services.confirm_correction(certification=granted, actor=cast.decider, **WHY)
    amended(cast, granted, CORRECTIONS[0])
    for who in ("signatory", "reviewer", "vendor", "quality"):
        with pytest.raises(RoleMissing):
            services.confirm_correction(certification=granted, actor=getattr(cast, who), **WHY)
    with pytest.raises(PasswordWrong):
        services.confirm_correction(certification=granted, actor=cast.decider, **WHY | {"password": "wrong"})
    assert correction_waiting(fresh(granted))
