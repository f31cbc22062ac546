"""All pairs of verb and stage: legal ones move and are written down, all others are refused and change nothing."""

from __future__ import annotations

import pytest

from members.history.selectors import breaks_in, entries_of
from products.orders import services
from products.orders.errors import (
    CancelNeedsIntake,
    DraftIsTheApplicants,
    NotPermitted,
    OtherCompany,
    ReasonMissing,
    StaleOrder,
    TurnFixed,
)
from products.orders.models import Order
from products.orders.permissions import verbs_open_to
from products.orders.states import APPLICANT_CANCELS, TRANSITIONS, TURN, Party, Stage
from tests.factories.orders import FIRMWARE, HARDWARE, REVIEWED, fresh
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db

ACTS = {
    "change": lambda order, actor: services.change_draft(order=order, actor=actor, remark="演示备注"),
    "submit": lambda order, actor: services.submit_order(order=order, actor=actor, has_agreed=True),
    "return": lambda order, actor: services.return_order(order=order, actor=actor, reason="演示原因"),
    "decline": lambda order, actor: services.decline_order(order=order, actor=actor, reason="演示原因"),
    "accept": lambda order, actor: services.accept_order(order=order, actor=actor, review=REVIEWED),
    "receive_sample": lambda order, actor: services.receive_sample(
        order=order, actor=actor, serial_number="SN-0009", hardware=HARDWARE, firmware=FIRMWARE, condition="完好"),
    "complete": lambda order, actor: services.complete_order(order=order),
    "reopen_testing": lambda order, actor: services.reopen_testing(order=order, reason="演示原因"),
    "start_reporting": lambda order, actor: services.start_reporting(order=order, actor=actor),
    "leave_reporting": lambda order, actor: services.leave_reporting(order=order, actor=actor, reason="演示原因"),
    "record_decision": lambda order, actor: services.record_decision(order=order, actor=actor),
    "hold": lambda order, actor: services.hold_order(order=order, actor=actor, reason="演示原因"),
    "resume": lambda order, actor: services.resume_order(order=order, actor=actor),
    "cancel": lambda order, actor: services.cancel_order(order=order, actor=actor, reason="演示原因"),
    "close": lambda order, actor: services.close_order(order=order, actor=actor),
    "reopen_decision": lambda order, actor: services.reopen_decision(order=order, actor=actor),
    "start_amendment": lambda order, actor: services.start_amendment(order=order, actor=actor, reason="演示原因"),
    "end_amendment": lambda order, actor: services.end_amendment(order=order),
}
NAMES = {
    "change": "order.changed", "submit": "order.submitted", "return": "order.returned", "decline": "order.declined",
    "accept": "order.accepted", "receive_sample": "order.sample_received", "complete": "order.completed",
    "reopen_testing": "order.testing_reopened", "start_reporting": "order.reporting_started",
    "leave_reporting": "order.reporting_left", "record_decision": "order.decided", "hold": "order.held",
    "resume": "order.resumed", "cancel": "order.cancelled", "close": "order.closed",
    "reopen_decision": "order.decision_reopened",
    "start_amendment": "order.amendment_started", "end_amendment": "order.amendment_ended",
}
PAIRS = [(verb, stage) for verb in TRANSITIONS for stage in Stage]
LEGAL = [(verb, stage) for verb, stage in PAIRS if stage in TRANSITIONS[verb].sources]
# An order on hold stays there when its amendment ends, and is resumed where it stood before (reports.test_amending).
STAYS = [("end_amendment", Stage.ON_HOLD)]
ILLEGAL = [pair for pair in PAIRS if pair[1] not in TRANSITIONS[pair[0]].sources and pair not in STAYS]
# The factories hold an order that is in testing.
HELD_AT = Stage.TESTING
AMENDED_AT = Stage.DECIDED
CAST = ["vendor", "stranger", "intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality", "editor",
        "approver", "auditor", "admin"]


def allowed_actor(cast, verb, stage):
    if "VU" in TRANSITIONS[verb].roles and (verb != "cancel" or stage == Stage.DRAFT):
        return cast.vendor
    return cast.intake


def target_of(verb, stage):
    back = {"resume": HELD_AT, "end_amendment": AMENDED_AT}
    return back.get(verb) or TRANSITIONS[verb].target or stage


def under_amendment(order, verb):
    """An amendment ends where the order stood before it began."""
    if verb == "end_amendment":
        Order.objects.filter(pk=order.pk).update(amended_stage=AMENDED_AT)


def state_of(order):
    return Order.objects.filter(pk=order.pk).values().get()


def end_samples(order, cast):
    for sample in order.samples.filter(ended_at=None):
        services.end_sample(sample=sample, actor=cast.intake, ending="演示退还")


@pytest.mark.parametrize(("verb", "stage"), LEGAL)
def test_verb_from_legal_stage_moves_and_is_written_down(verb, stage, world):
    order = world.orders[stage]
    end_samples(order, world.cast)
    under_amendment(order, verb)
    before = fresh(order)
    ACTS[verb](order, allowed_actor(world.cast, verb, stage))
    after, entry = fresh(order), entries_of(order.chain).filter(object_type="order").last()
    assert after.stage == target_of(verb, stage)
    assert after.turn == (before.turn if after.stage == stage else TURN[Stage(after.stage)])
    assert after.row_version == before.row_version + 1
    assert (after.stage_since > before.stage_since) == (after.stage != before.stage)
    assert (after.turn_since > before.turn_since) == (after.turn != before.turn)
    assert entry.act == NAMES[verb]
    assert entry.before == {"stage": before.stage, "turn": before.turn}
    assert (entry.after["stage"], entry.after["turn"], entry.after["row_version"]) == (
        after.stage, after.turn, after.row_version)
    assert breaks_in(order.chain) == []


@pytest.mark.parametrize(("verb", "stage"), ILLEGAL)
def test_verb_from_illegal_stage_is_refused_and_changes_nothing(verb, stage, world):
    order = world.orders[stage]
    under_amendment(order, verb)
    before, entries = state_of(order), entries_of(order.chain).count()
    with pytest.raises(IllegalTransition) as refusal:
        ACTS[verb](order, allowed_actor(world.cast, verb, stage))
    assert refusal.value.extra["state"] == stage
    assert verb not in refusal.value.extra["allowed"]
    assert (state_of(order), entries_of(order.chain).count()) == (before, entries)


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize("verb", [verb for verb in TRANSITIONS if TRANSITIONS[verb].roles])
def test_verb_by_role_is_refused_unless_the_table_names_it(verb, name, world):
    stage = {"cancel": Stage.SUBMITTED, "change": Stage.DRAFT, "submit": Stage.DRAFT}.get(
        verb, sorted(TRANSITIONS[verb].sources)[0])
    order, actor = world.orders[stage], getattr(world.cast, name)
    end_samples(order, world.cast)
    before = state_of(order)
    may = bool(TRANSITIONS[verb].roles & actor.role_codes) and name != "stranger"
    assert (verb in verbs_open_to(actor, order)) == may
    if may:
        ACTS[verb](order, actor)
        assert state_of(order) != before
        return
    is_vendors_verb = name == "stranger" and "VU" in TRANSITIONS[verb].roles
    with pytest.raises(OtherCompany if is_vendors_verb else NotPermitted):
        ACTS[verb](order, actor)
    assert state_of(order) == before


@pytest.mark.parametrize("stage", sorted(TRANSITIONS["cancel"].sources))
def test_cancel_by_vendor_is_allowed_before_acceptance_only(stage, world):
    order = world.orders[stage]
    if stage in APPLICANT_CANCELS:
        assert ACTS["cancel"](order, world.cast.vendor).stage == Stage.CANCELLED
        return
    with pytest.raises(CancelNeedsIntake):
        ACTS["cancel"](order, world.cast.vendor)
    assert fresh(order).stage == stage


def test_cancel_draft_by_intake_is_refused(world):
    order = world.orders[Stage.DRAFT]
    with pytest.raises(DraftIsTheApplicants):
        ACTS["cancel"](order, world.cast.intake)
    assert fresh(order).stage == Stage.DRAFT


@pytest.mark.parametrize("stage", sorted(TRANSITIONS["hold"].sources))
def test_resume_restores_stage_and_turn_of_every_held_stage(stage, world):
    before = world.orders[stage]
    held = services.hold_order(order=before, actor=world.cast.intake, reason="演示原因")
    assert (held.stage, held.held_stage, held.stage_reason) == (Stage.ON_HOLD, stage, "演示原因")
    resumed = services.resume_order(order=held, actor=world.cast.intake)
    assert (resumed.stage, resumed.turn, resumed.held_stage, resumed.held_turn) == (stage, before.turn, "", "")


@pytest.mark.parametrize("is_moved_on_hold", [False, True])
def test_resume_restores_the_turn_of_a_rework(is_moved_on_hold, world):
    order = world.orders[Stage.TESTING]
    if not is_moved_on_hold:
        services.set_turn(order=order, party=Party.VENDOR)
    order = services.hold_order(order=order, actor=world.cast.intake, reason="演示原因")
    if is_moved_on_hold:
        order = services.set_turn(order=order, party=Party.VENDOR)
    assert order.turn == Party.INTAKE
    assert services.resume_order(order=order, actor=world.cast.intake).turn == Party.VENDOR


@pytest.mark.parametrize("verb", ["return", "decline", "hold", "cancel"])
@pytest.mark.parametrize("reason", ["", "  "])
def test_verb_without_reason_is_refused(verb, reason, world):
    order = world.orders[Stage.SUBMITTED]
    act = {"return": services.return_order, "decline": services.decline_order, "hold": services.hold_order,
           "cancel": services.cancel_order}[verb]
    with pytest.raises(ReasonMissing) as refusal:
        act(order=order, actor=world.cast.intake, reason=reason)
    assert (refusal.value.code, refusal.value.field) == ("reason_missing", "reason")
    assert fresh(order).stage == Stage.SUBMITTED


VERSIONED = {
    "change": (Stage.DRAFT, lambda order, **more: services.change_draft(order=order, remark="乙", **more)),
    "submit": (Stage.DRAFT, lambda order, **more: services.submit_order(order=order, has_agreed=True, **more)),
    "return": (Stage.SUBMITTED, lambda order, **more: services.return_order(order=order, reason="因", **more)),
    "decline": (Stage.SUBMITTED, lambda order, **more: services.decline_order(order=order, reason="因", **more)),
    "accept": (Stage.SUBMITTED, lambda order, **more: services.accept_order(order=order, review=REVIEWED, **more)),
    "receive_sample": (Stage.ACCEPTED, lambda order, **more: services.receive_sample(
        order=order, serial_number="SN-2", hardware=HARDWARE, firmware=FIRMWARE, condition="完好", **more)),
    "hold": (Stage.TESTING, lambda order, **more: services.hold_order(order=order, reason="因", **more)),
    "resume": (Stage.ON_HOLD, lambda order, **more: services.resume_order(order=order, **more)),
    "cancel": (Stage.DRAFT, lambda order, **more: services.cancel_order(order=order, reason="因", **more)),
    "close": (Stage.DECIDED, lambda order, **more: services.close_order(order=order, **more)),
}


@pytest.mark.parametrize("verb", VERSIONED)
def test_verb_on_stale_form_is_refused_and_tells_what_stands(verb, world):
    stage, act = VERSIONED[verb]
    order = world.orders[stage]
    actor, before = allowed_actor(world.cast, verb, stage), state_of(order)
    with pytest.raises(StaleOrder) as refusal:
        act(order, actor=actor, row_version=order.row_version - 1)
    extra = refusal.value.extra
    assert (refusal.value.status, refusal.value.code) == (412, "stale")
    assert (extra["stage"], extra["turn"], extra["row_version"]) == (stage, order.turn, order.row_version)
    assert extra["saved_by"] in str(refusal.value.message)
    assert state_of(order) == before


def test_stale_form_names_who_saved_in_between(world):
    order = world.orders[Stage.DRAFT]
    seen = order.row_version
    services.change_draft(order=order, actor=world.cast.vendor, remark="甲", row_version=seen)
    with pytest.raises(StaleOrder) as refusal:
        services.change_draft(order=order, actor=world.cast.vendor, remark="乙", row_version=seen)
    assert fresh(order).remark == "甲"
    assert refusal.value.extra["saved_by"] == world.cast.vendor.name
    assert refusal.value.extra["act"] == "order.changed"
    assert world.cast.vendor.name in str(refusal.value.message)


def test_stale_form_of_a_stranger_tells_nothing(world):
    with pytest.raises(OtherCompany):
        services.change_draft(order=world.orders[Stage.DRAFT], actor=world.cast.stranger, remark="乙", row_version=99)


@pytest.mark.parametrize(("stage", "reader", "named"), [
    (Stage.RETURNED, "vendor", "联盟工作人员"), (Stage.SUBMITTED, "intake", "演示vendor"),
    (Stage.TESTING, "intake", "演示intake"), (Stage.COMPLETE, "intake", "系统"),
])
def test_stale_form_names_staff_to_staff_only(stage, reader, named, world):
    act = services.submit_order if reader == "vendor" else services.hold_order
    more = {"has_agreed": True} if reader == "vendor" else {"reason": "演示原因"}
    with pytest.raises(StaleOrder) as refusal:
        act(order=world.orders[stage], actor=getattr(world.cast, reader), row_version=99, **more)
    assert refusal.value.extra["saved_by"] == named
    assert str(refusal.value.message).startswith(named)


@pytest.mark.parametrize("stage", list(Stage))
def test_set_turn_is_refused_where_the_stage_itself_says(stage, world):
    order = world.orders[stage]
    if stage in (Stage.TESTING, Stage.COMPLETE, Stage.REPORTING):
        moved = services.set_turn(order=order, party=Party.SIGNATORY)
        assert (moved.turn, moved.row_version) == (Party.SIGNATORY, order.row_version + 1)
        assert entries_of(order.chain).last().act == "order.turn_passed"
    elif stage == Stage.ON_HOLD:
        assert services.set_turn(order=order, party=Party.VENDOR).turn == Party.INTAKE
    else:
        with pytest.raises(TurnFixed):
            services.set_turn(order=order, party=Party.SIGNATORY)


def test_set_turn_to_the_same_party_writes_nothing(world):
    order = world.orders[Stage.TESTING]
    before, entries = state_of(order), entries_of(order.chain).count()
    services.set_turn(order=order, party=Party.LABORATORY)
    assert (state_of(order), entries_of(order.chain).count()) == (before, entries)


def test_start_reporting_again_brings_the_turn_back_to_the_laboratory(world):
    order = services.set_turn(order=world.orders[Stage.REPORTING], party=Party.SIGNATORY)
    assert services.start_reporting(order=order, actor=world.cast.tester).turn == Party.LABORATORY


def test_complete_and_reopen_keep_the_time_of_completion_true(world):
    order = world.orders[Stage.COMPLETE]
    assert order.completed_at is not None
    assert services.reopen_testing(order=order, reason="演示原因").completed_at is None


def test_hold_to_cancel_leaves_no_held_stage(world):
    order = services.cancel_order(order=world.orders[Stage.ON_HOLD], actor=world.cast.intake, reason="演示原因")
    assert (order.stage, order.held_stage, order.held_turn) == (Stage.CANCELLED, "", "")
    assert order.closed_at is not None
