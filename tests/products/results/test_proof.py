"""The digest by which the history names a batch covers what the bench noted besides; entries of its first form hold."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from members.history.selectors import entries_of
from members.history.services import append_entry
from products.equipment.services import note_calibration
from products.results.models import Attempt
from products.results.selectors import attempts_not_as_recorded, digest_of_attempts
from products.results.services import correct_attempt, record_attempts, register_rig
from tests.factories import equipment, orders, results
from wapicert import database

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast, catalogue):
    equipment.tool(cast.quality)
    return orders.in_testing(cast)


def altered(attempt, **changes):
    """What a hand in the database would do, past the triggers."""
    database.run(connection, database.removal(connection.vendor, "products_attempt"))
    Attempt.objects.filter(pk=attempt.pk).update(**changes)


def found():
    return [[row.plan_item.code for row in attempts] for _order, attempts in attempts_not_as_recorded()]


def test_record_without_the_mark_of_its_overdue_tool_is_found(cast, order):
    note_calibration(tool=equipment.tool(None), calibrated_until=timezone.localdate() - timedelta(days=1),
                     actor=cast.quality)
    attempt, = results.recorded(order, cast, ["IOP-01"], remark="演示：备用设备送检")
    assert (attempt.overdue_since is not None, found()) == (True, [])
    altered(attempt, overdue_since=None)
    assert found() == [["IOP-01"], []]


def test_record_without_its_rig_is_found(cast, order):
    rig, _secret = register_rig(number="RIG-1", name_zh="演示测试台", responsible=cast.tester, days=9,
                                tools=[equipment.tool(None)], actor=cast.tester)
    attempt, = record_attempts(order=order, rows=results.rows(order, ["IOP-01"]), actor=cast.tester, rig=rig)
    assert found() == []
    altered(attempt, rig=None)
    assert found() == [["IOP-01"], []]


def test_correction_and_verification_name_the_form_of_their_digest(cast, order):
    attempt, other = results.verified(order, cast, ["IOP-01", "IOP-07"])
    correct_attempt(attempt=attempt, row={"remark": "演示"}, reason="typing", text="演示：漏写备注", actor=cast.tester)
    told = entries_of(order.chain).filter(act__in=["results.recorded", "results.verified", "result.corrected"])
    assert [entry.after["digest_form"] for entry in told] == [2, 2, 2]
    assert (found(), other.state) == ([], "verified")


def test_entry_of_the_first_form_still_proves_its_batch(cast, order):
    attempt = Attempt.objects.create(
        plan_item=results.planned(order, ["IOP-01"])[0], ordinal=1, verdict="PASS", version=order.versions.get(),
        tool=equipment.tool(None), performed_at=timezone.now(), recorded_at=timezone.now(), recorded_by=cast.tester,
        overdue_since=timezone.localdate())
    append_entry(chain=order.chain, act="results.recorded", actor=cast.tester, object_type="order",
                 object_id=order.number, after={"attempts": 1, "digest": digest_of_attempts([attempt], 1)})
    assert found() == []
    altered(attempt, remark="改")
    assert found() == [["IOP-01"], []]
