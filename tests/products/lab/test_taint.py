"""A doubtful tool, person or day leads to every result, report and listing it touched, and to what is done then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members.history.models import Entry
from members.notices.models import Notice
from products.orders.models import Order
from products.orders.states import Stage
from products.results.models import Attempt
from products.results.selectors import Doubt, attempts_in_doubt
from products.results.states import AttemptState
from tests.factories import certification, equipment, orders, results

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
BAD = f"/lab/taint/?tool={equipment.NUMBER}"


def test_taint_names_results_reports_and_listings_of_a_tool_and_of_no_other(client, cast):
    granted = certification.granted(cast)
    other = orders.in_testing(cast)
    equipment.tool(cast.quality, number="YS-777")
    results.attempt(other, cast, tool="YS-777")
    client.force_login(cast.auditor)
    page = client.get(BAD).content.decode()
    assert [text in page for text in (granted.order.number, granted.report.number, granted.listing.listing_number,
                                      other.number)] == [True, True, True, False]
    assert Attempt.objects.filter(tool__number="YS-777").count() == 1
    rows = client.get(f"{BAD}&format=csv").content.decode().splitlines()
    assert len(rows) == 1 + Attempt.objects.filter(plan_item__order=granted.order).count()
    assert granted.listing.listing_number in rows[1]


def test_attempts_in_doubt_follow_person_and_days(cast):
    order = orders.in_testing(cast)
    order.versions.update(received_at=timezone.now() - timedelta(days=9))
    old = results.attempt(order, cast, "IOP-07", performed_at=timezone.now() - timedelta(days=5))
    new = results.verified(order, cast, ["IOP-01"])[0]
    day = timezone.localdate() - timedelta(days=2)
    asked = [Doubt(since=day), Doubt(until=day), Doubt(person=cast.verifier.staff_number),
             Doubt(person=cast.tester.staff_number), Doubt(person=cast.tester2.staff_number), Doubt()]
    assert [set(attempts_in_doubt(one, cast.quality)) for one in asked] == [
        {new}, {old}, {new}, {new, old}, set(), set()]
    assert list(attempts_in_doubt(Doubt(since=day), cast.stranger)) == []


def test_hold_and_notice_start_from_the_taint_page(client, cast):
    order = orders.in_testing(cast)
    results.attempt(order, cast)
    client.force_login(cast.verifier)
    typed = {"order": order.number, "reason": "演示：工具失准"}
    assert client.post(BAD, {**typed, "act": "hold"}).status_code == 403
    assert client.post(BAD, {**typed, "act": "announce", "reason": " "}).status_code == 422
    assert not Notice.objects.exists()
    assert client.post(BAD, {**typed, "act": "announce"}).status_code == 302
    told = set(Notice.objects.values_list("recipient", flat=True))
    assert {cast.quality.pk, cast.intake.pk, cast.verifier.pk, cast.signatory.pk} <= told
    assert cast.vendor.pk not in told
    assert Entry.objects.filter(chain=order.chain, act="results.doubt_announced").count() == 1
    client.force_login(cast.intake)
    assert client.post(BAD, {**typed, "act": "hold"}).status_code == 302
    assert Order.objects.get(pk=order.pk).stage == Stage.ON_HOLD


def test_invalidation_is_asked_for_all_verified_results_in_doubt(client, cast):
    order = orders.in_testing(cast)
    attempts = results.verified(order, cast, ["IOP-01", "IOP-07"])
    client.force_login(cast.verifier)
    assert client.post(BAD, {"order": order.number, "reason": "演示", "act": "request"}).status_code == 302
    assert {Attempt.objects.get(pk=row.pk).state for row in attempts} == {AttemptState.INVALIDATION_REQUESTED}
