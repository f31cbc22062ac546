"""Verifying, returning and throwing out: who may, in which state, and what follows for the item."""

import pytest

from members.history.selectors import entries_of
from members.people.services import confirm_role, grant_role
from members.people.states import Role
from products.orders.models import Order
from products.orders.states import Stage
from products.results import errors
from products.results.models import Attempt, AttemptAct, Slot
from products.results.selectors import (
    attempts_to_verify,
    digest_of_attempts,
    invalidations_requested,
    timeline_of,
)
from products.results.services import (
    correct_attempt,
    invalidate_attempt,
    record_attempts,
    refuse_invalidation,
    request_invalidation,
    return_attempt,
    verify_attempts,
)
from products.results.states import ATTEMPT_TRANSITIONS, AttemptState, SlotState
from products.rework.services import invalidate_result, refuse_result_invalidation, request_result_invalidation
from tests.factories import orders, results
from tests.factories.seeds import seed
from wapicert.errors import Forbidden
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast, catalogue):
    return seed("order in testing", lambda: orders.in_testing(cast))


def verify(attempt, actor):
    return verify_attempts(order=attempt.plan_item.order, attempts=[attempt], actor=actor)


VERBS = {
    "return": lambda attempt, cast: return_attempt(attempt=attempt, comment="演示", actor=cast.verifier),
    "verify": lambda attempt, cast: verify(attempt, cast.verifier),
    "correct": lambda attempt, cast: correct_attempt(attempt=attempt, row={"verdict": "FAIL"}, reason="typing",
                                                     text="演示", actor=cast.tester),
    "request_invalidation": lambda attempt, cast: request_invalidation(attempt=attempt, reason="演示",
                                                                       actor=cast.verifier),
    "refuse_invalidation": lambda attempt, cast: refuse_invalidation(attempt=attempt, reason="演示",
                                                                     actor=cast.quality),
    "invalidate": lambda attempt, cast: invalidate_attempt(attempt=attempt, reason="演示", actor=cast.quality),
}
WAYS = {
    AttemptState.SUBMITTED: [], AttemptState.RETURNED: ["return"], AttemptState.VERIFIED: ["verify"],
    AttemptState.SUPERSEDED: ["correct"], AttemptState.INVALIDATION_REQUESTED: ["verify", "request_invalidation"],
    AttemptState.INVALIDATED: ["verify", "request_invalidation", "invalidate"],
}


@pytest.mark.parametrize("state", AttemptState)
@pytest.mark.parametrize("verb", ATTEMPT_TRANSITIONS)
def test_each_verb_moves_an_attempt_only_from_its_states(cast, order, state, verb):
    attempt = results.attempt(order, cast)
    for step in WAYS[state]:
        VERBS[step](attempt, cast)
    attempt = Attempt.objects.get(pk=attempt.pk)
    assert attempt.state == state
    length = entries_of(order.chain).count()
    if state in ATTEMPT_TRANSITIONS[verb].sources:
        VERBS[verb](attempt, cast)
        assert Attempt.objects.get(pk=attempt.pk).state == ATTEMPT_TRANSITIONS[verb].target
        assert entries_of(order.chain).count() == length + 1
    else:
        with pytest.raises(IllegalTransition):
            VERBS[verb](attempt, cast)
        assert Attempt.objects.get(pk=attempt.pk).state == state
        assert entries_of(order.chain).count() == length


ROLES = {"return": "VE", "verify": "VE", "correct": "TE", "request_invalidation": "VE", "refuse_invalidation": "QM",
         "invalidate": "QM"}
PEOPLE = {"vendor": "VU", "intake": "IN", "tester2": "TE", "verifier": "VE", "signatory": "SG", "quality": "QM",
          "decider": "DM", "auditor": "AU", "admin": "AD"}
BY = {
    "return": lambda attempt, actor: return_attempt(attempt=attempt, comment="演示", actor=actor),
    "verify": verify,
    "correct": lambda attempt, actor: correct_attempt(attempt=attempt, row={}, reason="typing", text="演示",
                                                      actor=actor),
    "request_invalidation": lambda attempt, actor: request_invalidation(attempt=attempt, reason="演示", actor=actor),
    "refuse_invalidation": lambda attempt, actor: refuse_invalidation(attempt=attempt, reason="演示", actor=actor),
    "invalidate": lambda attempt, actor: invalidate_attempt(attempt=attempt, reason="演示", actor=actor),
}


@pytest.mark.parametrize("verb", ROLES)
def test_each_verb_asks_for_its_role(cast, order, verb):
    attempt = results.attempt(order, cast)
    for who, role in PEOPLE.items():
        if role != ROLES[verb]:
            with pytest.raises(Forbidden):
                BY[verb](attempt, getattr(cast, who))
    assert AttemptAct.objects.count() == 0


def also(user, role):
    confirm_role(grant=grant_role(user=user, role=role, actor=None), actor=None)
    user.__dict__.pop("_standing", None)
    return user


@pytest.mark.parametrize("verb", ["verify", "return"])
def test_recorder_is_refused_as_verifier(cast, order, verb):
    own = results.attempt(order, cast)
    with pytest.raises(errors.VerifierRecorded) as caught:
        BY[verb](own, also(cast.tester, Role.VE))
    assert (caught.value.status, caught.value.extra) == (403, {"items": ["IOP-01"]})
    assert own.state == AttemptState.SUBMITTED


def test_recorder_of_the_first_revision_is_refused_as_verifier_of_the_correction(cast, order):
    second = correct_attempt(attempt=results.attempt(order, cast), row={"verdict": "FAIL"}, reason="typing",
                             text="演示", actor=cast.tester2)
    with pytest.raises(errors.VerifierRecorded):
        verify(second, also(cast.tester, Role.VE))


def test_batch_with_one_own_record_is_refused_whole(cast, order):
    theirs = results.attempt(order, cast)
    both = also(cast.tester2, Role.VE)
    own = record_attempts(order=order, rows=results.rows(order, ["IOP-07"]), actor=both)[0]
    with pytest.raises(errors.VerifierRecorded):
        verify_attempts(order=order, attempts=[theirs, own], actor=both)
    assert theirs.state == AttemptState.SUBMITTED


def test_verify_attempts_writes_one_entry_with_the_digest_of_its_rows(cast, order):
    attempts = results.recorded(order, cast)
    verify_attempts(order=order, attempts=attempts, actor=cast.verifier)
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.after["attempts"], entry.after["digest"]) == (
        "results.verified", len(attempts), digest_of_attempts(attempts))
    assert Slot.objects.filter(plan_item__order=order, state=SlotState.VERIFIED).count() == len(attempts) + 1


def test_verify_attempts_of_another_order_is_refused(cast, order):
    other = results.attempt(orders.in_testing(cast), cast)
    with pytest.raises(errors.AttemptUnknown):
        verify_attempts(order=order, attempts=[other], actor=cast.verifier)


def test_verify_attempts_without_a_record_is_refused(cast, order):
    with pytest.raises(errors.BatchEmpty):
        verify_attempts(order=order, attempts=[], actor=cast.verifier)


@pytest.mark.parametrize("verb", ["return", "request_invalidation", "invalidate"])
def test_acts_without_words_are_refused(cast, order, verb):
    attempt = results.attempt(order, cast)
    calls = {
        "return": lambda: return_attempt(attempt=attempt, comment=" ", actor=cast.verifier),
        "request_invalidation": lambda: request_invalidation(attempt=attempt, reason="", actor=cast.verifier),
        "invalidate": lambda: invalidate_attempt(attempt=attempt, reason="", actor=cast.quality),
    }
    with pytest.raises(errors.TextMissing):
        calls[verb]()


def test_invalidation_takes_two_persons(cast, order):
    attempt = results.verified(order, cast, ["IOP-01"])[0]
    both = also(cast.verifier, Role.QM)
    request_invalidation(attempt=attempt, reason="演示", actor=both)
    attempt = Attempt.objects.get(pk=attempt.pk)
    with pytest.raises(errors.InvalidationNeedsAnother):
        invalidate_attempt(attempt=attempt, reason="演示", actor=both)
    invalidate_attempt(attempt=attempt, reason="演示", actor=cast.quality)
    assert Slot.objects.get(plan_item=attempt.plan_item).state == SlotState.TODO
    again = record_attempts(order=order, rows=results.rows(order, ["IOP-01"]), actor=cast.tester)[0]
    assert again.ordinal == 2


def test_doubt_about_a_result_reopens_a_complete_order_until_it_is_tested_again(cast, catalogue):
    order = results.passed_order(cast)
    attempt = Attempt.objects.get(plan_item__order=order, plan_item__code="IOP-01")
    request_result_invalidation(attempt=attempt, reason="演示：样品有误", actor=cast.verifier)
    assert orders.fresh(order).stage == Stage.TESTING
    assert list(invalidations_requested(order)) == [attempt]
    invalidate_result(attempt=Attempt.objects.get(pk=attempt.pk), reason="演示", actor=cast.quality)
    results.verified(order, cast, ["IOP-01"])
    assert orders.fresh(order).stage == Stage.COMPLETE


def doubted(attempt, cast):
    request_result_invalidation(attempt=attempt, reason="演示：样品有误", actor=cast.verifier)
    return Attempt.objects.get(pk=attempt.pk)


def test_refused_invalidation_lets_the_result_stand_and_may_be_asked_for_again(cast, catalogue):
    order = results.passed_order(cast)
    attempt = doubted(Attempt.objects.get(plan_item__order=order, plan_item__code="IOP-01"), cast)
    assert orders.fresh(order).stage == Stage.TESTING
    refuse_result_invalidation(attempt=attempt, reason="演示：样品无误", actor=cast.quality)
    assert (orders.fresh(order).stage, attempt.acts.last().comment) == (Stage.COMPLETE, "演示：样品无误")
    assert (Attempt.objects.get(pk=attempt.pk).state, list(invalidations_requested(order))) == ("verified", [])
    assert list(invalidations_requested()) == []
    assert doubted(attempt, cast).state == AttemptState.INVALIDATION_REQUESTED
    assert list(invalidations_requested(order)) == [attempt]


def test_refuse_invalidation_by_who_asked_for_it_is_refused(cast, order):
    both = also(cast.verifier, Role.QM)
    attempt = results.verified(order, cast, ["IOP-01"])[0]
    request_invalidation(attempt=attempt, reason="演示", actor=both)
    with pytest.raises(errors.InvalidationNeedsAnother):
        refuse_invalidation(attempt=Attempt.objects.get(pk=attempt.pk), reason="演示", actor=both)


@pytest.mark.parametrize("stage", [Stage.REPORTING, Stage.DECIDED, Stage.CLOSED])
def test_result_of_a_reported_order_is_thrown_out_and_tested_again_in_its_stage(cast, catalogue, stage):
    order = results.passed_order(cast)
    attempt = Attempt.objects.get(plan_item__order=order, plan_item__code="IOP-01")
    Order.objects.update(stage=stage)
    invalidate_result(attempt=doubted(attempt, cast), reason="演示", actor=cast.quality)
    slot = Slot.objects.get(plan_item=attempt.plan_item)
    assert (orders.fresh(order).stage, slot.state, slot.effective) == (stage, SlotState.TODO, None)
    again = results.verified(order, cast, ["IOP-01"])[0]
    slot.refresh_from_db()
    assert (orders.fresh(order).stage, slot.effective) == (stage, again)
    assert [moment.attempt for moment in timeline_of(attempt.plan_item)][:2] == [attempt, attempt]


def test_record_of_another_item_of_a_reported_order_is_refused(cast, catalogue):
    order = results.passed_order(cast)
    attempt = Attempt.objects.get(plan_item__order=order, plan_item__code="IOP-01")
    Order.objects.update(stage=Stage.REPORTING)
    invalidate_result(attempt=doubted(attempt, cast), reason="演示", actor=cast.quality)
    with pytest.raises(errors.ReportInProgress):
        results.recorded(order, cast, ["IOP-01", "IOP-07"])


def test_attempts_to_verify_lists_what_nobody_acted_on(cast, order):
    first, second = results.recorded(order, cast, ["IOP-01", "IOP-07"])
    verify(first, cast.verifier)
    assert list(attempts_to_verify()) == [second]
