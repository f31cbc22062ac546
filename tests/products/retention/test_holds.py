"""A hold is placed by one person and lifted by two, and its history says so."""

import pytest

from members.history.selectors import entries_about, entries_of, faults_in_history
from members.notices.models import Notice
from members.notices.rendering import words_of
from members.people.errors import ReasonMissing
from members.people.states import Role
from products.retention import errors
from products.retention.models import Hold
from products.retention.selectors import held, is_person_held
from products.retention.services import confirm_lifting, place_hold, refuse_lifting, request_lifting
from tests.factories import orders, people

pytestmark = pytest.mark.django_db
EVERYBODY_ELSE = ["vendor", "intake", "tester", "verifier", "signatory", "reviewer", "decider", "editor", "approver",
                  "auditor", "admin"]


@pytest.fixture
def order(cast, catalogue):
    return orders.in_testing(cast)


@pytest.fixture
def hold(cast, order):
    return place_hold(order=order, reason="演示：诉讼", demanded_by="演示法院 第1号", actor=cast.quality)


def test_hold_counts_at_once_and_stands_in_the_orders_history(cast, order, hold):
    assert held().orders == {order.pk}
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.reason, entry.told) == (
        "hold.placed", "演示：诉讼", {"hold": hold.pk, "demanded_by": "演示法院 第1号"})
    assert list(faults_in_history()) == []


@pytest.mark.parametrize(("target", "kind", "key"), [
    ("company", "company", lambda cast: cast.company_a.number), ("user", "user", lambda cast: "S-tester")])
def test_hold_on_a_company_or_person_stands_in_its_timeline(cast, target, kind, key):
    thing = {"company": cast.company_a, "user": cast.tester}[target]
    place_hold(**{target: thing}, reason="演示：调查", actor=cast.quality)
    assert entries_about(kind, key(cast)).last().act == "hold.placed"


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
def test_place_hold_is_refused_to_everybody_but_the_quality_manager(cast, order, who):
    with pytest.raises(errors.HoldNotYours):
        place_hold(order=order, reason="演示", actor=getattr(cast, who))
    assert not Hold.objects.exists()


def test_place_hold_refuses_what_is_incomplete_or_sent_twice(cast, order, hold):
    with pytest.raises(ReasonMissing):
        place_hold(order=order, reason=" ", actor=cast.quality)
    with pytest.raises(errors.HoldTargetMissing):
        place_hold(reason="演示", actor=cast.quality)
    with pytest.raises(errors.HoldTargetMissing):
        place_hold(order=order, company=cast.company_a, reason="演示", actor=cast.quality)
    with pytest.raises(errors.HoldStands):
        place_hold(order=order, reason="演示：诉讼", actor=cast.quality)
    place_hold(order=order, reason="演示：另一项诉讼", actor=cast.quality)
    assert Hold.objects.count() == 2


def test_lifting_takes_a_second_person(cast, order, hold):
    requested = request_lifting(hold=hold, reason="演示：结案", actor=cast.quality)
    assert held().orders == {order.pk}
    with pytest.raises(errors.HoldNotYours):
        confirm_lifting(hold=requested, actor=cast.quality)
    with pytest.raises(errors.HoldMoved):
        request_lifting(hold=hold, reason="演示：结案", actor=cast.quality)
    confirm_lifting(hold=requested, actor=cast.decider)
    assert held().orders == frozenset()
    assert [entry.act for entry in entries_of(order.chain)][-3:] == [
        "hold.placed", "hold.lifting_requested", "hold.lifted"]
    for verb in (confirm_lifting, refuse_lifting):
        with pytest.raises(errors.HoldMoved):
            verb(hold=hold, actor=cast.decider)


def test_request_tells_whoever_may_confirm(cast, order, hold):
    request_lifting(hold=hold, reason="演示：结案", actor=cast.quality)
    told = Notice.objects.filter(event="retention.lifting_requested")
    assert {notice.recipient for notice in told} == {cast.quality, cast.decider}
    assert order.number in words_of(told[0]).subject


def test_another_quality_manager_confirms_too(cast, hold):
    request_lifting(hold=hold, reason="演示：结案", actor=cast.quality)
    assert confirm_lifting(hold=hold, actor=people.person("quality2", Role.QM)).lifted_at is not None


@pytest.mark.parametrize("who", [who for who in EVERYBODY_ELSE if who != "decider"])
def test_deciding_a_lifting_is_refused_to_everybody_else(cast, hold, who):
    request_lifting(hold=hold, reason="演示：结案", actor=cast.quality)
    for verb in (confirm_lifting, refuse_lifting):
        with pytest.raises(errors.HoldNotYours):
            verb(hold=hold, actor=getattr(cast, who))
    with pytest.raises(errors.HoldMoved if who == "quality" else errors.HoldNotYours):
        request_lifting(hold=hold, reason="演示", actor=getattr(cast, who))


@pytest.mark.parametrize("who", ["decider", "quality"])
def test_refused_or_taken_back_the_hold_stands_and_may_be_asked_for_anew(cast, order, hold, who):
    with pytest.raises(errors.HoldMoved):
        refuse_lifting(hold=hold, actor=cast.decider)
    with pytest.raises(ReasonMissing):
        request_lifting(hold=hold, reason="", actor=cast.quality)
    request_lifting(hold=hold, reason="演示：结案", actor=cast.quality)
    row = refuse_lifting(hold=hold, actor=getattr(cast, who))
    assert (row.lift_requested_at, row.lift_reason, held().orders) == (None, "", {order.pk})
    assert entries_of(order.chain).last().before == {"lift_reason": "演示：结案"}
    request_lifting(hold=hold, reason="演示：再次申请", actor=cast.quality)


def test_person_on_hold_does_not_decide_the_own_one(cast):
    hold = place_hold(user=cast.decider, reason="演示：调查", actor=cast.quality)
    request_lifting(hold=hold, reason="演示：结案", actor=cast.quality)
    with pytest.raises(errors.HoldNotYours):
        confirm_lifting(hold=hold, actor=cast.decider)


def test_people_are_held_with_their_company_and_with_orders_on_which_they_acted(cast, hold):
    assert {who: is_person_held(getattr(cast, who)) for who in ("vendor", "intake", "tester", "stranger")} == {
        "vendor": True, "intake": True, "tester": False, "stranger": False}
    place_hold(company=cast.company_b, reason="演示", actor=cast.quality)
    assert is_person_held(cast.stranger)
