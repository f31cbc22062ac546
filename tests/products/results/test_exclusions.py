"""Items without a result: who proposes, who must consent, what is refused."""

import pytest
from django.db import IntegrityError

from members.history.selectors import entries_of
from members.people.services import confirm_role, grant_role
from members.people.states import Role
from products.orders.states import Stage
from products.results import errors
from products.results.models import Exclusion, Slot
from products.results.selectors import exclusions_proposed, exclusions_visible_to, timeline_of
from products.results.services import (
    accept_exclusion,
    approve_exclusion,
    correct_attempt,
    propose_exclusion,
    refuse_exclusion,
    reopen_exclusion,
    withdraw_exclusion,
)
from products.results.states import EXCLUSION_TRANSITIONS, ExclusionKind, ExclusionState, SlotState
from products.rework.services import approve_item_exclusion, reopen_item_exclusion
from tests.factories import orders, reports, results
from tests.factories import rework as build
from tests.factories.seeds import seed
from wapicert.errors import DomainError, Forbidden
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast, catalogue):
    return seed("order in testing", lambda: orders.in_testing(cast))


def propose(order, cast, kind="NT", item="IOP-01"):
    return propose_exclusion(order=order, item=item, kind=kind, reason="演示：样品不具备", actor=cast.tester)


def state_of(order, item="IOP-01"):
    return Slot.objects.get(plan_item__order=order, plan_item__code=item).state


@pytest.mark.parametrize("kind", ["NA", "NT", "BLK"])
def test_exclusion_counts_once_a_verifier_approves(cast, order, kind):
    exclusion = propose(order, cast, kind)
    assert state_of(order) == SlotState.TODO
    exclusion = approve_exclusion(exclusion=exclusion, actor=cast.verifier)
    assert (exclusion.state, state_of(order)) == (ExclusionState.APPROVED, SlotState.EXCLUDED)
    assert [entry.act for entry in entries_of(order.chain)][-2:] == ["exclusion.proposed", "exclusion.approved"]


def test_waiver_counts_once_all_three_have_consented(cast, order):
    exclusion = propose(order, cast, "WAIVER")
    for verb, actor in ((approve_exclusion, cast.quality), (accept_exclusion, cast.vendor)):
        exclusion = verb(exclusion=exclusion, actor=actor)
        assert (exclusion.state, state_of(order)) == (ExclusionState.PROPOSED, SlotState.TODO)
    exclusion = approve_exclusion(exclusion=exclusion, actor=cast.verifier)
    assert (exclusion.state, state_of(order)) == (ExclusionState.APPROVED, SlotState.EXCLUDED)
    assert (exclusion.verifier, exclusion.vendor, exclusion.quality_manager) == (
        cast.verifier, cast.vendor, cast.quality)


def test_refused_exclusion_gives_the_item_back(cast, order):
    exclusion = refuse_exclusion(exclusion=propose(order, cast), reason="演示：可以测试", actor=cast.verifier)
    assert (exclusion.state, exclusion.verifier, exclusion.refusal) == ("refused", cast.verifier, "演示：可以测试")
    assert results.attempt(order, cast).verdict == "PASS"


def test_last_exclusion_completes_the_order(cast, order):
    codes = [item.code for item in results.planned(order) if item.code != "IOP-01"]
    results.verified(order, cast, codes)
    approve_item_exclusion(exclusion=propose(order, cast, "BLK"), actor=cast.verifier)
    assert orders.fresh(order).stage == Stage.COMPLETE


CALLS = {
    "approve": lambda row, cast: approve_exclusion(exclusion=row, actor=cast.verifier),
    "refuse": lambda row, cast: refuse_exclusion(exclusion=row, reason="演示", actor=cast.verifier),
    "accept": lambda row, cast: accept_exclusion(exclusion=row, actor=cast.vendor),
    "withdraw": lambda row, cast: withdraw_exclusion(exclusion=row, actor=cast.tester),
    "reopen": lambda row, cast: reopen_exclusion(exclusion=row, reason="演示", actor=cast.verifier),
}


@pytest.mark.parametrize("state", ExclusionState)
@pytest.mark.parametrize("verb", EXCLUSION_TRANSITIONS)
def test_each_verb_moves_an_exclusion_only_from_its_states(cast, order, state, verb):
    row = propose(order, cast, "WAIVER")
    Exclusion.objects.filter(pk=row.pk).update(state=state)
    if state in EXCLUSION_TRANSITIONS[verb].sources:
        CALLS[verb](row, cast)
    else:
        with pytest.raises(IllegalTransition):
            CALLS[verb](row, cast)
        assert Exclusion.objects.get().state == state


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"item": "IOP-99"}, errors.ItemUnknown), ({"item": "IOP-02"}, errors.ItemNotInPlan),
     ({"item": "FUN-RT"}, errors.DerivedItem), ({"kind": "XX"}, errors.ExclusionKindUnknown),
     ({"reason": " "}, errors.TextMissing)],
)
def test_propose_exclusion_of_wrong_input_names_it(cast, order, changes, error):
    with pytest.raises(error) as caught:
        propose_exclusion(**{"order": order, "item": "IOP-01", "kind": "NT", "reason": "演示", "actor": cast.tester,
                             **changes})
    assert (caught.value.status, bool(caught.value.field)) == (422, True)
    assert Exclusion.objects.count() == 0


@pytest.mark.parametrize("kind", ExclusionKind)
@pytest.mark.parametrize("verdict", ["PASS", "FAIL"])
def test_propose_exclusion_of_an_item_with_a_result_is_refused(cast, order, verdict, kind):
    results.verified(order, cast, ["IOP-01"], {"IOP-01": verdict})
    with pytest.raises(errors.ItemHasResult):
        propose(order, cast, kind)


def test_propose_exclusion_of_a_failed_item_that_waits_for_its_retest_is_refused(cast, catalogue):
    rework = build.in_retest(cast)
    with pytest.raises(errors.ItemHasResult):
        propose(rework.order, cast, item=build.CODE)
    results.verified(rework.order, cast, [build.CODE], {build.CODE: "INC"}, firmware=build.FIXED)
    with pytest.raises(errors.ItemHasResult):
        propose(rework.order, cast, item=build.CODE)


def test_propose_exclusion_of_an_inconclusive_item_is_allowed(cast, order):
    results.verified(order, cast, ["IOP-01"], {"IOP-01": "INC"})
    approve_exclusion(exclusion=propose(order, cast, "BLK"), actor=cast.verifier)
    assert state_of(order) == SlotState.EXCLUDED


def test_propose_exclusion_twice_is_refused(cast, order):
    row = propose(order, cast)
    with pytest.raises(errors.ExclusionInForce):
        propose(order, cast, "NA")
    with pytest.raises(IntegrityError):
        Exclusion.objects.create(plan_item=row.plan_item, kind="NA", reason="x", proposed_by=cast.tester,
                                 proposed_at=row.proposed_at)


def also(user, role):
    confirm_role(grant=grant_role(user=user, role=role, actor=None), actor=None)
    user.__dict__.pop("_standing", None)
    return user


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_proposer_is_refused_as_approver(cast, order, verb):
    row = propose(order, cast)
    cast.verifier = also(cast.tester, Role.VE)
    with pytest.raises(errors.ExclusionNeedsAnother):
        CALLS[verb](row, cast)


def test_verifier_is_refused_as_quality_manager_of_the_same_waiver(cast, order):
    row, both = propose(order, cast, "WAIVER"), also(cast.verifier, Role.QM)
    approve_exclusion(exclusion=row, actor=both)
    with pytest.raises(errors.ExclusionNeedsAnother):
        approve_exclusion(exclusion=row, actor=both)


@pytest.mark.parametrize(("who", "verb"), [("quality", approve_exclusion), ("vendor", accept_exclusion)])
def test_consent_that_is_not_asked_is_refused(cast, order, who, verb):
    row = propose(order, cast, "NT")
    with pytest.raises(DomainError) as caught:
        verb(exclusion=row, actor=getattr(cast, who))
    assert caught.value.code in ("consent_not_asked", "forbidden")
    assert Exclusion.objects.get().state == ExclusionState.PROPOSED


def test_second_consent_of_a_kind_is_refused(cast, order):
    row = propose(order, cast, "WAIVER")
    accept_exclusion(exclusion=row, actor=cast.vendor)
    with pytest.raises(errors.ConsentNotAsked):
        accept_exclusion(exclusion=row, actor=cast.vendor)


@pytest.mark.parametrize("who", ["vendor", "stranger", "intake", "signatory", "admin", "auditor", "tester2"])
def test_approve_exclusion_without_the_role_is_refused(cast, order, who):
    with pytest.raises(Forbidden):
        approve_exclusion(exclusion=propose(order, cast, "WAIVER"), actor=getattr(cast, who))


@pytest.mark.parametrize("who", ["stranger", "tester", "verifier", "quality", "admin"])
def test_accept_exclusion_by_another_than_the_vendor_is_refused(cast, order, who):
    with pytest.raises(Forbidden):
        accept_exclusion(exclusion=propose(order, cast, "WAIVER"), actor=getattr(cast, who))


@pytest.mark.parametrize("who", ["vendor", "verifier", "quality", "admin"])
def test_propose_exclusion_without_the_role_is_refused(cast, order, who):
    with pytest.raises(Forbidden):
        propose_exclusion(order=order, item="IOP-01", kind="NT", reason="演示", actor=getattr(cast, who))


def test_exclusions_are_visible_to_laboratory_and_own_vendor(cast, order):
    row = propose(order, cast)
    assert list(exclusions_proposed()) == [row]
    people = [cast.verifier, cast.vendor, cast.stranger, cast.admin]
    # The applicant is told once it is approved.
    assert [exclusions_visible_to(person).count() for person in people] == [1, 0, 0, 0]
    approve_exclusion(exclusion=row, actor=cast.verifier)
    assert [exclusions_visible_to(person).count() for person in people] == [1, 1, 0, 0]


def test_correction_while_an_exclusion_is_in_force_is_refused(cast, order):
    inconclusive = results.verified(order, cast, ["IOP-01"], {"IOP-01": "INC"})[0]
    exclusion = propose(order, cast)
    for _state in ("proposed", "approved"):
        with pytest.raises(errors.ItemExcluded):
            correct_attempt(attempt=inconclusive, row={"verdict": "FAIL"}, reason="typing", text="演示",
                            actor=cast.tester)
        if exclusion.state == ExclusionState.PROPOSED:
            exclusion = approve_exclusion(exclusion=exclusion, actor=cast.verifier)
    assert state_of(order) == SlotState.EXCLUDED


def test_consent_to_an_item_that_got_a_result_meanwhile_is_refused(cast, order):
    exclusion = propose(order, cast)
    Slot.objects.filter(plan_item=exclusion.plan_item).update(state=SlotState.VERIFIED, verdict="FAIL")
    with pytest.raises(errors.ItemHasResult):
        approve_exclusion(exclusion=exclusion, actor=cast.verifier)


def test_withdraw_by_the_proposer_gives_the_item_back(cast, order):
    row = withdraw_exclusion(exclusion=propose(order, cast), actor=cast.tester)
    assert (row.state, row.ended_by) == (ExclusionState.WITHDRAWN, cast.tester)
    assert [entry.act for entry in entries_of(order.chain)][-1] == "exclusion.withdrawn"
    assert propose(order, cast).state == "proposed"


@pytest.mark.parametrize("who", ["verifier", "tester2", "quality", "vendor", "intake"])
def test_withdraw_by_another_than_the_proposer_is_refused(cast, order, who):
    row = propose(order, cast)
    with pytest.raises(Forbidden):
        withdraw_exclusion(exclusion=row, actor=getattr(cast, who))


@pytest.mark.parametrize("kind", ["NA", "NT", "BLK"])
@pytest.mark.parametrize("who", ["tester", "verifier"])
def test_reopen_an_approved_exclusion_lets_the_item_be_tested(cast, order, kind, who):
    row = approve_exclusion(exclusion=propose(order, cast, kind), actor=cast.verifier)
    row = reopen_exclusion(exclusion=row, reason="演示：仪器已修好", actor=getattr(cast, who))
    assert (row.state, row.refusal, state_of(order)) == (ExclusionState.REOPENED, "演示：仪器已修好", SlotState.TODO)
    entry = list(entries_of(order.chain))[-1]
    assert (entry.act, entry.reason, entry.before) == ("exclusion.reopened", "演示：仪器已修好", {"state": "approved"})
    assert results.attempt(order, cast).verdict == "PASS"
    # What was opened again can be excluded again, and neither is lost.
    assert [moment.what for moment in timeline_of(row.plan_item)][-1] == "记录"


def test_reopen_of_an_order_with_everything_excluded_takes_it_back_to_testing(cast, order):
    for item in results.planned(order):
        row = approve_item_exclusion(exclusion=propose(order, cast, item=item.code), actor=cast.verifier)
    assert orders.fresh(order).stage == Stage.COMPLETE
    reopen_item_exclusion(exclusion=row, reason="演示：误批", actor=cast.verifier)
    assert orders.fresh(order).stage == Stage.TESTING
    results.verified(order, cast, [row.plan_item.code])
    assert orders.fresh(order).stage == Stage.COMPLETE


@pytest.mark.parametrize("reason", ["", "  "])
def test_reopen_without_a_reason_is_refused(cast, order, reason):
    row = approve_exclusion(exclusion=propose(order, cast), actor=cast.verifier)
    with pytest.raises(DomainError) as caught:
        reopen_exclusion(exclusion=row, reason=reason, actor=cast.verifier)
    assert caught.value.field == "reason"


@pytest.mark.parametrize("who", ["vendor", "quality", "signatory", "intake"])
def test_reopen_by_another_role_is_refused(cast, order, who):
    row = approve_exclusion(exclusion=propose(order, cast), actor=cast.verifier)
    with pytest.raises(Forbidden):
        reopen_exclusion(exclusion=row, reason="演示", actor=getattr(cast, who))


def test_reopen_beside_a_report_in_work_is_refused(cast, order):
    codes = [item.code for item in results.planned(order) if item.code != "IOP-01"]
    results.verified(order, cast, codes)
    row = approve_item_exclusion(exclusion=propose(order, cast), actor=cast.verifier)
    reports.compiled(cast, orders.fresh(order))
    with pytest.raises(DomainError) as caught:
        reopen_exclusion(exclusion=row, reason="演示", actor=cast.verifier)
    assert caught.value.code == "report_in_progress"
