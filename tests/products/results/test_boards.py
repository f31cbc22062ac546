"""The rows of bench and order page, the counts, the life of an item, and the cache that can be rebuilt."""

import random

import pytest
from django.utils import timezone

from products.results.models import Attempt, Slot
from products.results.selectors import counts_for, counts_of, participants_in, slots_of, timeline_of
from products.results.services import (
    add_evidence,
    approve_exclusion,
    correct_attempt,
    invalidate_attempt,
    open_slots,
    propose_exclusion,
    rebuild_slots,
    record_attempts,
    refuse_exclusion,
    request_invalidation,
    require_repeats,
    return_attempt,
    verify_attempts,
)
from products.results.states import SlotState
from tests.factories import equipment, orders, results
from tests.factories.files import upload
from tests.factories.seeds import seed
from wapicert.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast, catalogue):
    return seed("order in testing", lambda: orders.in_testing(cast))


def test_slots_of_an_order_without_results_stand_at_todo(cast, order):
    rows = slots_of(order)
    assert {(row.state, row.verdict, row.row_version, row.latest) for row in rows} == {(SlotState.TODO, None, 1, None)}
    assert len(rows) == len(results.planned(order)) + 1  # and 重传功能, which is derived
    assert [row.code for row in rows if row.is_derived] == ["FUN-RT"]
    assert len(slots_of(order, everything=True)) == order.plan.count()


@pytest.mark.parametrize("count", [1, 3])
def test_slots_of_asks_a_fixed_number_of_queries(cast, order, django_assert_num_queries, count):
    codes = ["FUN-RT-02", "IOP-01", "IOP-07"][:count]
    for attempt in results.verified(order, cast, codes, dict.fromkeys(codes, "INC")):
        add_evidence(order=order, attempt=attempt, upload=upload(), actor=cast.tester)
    again = results.recorded(order, cast, codes)
    for code in codes:
        refuse_exclusion(exclusion=propose_exclusion(order=order, item="PER-04", kind="NT", reason=code,
                                                     actor=cast.tester), reason="演示", actor=cast.verifier)
    with django_assert_num_queries(10):
        rows = slots_of(order)
        shown = [(row.latest, [attempt.state for attempt in row.attempts], row.effective, row.exclusion,
                  row.evidence, row.item.category.name_zh, list(row.item.measurements.all()), row.repeat_from)
                 for row in rows]
    assert sum(len(row.attempts) for row in rows) == 2 * count
    assert len(shown) == len(rows)
    assert [row.state for row in rows if row.latest in again] == [SlotState.RECORDED] * count


@pytest.mark.parametrize("count", [1, 3])
def test_slots_that_only_count_hold_what_is_effective(cast, order, django_assert_num_queries, count):
    codes = ["FUN-RT-02", "IOP-01", "IOP-07"][:count]
    results.verified(order, cast, codes, dict.fromkeys(codes, "INC"))
    results.verified(order, cast, codes)
    with django_assert_num_queries(5):
        rows = slots_of(order, counting_only=True)
        shown = [(row.code, row.effective.verdict, row.effective.version.firmware.version)
                 for row in rows if row.attempts]
    assert sorted(shown) == [(code, "PASS", orders.FIRMWARE) for code in codes]
    assert [row.code for row in rows] == [row.code for row in slots_of(order)]


def test_counts_tell_todo_passed_failed_and_other_in_one_query(cast, order, django_assert_num_queries):
    other = orders.in_testing(cast)
    drafted = orders.drafted(cast)
    total = len(results.planned(order))
    results.verified(order, cast, ["IOP-01", "FUN-RT-07", "PER-04", "IOP-07"], {"FUN-RT-07": "FAIL", "IOP-07": "INC"})
    results.recorded(order, cast, ["IOP-08"])
    with django_assert_num_queries(1):
        counts = counts_for([order.pk, other.pk, drafted.pk])
    assert counts[order.pk] == {"todo": total - 4, "passed": 1, "failed": 1, "other": 2}
    assert counts[other.pk] == {"todo": total, "passed": 0, "failed": 0, "other": 0}
    assert counts[drafted.pk] == counts_of(drafted) == {"todo": 0, "passed": 0, "failed": 0, "other": 0}


def test_participants_are_all_who_acted(cast, order):
    first, second = results.recorded(order, cast, ["IOP-01", "IOP-07"])
    verify_attempts(order=order, attempts=[first], actor=cast.verifier)
    request_invalidation(attempt=first, reason="演示", actor=cast.verifier)
    invalidate_attempt(attempt=first, reason="演示", actor=cast.quality)
    correct_attempt(attempt=second, row={}, reason="typing", text="演示", actor=cast.tester2)
    assert participants_in(order) == {cast.tester.pk, cast.tester2.pk, cast.verifier.pk, cast.quality.pk}


def test_timeline_tells_everything_that_happened_to_an_item(cast, order):
    first = results.attempt(order, cast)
    return_attempt(attempt=first, comment="演示：请核对", actor=cast.verifier)
    second = correct_attempt(attempt=first, row={"verdict": "INC"}, reason="typing", text="演示：点错",
                             actor=cast.tester)
    verify_attempts(order=order, attempts=[second], actor=cast.verifier)
    row = propose_exclusion(order=order, item="IOP-01", kind="BLK", reason="演示：受阻", actor=cast.tester)
    refuse_exclusion(exclusion=row, reason="演示：再试", actor=cast.verifier)
    moments = timeline_of(first.plan_item)
    assert [(str(moment.what), moment.who, moment.text) for moment in moments] == [
        ("记录", cast.tester, ""), ("退回", cast.verifier, "演示：请核对"), ("更正", cast.tester, "演示：点错"),
        ("校核", cast.verifier, ""), ("提议排除", cast.tester, "演示：受阻"), ("拒绝排除", cast.verifier, "演示：再试"),
    ]


def test_parent_fails_with_its_child_and_passes_with_all(cast, order):
    children = [item.code for item in results.planned(order) if item.code.startswith("FUN-RT-")]
    parent = Slot.objects.filter(plan_item__order=order, plan_item__code="FUN-RT")
    results.verified(order, cast, children[1:])
    assert parent.get().state == SlotState.TODO
    row = propose_exclusion(order=order, item=children[0], kind="NA", reason="演示", actor=cast.tester)
    approve_exclusion(exclusion=row, actor=cast.verifier)
    assert (parent.get().state, parent.get().verdict) == (SlotState.VERIFIED, "PASS")
    bad = Attempt.objects.get(plan_item__order=order, plan_item__code=children[1])
    again = correct_attempt(attempt=bad, row={"verdict": "FAIL"}, reason="typing", text="演示", actor=cast.tester)
    assert parent.get().state == SlotState.RECORDED
    verify_attempts(order=order, attempts=[again], actor=cast.verifier)
    assert (parent.get().state, parent.get().verdict) == (SlotState.VERIFIED, "FAIL")


CODES = ["FUN-RT-02", "FUN-RT-07", "IOP-01"]


def act_at_random(order, cast, chance):
    """One act, whichever; that it may be refused is part of the game."""
    item = chance.choice(results.planned(order, CODES))
    attempts = list(Attempt.objects.filter(plan_item=item))
    attempt = chance.choice(attempts) if attempts else None
    acts = [
        lambda: record_attempts(order=order, rows=[results.row(item, chance.choice(["PASS", "FAIL", "INC"]))],
                                actor=cast.tester),
        lambda: verify_attempts(order=order, attempts=[attempt], actor=cast.verifier),
        lambda: return_attempt(attempt=attempt, comment="演示", actor=cast.verifier),
        lambda: correct_attempt(attempt=attempt, row={"verdict": "PASS"}, reason="typing", text="演示",
                                actor=cast.tester),
        lambda: request_invalidation(attempt=attempt, reason="演示", actor=cast.verifier),
        lambda: invalidate_attempt(attempt=attempt, reason="演示", actor=cast.quality),
        lambda: approve_exclusion(exclusion=propose_exclusion(order=order, item=item.code, kind="BLK", reason="演示",
                                                              actor=cast.tester), actor=cast.verifier),
        lambda: require_repeats(order=order, plan_items=[item], version=order.versions.get(), actor=cast.verifier),
    ]
    chosen = chance.choices(range(len(acts)), [6, 9, 1, 2, 2, 2, 0.3, 1])[0]
    if attempt is not None or chosen in (0, 6, 7):
        acts[chosen]()


@pytest.mark.parametrize("seed", range(6))
def test_slots_after_any_acts_equal_what_a_rebuild_computes(cast, order, seed):
    equipment.tool(cast.quality)
    chance = random.Random(seed)  # noqa: S311 - a repeatable walk, no secret
    for _step in range(25):
        try:
            act_at_random(order, cast, chance)
        except DomainError:
            continue
    kept = list(Slot.objects.filter(plan_item__order=order).order_by("pk").values())
    assert rebuild_slots(order=order) == []
    assert list(Slot.objects.filter(plan_item__order=order).order_by("pk").values()) == kept


def test_rebuild_slots_mends_a_cache_that_is_wrong(cast, order):
    results.verified(order, cast, ["IOP-01"])
    Slot.objects.filter(plan_item__order=order).update(state=SlotState.TODO, verdict="", effective=None)
    assert rebuild_slots(order=order) == ["IOP-01"]
    assert Slot.objects.get(plan_item__order=order, plan_item__code="IOP-01").verdict == "PASS"


def test_open_slots_twice_changes_nothing(order):
    open_slots(order=order)
    kept = list(Slot.objects.order_by("pk").values())
    open_slots(order=order)
    assert list(Slot.objects.order_by("pk").values()) == kept


def test_record_a_batch_asks_a_bounded_number_of_queries(cast, order, django_assert_max_num_queries):
    equipment.tool(cast.quality)
    rows = results.rows(order)
    assert len(rows) > 50
    with django_assert_max_num_queries(30):
        attempts = record_attempts(order=order, rows=rows, actor=cast.tester)
    with django_assert_max_num_queries(32):
        verify_attempts(order=order, attempts=attempts, actor=cast.verifier)
    assert attempts[0].recorded_at <= timezone.now()
