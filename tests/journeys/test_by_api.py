"""A sensor's way to the public directory by the API alone: refused, fixed, passed, listed, suspended."""

from __future__ import annotations

import hashlib

from products.management.demonstration.people import PASSWORD
from tests.journeys.clients import Api
from tests.journeys.road import FIRMWARE, FIXED, HARDWARE, Road

FAILING = ("FUN-RT-02", "FUN-RT-08")


def test_order_by_api_goes_from_application_through_rework_to_listing_and_suspension(site, people):
    road, public = Road(people, "DEMO-API-1"), Api(site.url)
    road.apply()
    assert people["vendor2"].send("GET", road.order_path).status == 404
    road.accept()
    assert road.order["stage"] == "testing"

    first = road.record(FAILING)
    assert people["lab"].refused(f"{road.order_path}attempts/verify/", {"attempts": first})[0] == 403
    road.verify(first)
    assert road.order["counts"]["failed"] == len(FAILING)
    road.send_finding(FAILING)
    assert road.order["turn"]["party"] == "vendor"
    road.answer()
    road.sign_scope(FAILING)
    repeated = road.record(firmware=FIXED)
    assert len(repeated) == len(FAILING)
    road.verify(repeated)
    assert (road.order["stage"], road.order["counts"]["failed"]) == ("complete", 0)

    road.report_up_to_the_signature()
    wrong = people["signatory"].refused(f"{road.report_path}authorise/", {"password": "wrong password"},
                                        version=road.report["row_version"])
    assert (wrong, road.report["state"]) == ((403, "password_wrong"), "checked")
    road.authorise()
    report = road.wait_for_issue()
    pdf = people["vendor"].send("GET", f"{road.report_path}pdf").content
    assert (pdf[:5], hashlib.sha256(pdf).hexdigest()) == (b"%PDF-", report["sha256"])
    assert public.get(f"verify/{report['verification_code']}/")["state"] == "valid"
    assert public.get("products/?q=DEMO-API-1")["results"] == []

    certification = road.grant()
    listed = public.get("products/?q=DEMO-API-1")["results"]
    assert [(row["listing_number"], row["status"]) for row in listed] == [(certification["number"], "valid")]
    tested = public.get(f"products/{certification['number']}/")["tested_versions"]
    assert tested == [{"hardware": HARDWARE, "firmware": one} for one in (FIRMWARE, FIXED)]

    people["decider"].move(f"certifications/{certification['number']}/", "suspend",
                           {"public_reason_zh": "演示：抽查", "password": PASSWORD})
    assert public.get(f"products/{certification['number']}/")["status"] == "suspended"
    assert public.get(f"verify/{report['verification_code']}/")["state"] == "suspended"
