"""What was not tested is no conformity, and whoever reads the conclusion reads what it leaves out."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from products.certification.errors import DoesNotConform
from products.certification.selectors import certificate_facts
from products.certification.services import recommend
from products.reports.selectors import conclusion_of, not_done, snapshot_of
from products.results.services import propose_exclusion
from products.results.states import ExclusionKind
from products.rework.services import accept_item_exclusion, approve_item_exclusion
from tests.factories import certification, orders, reports, results
from tests.factories.seeds import kept

pytestmark = pytest.mark.django_db
LEAF = ["IOP-01", "IOP-03"]


def exclude(cast, order, kind, codes):
    for code in codes:
        row = propose_exclusion(order=order, item=code, kind=kind, reason="演示：没有时间测", actor=cast.tester)
        approve_item_exclusion(exclusion=row, actor=cast.verifier)
        if kind == ExclusionKind.WAIVER:
            accept_item_exclusion(exclusion=row, actor=cast.vendor)
            approve_item_exclusion(exclusion=row, actor=cast.quality)


@kept
def partly(cast: SimpleNamespace, kind: str, left: int = 1):
    """An order of which only the last items were excluded with the kind; `left` 0: all of them."""
    order = orders.in_testing(cast)
    codes = [item.code for item in results.planned(order)]
    tested, excluded = (codes[:-left], codes[-left:]) if left else ([], codes)
    if tested:
        results.verified(order, cast, tested)
    exclude(cast, order, kind, excluded)
    return orders.fresh(order)


@pytest.mark.parametrize("kind", ["NT", "BLK"])
@pytest.mark.parametrize("left", [1, 5])
def test_report_with_a_counted_item_untested_says_that_it_does_not_conform(cast, catalogue, kind, left):
    found = snapshot_of(partly(cast, kind, left))
    assert found["conclusion"]["code"] == "does_not_conform"
    assert found["conclusion"]["count_untested"] == left == found["counts"][kind]


def test_report_of_one_item_tested_of_all_says_that_it_does_not_conform(cast, catalogue):
    order = orders.in_testing(cast)
    codes = [item.code for item in results.planned(order)]
    results.verified(order, cast, codes[:1])
    exclude(cast, order, "NT", codes[1:])
    found = snapshot_of(orders.fresh(order))
    assert found["conclusion"]["code"] == "does_not_conform"
    # A parent whose children were not tested was not tested: it is not "not applicable".
    assert {row["verdict"] for row in found["results"][1:]} == {"NT"}


@pytest.mark.parametrize("kind", ["NA", "WAIVER"])
def test_report_with_consented_exclusions_conforms_and_tells_them(cast, catalogue, kind):
    found = snapshot_of(partly(cast, kind, 2))
    assert found["conclusion"]["code"] == "conforms"
    assert [(group["kind"], len(group["codes"])) for group in not_done(found["results"])] == [(kind, 2)]


@pytest.mark.parametrize("kind", ["NA", "NT", "BLK", "WAIVER"])
def test_report_with_nothing_tested_never_conforms(cast, catalogue, kind):
    assert snapshot_of(partly(cast, kind, 0))["conclusion"]["code"] == "does_not_conform"


def test_conclusion_of_an_untested_optional_item_alone_conforms(cast):
    rows = [reports.result("A", "IOP"), reports.result("B", "IOP", verdict="NT", is_counted=False)]
    assert conclusion_of(rows)["code"] == "conforms"


@pytest.mark.parametrize("kind", ["NT", "BLK"])
def test_recommending_a_grant_for_an_order_with_an_untested_item_is_refused(cast, catalogue, kind):
    order = reports.issued(cast, partly(cast, kind)).order
    with pytest.raises(DoesNotConform):
        recommend(order=order, actor=cast.reviewer, recommends_grant=True)


def test_exclusions_are_told_wherever_the_conclusion_is_told(cast, catalogue, client):
    granted = certification.granted(cast, partly(cast, "WAIVER", 3))
    report, number, order = granted.report, granted.listing.listing_number, granted.order
    codes = not_done(report.snapshot["results"])[0]["codes"]
    assert len(codes) == 3
    cover = reports.text_of(reports.content_of(report))[0]
    assert all(code in cover for code in codes)
    assert "豁免" in cover
    assert [group["codes"] for group in certificate_facts(granted)["excluded"]] == [codes]
    client.force_login(cast.decider)
    pages = [reverse("lab-decision", args=[order.number]), reverse("lab-report", args=[order.number]),
             f"/products/{number}/", f"/v/{report.verification_code}/"]
    for address in pages:
        page = client.get(address).content.decode()
        assert " ".join(codes) in page, address
    told = [{"kind": "WAIVER", "zh": "豁免", "en": "Waived", "codes": codes}]
    assert client.get(f"/api/v1/products/{number}/").json()["reports"][0]["excluded"] == told
    assert client.get(f"/api/v1/verify/{report.verification_code}/").json()["facts"]["excluded"] == told
    assert client.get(f"/api/v1/reports/{report.pk}/").json()["excluded"] == told
    assert client.get(f"/api/v1/certifications/{number}/").json()["excluded"] == told


def test_cover_of_a_report_with_untested_items_says_why_it_does_not_conform(cast, catalogue):
    cover = reports.text_of(reports.content_of(reports.issued(cast, partly(cast, "BLK", 2))))[0]
    assert "不符合" in cover
    assert "受阻" in cover
    assert "其中 2 项计入结论而未测或受阻" in cover.replace("\r\n", "").replace("\n", "")
