"""Decisions and certifications by the API."""

import pytest

from products.certification.models import Certification
from products.orders.models import Order
from products.results.services import request_invalidation
from tests.factories import reports, results
from tests.factories.api import Api
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def read(cast, order):
    """What a decision maker reads before the act."""
    answer = Api(cast.decider).get(f"orders/{order.number}/decision/")
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def recommended(cast):
    order = reports.issued(cast).order
    answer = Api(cast.reviewer).post(f"orders/{order.number}/decision/",
                                     {"recommends_grant": True, "basis": read(cast, order)["basis"]})
    assert answer.status_code == 200
    return order, answer.json()


@pytest.fixture
def granted(cast, recommended):
    order, shown = recommended
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", {"grant": True, "password": PASSWORD,
                                                                             "basis": read(cast, order)["basis"]},
                                    version=shown["row_version"])
    return answer.json()


def test_recommendation_then_decision_lists_the_device(cast, recommended):
    order, shown = recommended
    assert (shown["state"], shown["number"], shown["recommends_grant"]) == ("recommended", None, True)
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", {"grant": True, "password": PASSWORD,
                                                                             "basis": read(cast, order)["basis"]},
                                    version=shown["row_version"])
    assert (answer.status_code, answer.json()["state"]) == (200, "valid")
    assert answer.json()["number"] == Certification.objects.get().listing.listing_number
    assert Api(cast.vendor).get(f"orders/{order.number}/").json()["stage"] == "decided"


def test_refusal_tells_the_vendor_the_reason(cast, recommended):
    order, shown = recommended
    body = {"grant": False, "reason": "资料不一致", "password": PASSWORD, "basis": read(cast, order)["basis"]}
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
    ({"grant": True, "password": PASSWORD, "basis": None}, 1, (422, "invalid_input")),
    ({"grant": True, "password": PASSWORD, "basis": "0-0-0-0-0"}, 1, (412, "basis_changed")),
    ({"grant": True, "password": PASSWORD, "basis": "x"}, 1, (412, "basis_changed")),
])
def test_decision_that_does_not_hold_is_refused(cast, recommended, body, version, refusal):
    order, _shown = recommended
    body = {"basis": read(cast, order)["basis"], **body}
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", body, version=version)
    assert (answer.status_code, answer.json()["code"]) == refusal
    assert Certification.objects.get().state == "recommended"


def test_decision_without_recommendation_is_refused(cast):
    order = reports.issued(cast).order
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", {"grant": True, "password": PASSWORD,
                                                                             "basis": read(cast, order)["basis"]},
                                    version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_recommended")


def test_life_of_a_certification_with_public_reasons(cast, granted):
    path, version = f"certifications/{granted['number']}/", granted["row_version"]
    for verb, state in (("suspend", "suspended"), ("lift", "valid"), ("withdraw", "withdrawn")):
        body = {"public_reason_zh": f"演示{verb}", "password": PASSWORD}
        body |= {"basis": read(cast, Order.objects.get())["basis"]} if verb == "lift" else {}
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


def test_basis_is_told_to_staff_before_and_after_the_recommendation_and_to_nobody_else(cast, recommended):
    order, shown = recommended
    seen = read(cast, order)
    assert (seen["report"], seen["conclusion"], seen["points"], seen["doubts"], seen["beside"]) == (
        shown["report"], "conforms", [], [], [])
    assert (seen["certification"]["state"], seen["row_version"]) == ("recommended", shown["row_version"])
    for who in (cast.vendor, cast.stranger):
        assert Api(who).get(f"orders/{order.number}/decision/").status_code == 404


def test_open_point_is_told_and_grant_is_refused_with_its_name(cast, recommended):
    order, shown = recommended
    attempt = results.planned(order, ["IOP-01"])[0].attempts.get()
    request_invalidation(attempt=attempt, reason="演示：样品错", actor=cast.verifier)
    seen = read(cast, order)
    assert [(point["code"], point["items"]) for point in seen["points"]] == [("invalidation_requested", ["IOP-01"])]
    answer = Api(cast.decider).post(f"orders/{order.number}/decision/", {
        "grant": True, "password": PASSWORD, "basis": seen["basis"]}, version=shown["row_version"])
    assert (answer.status_code, answer.json()["code"], answer.json()["points"]) == (
        409, "basis_open", ["invalidation_requested"])
    assert [row["code"] for row in answer.json()["errors"]] == ["invalidation_requested"]
    assert "IOP-01" in answer.json()["detail"]


def test_lift_without_the_basis_is_refused(cast, granted):
    path, why = f"certifications/{granted['number']}/", {"public_reason_zh": "演示", "password": PASSWORD}
    shown = Api(cast.decider).post(f"{path}suspend/", why, version=granted["row_version"]).json()
    for verb in ("lift", "restore"):
        answer = Api(cast.decider).post(f"{path}{verb}/", why, version=shown["row_version"])
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "basis")
