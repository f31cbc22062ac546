"""The whole loop: failed, explained, answered, scoped, tested again; and every way in which it ends."""

import pytest
from django.utils import timezone

from members.history.selectors import breaks_in, entries_of
from products.orders.states import Party, Stage
from products.results.models import Attempt, Slot
from products.results.selectors import counts_of, slots_of
from products.results.services import rebuild_slots
from products.results.states import SlotState
from products.rework.selectors import is_complete, rounds_of
from products.rework.states import ReworkState
from tests.factories import orders, results
from tests.factories import rework as build

pytestmark = pytest.mark.django_db


def slot(order, code):
    return Slot.objects.select_related("effective").get(plan_item__order=order, plan_item__code=code)


def test_order_with_all_items_passed_is_complete(cast, catalogue):
    order = results.passed_order(cast)
    assert (order.stage, order.turn) == (Stage.COMPLETE, Party.LABORATORY)
    assert counts_of(order)["todo"] == 0
    assert breaks_in(order.chain) == []


def test_failed_item_is_explained_fixed_retested_and_the_order_completes(cast, catalogue):
    order = orders.in_testing(cast)
    codes = [item.code for item in results.planned(order)]
    results.verified(order, cast, codes, {build.CODE: "FAIL"})
    rework = build.of(order)
    assert (rework.number, rework.state) == (f"ZG-{timezone.localdate():%Y}-0001", ReworkState.OPEN)
    assert orders.fresh(order).stage == Stage.TESTING

    rework = build.send(rework, cast)
    assert orders.fresh(order).turn == Party.VENDOR
    rework = build.answer(rework, cast)
    assert (rework.state, orders.fresh(order).turn) == (ReworkState.FIX_CLAIMED, Party.LABORATORY)
    rework = build.sign(rework, cast, {"IOP-01": "repeat"})
    assert {row.code for row in slots_of(order) if row.state == SlotState.RECONFIRM} == {build.CODE, "FUN-RT", "IOP-01"}

    results.verified(order, cast, ["IOP-01"], firmware=build.FIXED)
    assert build.of(order).state == ReworkState.RETEST
    rework = build.retest(rework, cast)
    assert (rework.state, orders.fresh(order).stage) == (ReworkState.CLOSED_PASS, Stage.COMPLETE)
    assert slot(order, build.CODE).effective.version.firmware.version == build.FIXED
    assert slot(order, "IOP-07").effective.version.firmware.version == orders.FIRMWARE
    assert [row.verdict for row in Attempt.objects.filter(plan_item__order=order, plan_item__code=build.CODE)] == [
        "FAIL", "PASS"]
    assert rebuild_slots(order=order) == []
    assert breaks_in(order.chain) == []


def test_retest_that_fails_opens_the_next_round(cast, catalogue):
    rework = build.retest(build.in_retest(cast), cast, "FAIL")
    assert (rework.state, rework.round, rework.finding) == (ReworkState.OPEN, 2, "")
    rework = build.answer(build.send(rework, cast), cast, firmware="1.0.2")
    rework = build.retest(build.sign(rework, cast), cast, firmware="1.0.2")
    assert (rework.state, rework.round) == (ReworkState.CLOSED_PASS, 2)
    seen = [(one.number, len(one.items), one.scope.version.ordinal) for one in rounds_of(rework)]
    assert seen == [(1, 1, 2), (2, 1, 3)]


def test_second_failure_joins_the_open_rework(cast, catalogue):
    rework = build.opened(cast)
    results.verified(rework.order, cast, ["FUN-RT-02"], {"FUN-RT-02": "FAIL"})
    assert build.of(rework.order) == rework
    assert sorted(rework.items.values_list("plan_item__code", "round")) == [("FUN-RT-02", 1), ("FUN-RT-07", 1)]


@pytest.mark.parametrize(("state", "number"), [("with_vendor", 1), ("fix_claimed", 1), ("retest", 2)])
def test_failure_during_a_running_rework_joins_it(cast, catalogue, state, number):
    rework = build.rework_in(state, cast)
    results.verified(rework.order, cast, ["FUN-RT-02"], {"FUN-RT-02": "FAIL"})
    rework.refresh_from_db()
    assert rework.state == state
    assert rework.items.get(plan_item__code="FUN-RT-02").round == number


def test_failure_that_joined_while_with_the_vendor_is_retested_with_the_others(cast, catalogue):
    rework = build.with_vendor(cast)
    results.verified(rework.order, cast, ["FUN-RT-02"], {"FUN-RT-02": "FAIL"})
    rework = build.sign(build.answer(rework, cast), cast)
    assert slot(rework.order, "FUN-RT-02").state == SlotState.RECONFIRM
    assert build.retest(rework, cast).state == ReworkState.CLOSED_PASS


@pytest.mark.parametrize("state", ["closed_fail", "abandoned"])
def test_failed_item_of_an_ended_rework_stays_failed_and_counts_as_done(cast, catalogue, state):
    rework = build.rework_in(state, cast)
    order = rework.order
    others = [item.code for item in results.planned(order) if item.code not in ("IOP-01", build.CODE)]
    results.verified(order, cast, others)
    assert orders.fresh(order).stage == Stage.COMPLETE
    assert build.of(order) == rework
    assert counts_of(order)["failed"] == 1


@pytest.mark.parametrize("state", ["open", "with_vendor", "fix_claimed", "retest"])
def test_order_with_a_running_rework_is_not_complete(cast, catalogue, state):
    rework = build.rework_in(state, cast)
    others = [item.code for item in results.planned(rework.order) if item.code not in ("IOP-01", build.CODE)]
    results.verified(rework.order, cast, others)
    assert not is_complete(rework.order)
    assert orders.fresh(rework.order).stage == Stage.TESTING


def test_ending_a_rework_in_retest_lets_the_older_results_stand(cast, catalogue):
    rework = build.sign(build.fix_claimed(cast), cast, {"IOP-01": "repeat"})
    build.services.fail_rework(rework=rework, actor=cast.verifier, reason="演示")
    seen = [(row.state, row.verdict) for row in (slot(rework.order, "IOP-01"), slot(rework.order, build.CODE))]
    assert seen == [(SlotState.VERIFIED, "PASS"), (SlotState.VERIFIED, "FAIL")]
    assert rebuild_slots(order=rework.order) == []


def test_history_of_the_loop_names_each_act(cast, catalogue):
    rework = build.closed_pass(cast)
    acts = [entry.act for entry in entries_of(rework.order.chain) if entry.object_type == "rework"]
    assert acts == ["rework.opened", "rework.items_joined", "rework.finding_sent", "rework.answered",
                    "rework.scope_signed", "rework.closed_pass"]
