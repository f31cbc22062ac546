"""Decisions and certifications by the API."""

import pytest

from products.certification.models import Certification
from tests.factories import reports
from tests.factories.api import Api
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def recommended(cast):
    order = reports.issued(cast).order
    answer = Api(cast.reviewer).post(f"orders/{order.number}/decision/", {"recommends_grant": True})
    assert answer.status_code == 200
    return order, answer.json()


@pytest.fixture
def granted(cast, recommended):
    order, shown = recommended
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", {"grant": True, "password": PASSWORD},
                                    version=shown["row_version"])
    return answer.json()


def test_recommendation_then_decision_lists_the_device(cast, recommended):
    order, shown = recommended
    assert (shown["state"], shown["number"], shown["recommends_grant"]) == ("recommended", None, True)
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", {"grant": True, "password": PASSWORD},
                                    version=shown["row_version"])
    assert (answer.status_code, answer.json()["state"]) == (200, "valid")
    assert answer.json()["number"] == Certification.objects.get().listing.listing_number
    assert Api(cast.vendor).get(f"orders/{order.number}/").json()["stage"] == "decided"


def test_refusal_tells_the_vendor_the_reason(cast, recommended):
    order, shown = recommended
    body = {"grant": False, "reason": "资料不一致", "password": PASSWORD}
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", body, version=shown["row_version"])
    assert (answer.json()["state"], answer.json()["number"], answer.json()["decision_reason"]) == (
        "refused", None, "资料不一致")


@pytest.mark.parametrize(("body", "version", "refusal"), [
    ({}, 1, (422, "decision_ambiguous")),
    ({"grant": True, "recommends_grant": True, "password": PASSWORD}, 1, (422, "decision_ambiguous")),
    ({"grant": True, "password": PASSWORD}, None, (428, "precondition_required")),
    ({"grant": True, "password": PASSWORD}, 9, (412, "stale")),
    ({"grant": True, "password": "wrong"}, 1, (403, "password_wrong")),
    ({"grant": True}, 1, (403, "password_wrong")),
])
def test_decision_that_does_not_hold_is_refused(cast, recommended, body, version, refusal):
    order, _shown = recommended
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", body, version=version)
    assert (answer.status_code, answer.json()["code"]) == refusal
    assert Certification.objects.get().state == "recommended"


def test_decision_without_recommendation_is_refused(cast):
    order = reports.issued(cast).order
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", {"grant": True, "password": PASSWORD},
                                    version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_recommended")


def test_life_of_a_certification_with_public_reasons(cast, granted):
    path, version = f"certifications/{granted['number']}/", granted["row_version"]
    for verb, state in (("suspend", "suspended"), ("lift", "valid"), ("withdraw", "withdrawn")):
        body = {"public_reason_zh": f"演示{verb}", "password": PASSWORD}
        shown = Api(cast.decider).post(f"{path}{verb}/", body, version=version).json()
        assert (shown["state"], shown["events"][-1]["public_reason_zh"], shown["events"][-1]["public_reason_en"]) == (
            state, f"演示{verb}", None)
        version = shown["row_version"]
    seen = Api(cast.vendor).get(path).json()
    assert [event["state"] for event in seen["events"]] == ["valid", "suspended", "valid", "withdrawn"]


def test_cancel_ends_it(cast, granted):
    body = {"public_reason_zh": "持有人放弃", "public_reason_en": "Given up", "password": PASSWORD}
    answer = Api(cast.decider).post(f"certifications/{granted['number']}/cancel/", body,
                                    version=granted["row_version"])
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")


def test_recommendation_stays_inside_the_alliance(cast, granted):
    to_staff, to_vendor = (Api(user).get(f"certifications/{granted['number']}/").json()
                           for user in (cast.reviewer, cast.vendor))
    assert [to_staff["recommends_grant"], to_vendor["recommends_grant"], to_vendor["recommendation"]] == [
        True, None, None]
    assert Api(cast.stranger).get(f"certifications/{granted['number']}/").status_code == 404
