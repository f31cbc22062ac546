"""Each verb of a rework: from which states, by whom, and what it refuses."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from members.history.selectors import entries_of
from products.files.services import store_file
from products.orders.services import hold_order
from products.orders.states import Party, Stage
from products.results.errors import OrderNotInTesting
from products.results.models import Attempt, Slot
from products.results.services import record_attempts
from products.results.states import SlotState
from products.rework import errors, services
from products.rework.models import Answer, Finding, Rework, Scope
from products.rework.selectors import (
    failures_of,
    items_to_decide,
    participants_in,
    reworks_visible_to,
    rounds_of,
    running_rework,
    seconds_with,
)
from products.rework.states import TRANSITIONS, ReworkState
from tests.factories import orders, results
from tests.factories import rework as build
from tests.factories.files import upload
from tests.factories.people import person
from wapicert.errors import DomainError, Forbidden
from wapicert.transitions import IllegalTransition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]

FINDING = {"finding": "演示", "finding_kind": "finding", "reasons": {build.CODE: build.REASON}}
ANSWER = {"cause": "演示", "changes": "演示", "firmware": "2.0"}
BY = {
    "send": lambda rework, actor: services.send_finding(rework=rework, actor=actor, **FINDING),
    "answer": lambda rework, actor: services.answer_finding(rework=rework, actor=actor, **ANSWER),
    "scope": lambda rework, actor: services.sign_scope(rework=rework, actor=actor, lines=build.lines(rework.order)),
    "close_fail": lambda rework, actor: services.fail_rework(rework=rework, actor=actor, reason="演示"),
    "abandon": lambda rework, actor: services.abandon_rework(rework=rework, actor=actor, reason="演示"),
}
RIGHTFUL = {"send": ["tester", "verifier"], "answer": ["vendor"], "scope": ["verifier"], "close_fail": ["verifier"],
            "abandon": ["vendor", "intake"]}
PEOPLE = ["vendor", "stranger", "intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality",
          "auditor", "admin"]


def test_every_verb_of_a_person_is_tried():
    assert {verb for verb, row in TRANSITIONS.items() if row.roles} == set(BY)


@pytest.mark.parametrize("state", ReworkState)
def test_each_verb_moves_a_rework_only_from_its_states(cast, state):
    rework = build.rework_in(state, cast)
    assert rework.state == state
    length = entries_of(rework.order.chain).count()
    for verb, act in BY.items():
        if state not in TRANSITIONS[verb].sources:
            with pytest.raises(IllegalTransition):
                act(rework, getattr(cast, RIGHTFUL[verb][0]))
    assert (Rework.objects.get().state, entries_of(rework.order.chain).count()) == (state, length)


@pytest.mark.parametrize(
    ("verb", "state"),
    [(verb, state) for verb in BY for state in sorted(TRANSITIONS[verb].sources)],
)
def test_each_verb_leads_where_the_table_says(cast, verb, state):
    rework = build.rework_in(state, cast)
    BY[verb](rework, getattr(cast, RIGHTFUL[verb][-1]))
    assert Rework.objects.get().state == TRANSITIONS[verb].target
    assert Rework.objects.get().row_version == rework.row_version + 1
    target = TRANSITIONS[verb].target
    expected = Party.VENDOR if target == ReworkState.WITH_VENDOR else Party.LABORATORY
    assert orders.fresh(rework.order).turn == expected


@pytest.mark.parametrize("verb", BY)
def test_each_verb_asks_for_its_role(cast, verb):
    rework = build.rework_in(sorted(TRANSITIONS[verb].sources)[0], cast)
    for who in PEOPLE:
        if who not in RIGHTFUL[verb]:
            with pytest.raises(Forbidden):
                BY[verb](rework, getattr(cast, who))
    assert Rework.objects.get().row_version == rework.row_version


def test_verbs_wait_while_the_order_is_on_hold(cast):
    rework = build.opened(cast)
    hold_order(order=rework.order, actor=cast.intake, reason="演示")
    with pytest.raises(OrderNotInTesting):
        BY["send"](rework, cast.tester)


# --- Findings --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"finding": " "}, errors.TextMissing, "finding"),
        ({"finding_kind": "advice"}, errors.FindingKindUnknown, "finding_kind"),
        ({"reasons": {}}, errors.ReasonMissing, f"reasons.{build.CODE}"),
        ({"reasons": {build.CODE: "RW-X"}}, errors.ReasonUnknown, f"reasons.{build.CODE}"),
        ({"reasons": {"IOP-01": build.REASON}}, errors.ItemNotInRework, "reasons.IOP-01"),
    ],
)
def test_send_finding_with_a_gap_names_the_field(cast, changes, error, field):
    rework = build.opened(cast)
    with pytest.raises(error) as caught:
        services.send_finding(rework=rework, actor=cast.tester, **{**FINDING, **changes})
    assert (caught.value.status, caught.value.field) == (422, field)
    assert (Rework.objects.get().state, Finding.objects.count()) == (ReworkState.OPEN, 0)


def test_draft_finding_keeps_reasons_and_shows_the_vendor_nothing(cast):
    rework = services.draft_finding(rework=build.opened(cast), actor=cast.tester, **FINDING)
    assert (rework.state, rework.finding, Finding.objects.count()) == (ReworkState.OPEN, "演示", 0)
    sent = services.send_finding(rework=rework, actor=cast.verifier, finding="演示：改", finding_kind="explanation",
                                 reasons={}, row_version=rework.row_version)
    assert Finding.objects.get().text == "演示：改"
    assert sent.items.get().reason.code == build.REASON


def test_send_finding_from_a_stale_page_is_refused(cast):
    rework = build.opened(cast)
    build.send(rework, cast)
    with pytest.raises(errors.ReworkStale) as caught:
        services.send_finding(rework=rework, actor=cast.tester, row_version=rework.row_version, **FINDING)
    assert (caught.value.status, caught.value.extra["state"]) == (412, ReworkState.WITH_VENDOR)


# --- Answers ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [({"cause": ""}, errors.TextMissing, "cause"), ({"changes": " "}, errors.TextMissing, "changes"),
     ({"firmware": " "}, errors.VersionMissing, "firmware")],
)
def test_answer_finding_with_a_gap_names_the_field(cast, changes, error, field):
    rework = build.with_vendor(cast)
    with pytest.raises(error) as caught:
        services.answer_finding(rework=rework, actor=cast.vendor, **{**ANSWER, **changes})
    assert (caught.value.status, caught.value.field) == (422, field)
    assert Answer.objects.count() == 0


def test_colleague_without_the_role_does_not_speak_for_the_company(cast):
    rework, newcomer = build.with_vendor(cast), person("newcomer", company=cast.company_a)
    for verb in ("answer", "abandon"):
        with pytest.raises(Forbidden):
            BY[verb](rework, newcomer)
    assert (Rework.objects.get().state, Answer.objects.count()) == (ReworkState.WITH_VENDOR, 0)


def test_answer_finding_attaches_files_of_the_own_company_only(cast):
    rework = build.with_vendor(cast)
    foreign = store_file(upload=upload(), actor=cast.stranger)
    with pytest.raises(errors.FileNotYours):
        services.answer_finding(rework=rework, actor=cast.vendor, files=[foreign], **ANSWER)
    own = store_file(upload=upload(), actor=cast.vendor)
    answer = services.answer_finding(rework=rework, actor=cast.vendor, files=[own], **ANSWER)
    assert list(answer.files.all()) == [own]
    assert answer.hardware.version == orders.HARDWARE


def test_answer_with_the_version_that_failed_is_marked_and_needs_a_test_of_its_own(cast):
    rework = build.answer(build.with_vendor(cast), cast, firmware=orders.FIRMWARE)
    assert entries_of(rework.order.chain).filter(act="rework.answered").get().after["is_version_known"] is True
    rework = build.sign(rework, cast)
    slot = Slot.objects.get(plan_item__order=rework.order, plan_item__code=build.CODE)
    assert (slot.state, slot.repeat_from.ordinal) == (SlotState.RECONFIRM, 1)
    assert build.retest(rework, cast, firmware=orders.FIRMWARE).state == ReworkState.CLOSED_PASS


# --- Scopes ----------------------------------------------------------------------------------------------------
KEEP = {"item": "IOP-01", "choice": "keep", "reason": "演示"}


@pytest.mark.parametrize(
    ("lines", "code", "item"),
    [
        ([], "line_missing", "IOP-01"),
        ([{**KEEP, "reason": " "}], "text_missing", "IOP-01"),
        ([{**KEEP, "choice": "maybe"}], "choice_unknown", "IOP-01"),
        ([KEEP, KEEP], "line_unknown", "IOP-01"),
        ([KEEP, {**KEEP, "item": "IOP-07"}], "line_unknown", "IOP-07"),
        ([KEEP, {**KEEP, "item": build.CODE}], "failed_item_kept", build.CODE),
    ],
)
def test_sign_scope_that_is_not_whole_is_refused_by_line(cast, lines, code, item):
    rework = build.fix_claimed(cast)
    with pytest.raises(errors.ScopeRefused) as caught:
        services.sign_scope(rework=rework, actor=cast.verifier, lines=lines)
    assert [(row["item"], row["code"]) for row in caught.value.rows] == [(item, code)]
    assert (Scope.objects.count(), rework.order.versions.count()) == (0, 1)


def test_sign_scope_writes_a_line_per_item_and_receives_the_version(cast):
    rework = build.fix_claimed(cast)
    assert [(row.plan_item.code, row.is_failed) for row in items_to_decide(rework.order)] == [
        ("IOP-01", False), (build.CODE, True)]
    scope = services.sign_scope(rework=rework, actor=cast.verifier, lines=[KEEP])
    assert {(line.plan_item.code, line.choice) for line in scope.lines.all()} == {
        ("IOP-01", "keep"), (build.CODE, "repeat")}
    assert (scope.version.ordinal, scope.version.firmware.version, scope.signed_by) == (2, build.FIXED, cast.verifier)


def test_sign_scope_asks_about_results_that_wait_for_their_verifier(cast):
    rework = build.fix_claimed(cast)
    results.recorded(rework.order, cast, ["IOP-07"])
    with pytest.raises(errors.ScopeRefused):
        services.sign_scope(rework=rework, actor=cast.verifier, lines=[KEEP])
    repeat = {**KEEP, "item": "IOP-07", "choice": "repeat"}
    services.sign_scope(rework=rework, actor=cast.verifier, lines=[KEEP, repeat])
    assert Slot.objects.get(plan_item__order=rework.order, plan_item__code="IOP-07").state == SlotState.RECONFIRM


def test_retest_on_the_old_firmware_is_refused(cast):
    rework = build.in_retest(cast)
    with pytest.raises(DomainError) as caught:
        record_attempts(order=rework.order, rows=results.rows(rework.order, [build.CODE]), actor=cast.tester)
    assert [row["code"] for row in caught.value.rows] == ["version_outdated"]


# --- Ends and corrections --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("verb", "who"), [("fail_rework", "verifier"), ("abandon_rework", "intake")])
def test_ending_a_rework_without_a_reason_is_refused(cast, verb, who):
    rework = build.opened(cast)
    with pytest.raises(errors.TextMissing):
        getattr(services, verb)(rework=rework, actor=getattr(cast, who), reason="")
    assert Rework.objects.get().state == ReworkState.OPEN


def failed_attempt(rework):
    return Attempt.objects.get(plan_item__order=rework.order, verdict="FAIL")


def test_correction_of_the_only_failure_waits_for_its_verifier_and_then_ends_an_unsent_rework(cast):
    rework = build.opened(cast)
    corrected = services.correct_result(attempt=failed_attempt(rework), row={"verdict": "PASS"}, reason="typing",
                                        text="演示：点错", actor=cast.tester)
    assert running_rework(rework.order) == rework
    services.verify_results(order=rework.order, attempts=[corrected], actor=cast.verifier)
    rework.refresh_from_db()
    assert (rework.state, rework.items.count(), bool(rework.closing_reason)) == (ReworkState.ABANDONED, 0, True)


def test_correction_that_fails_again_takes_the_place_of_the_first(cast):
    rework = services.draft_finding(rework=build.opened(cast), actor=cast.tester, **FINDING)
    corrected = services.correct_result(attempt=failed_attempt(rework), row={"remark": "演示"}, reason="typing",
                                        text="演示", actor=cast.tester)
    services.verify_results(order=rework.order, attempts=[corrected], actor=cast.verifier)
    item = rework.items.get()
    assert (item.attempt, item.reason.code) == (corrected, build.REASON)


def test_failure_thrown_out_during_the_retest_does_not_open_a_round(cast):
    rework = build.with_vendor(cast)
    results.verified(rework.order, cast, ["FUN-RT-02"], {"FUN-RT-02": "FAIL"})
    wrong = Attempt.objects.get(plan_item__order=rework.order, plan_item__code="FUN-RT-02")
    services.request_result_invalidation(attempt=wrong, reason="演示", actor=cast.verifier)
    services.invalidate_result(attempt=wrong, reason="演示", actor=cast.quality)
    rework = build.sign(build.answer(rework, cast), cast)
    results.verified(rework.order, cast, [build.CODE], firmware=build.FIXED)
    assert build.of(rework.order).state == ReworkState.CLOSED_PASS


def test_settle_order_twice_changes_nothing(cast):
    rework = build.opened(cast)
    length = entries_of(rework.order.chain).count()
    services.settle_order(order=rework.order)
    assert (Rework.objects.count(), entries_of(rework.order.chain).count()) == (1, length)
    assert [slot.plan_item.code for slot in failures_of(rework.order)] == [build.CODE]


def test_settle_order_outside_testing_changes_nothing(cast):
    order = orders.accepted(cast)
    assert services.settle_order(order=order).stage == Stage.ACCEPTED


# --- Reads -----------------------------------------------------------------------------------------------------
def test_seconds_are_counted_per_side(cast):
    start = timezone.now().replace(microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        rework = build.opened(cast)
        clock.shift(timedelta(hours=1))
        rework = build.send(rework, cast)
        clock.shift(timedelta(hours=5))
        rework = build.answer(rework, cast)
        clock.shift(timedelta(hours=2))
        assert seconds_with(rework) == {"laboratory": 3 * 3600, "vendor": 5 * 3600}
        assert (rework.laboratory_seconds, rework.vendor_seconds) == (3600, 5 * 3600)


def test_participants_include_who_explained_answered_and_signed(cast):
    rework = build.opened(cast)
    services.send_finding(rework=rework, actor=cast.verifier, **FINDING)
    build.answer(rework, cast)
    assert participants_in(rework.order) == {cast.tester.pk, cast.verifier.pk, cast.vendor.pk}


def test_reworks_are_visible_to_laboratory_and_own_vendor(cast):
    build.opened(cast)
    people = [cast.vendor, cast.tester, cast.auditor, cast.stranger, cast.admin]
    assert [reworks_visible_to(person).count() for person in people] == [1, 1, 1, 0, 0]


def test_rounds_ask_a_fixed_number_of_queries(cast, django_assert_num_queries):
    one = build.in_retest(cast)
    with django_assert_num_queries(8):
        assert len(rounds_of(one)) == 1
    rework = build.retest(one, cast, "FAIL")
    rework = build.sign(build.answer(build.send(rework, cast), cast, firmware="1.0.2"), cast)
    with django_assert_num_queries(8):
        rounds = rounds_of(rework)
        shown = [(one.items[0].attempt.version.firmware.version, one.finding.sent_by.name, one.answer.firmware.version,
                  [line.plan_item.item_version.name_zh for line in one.scope.lines.all()]) for one in rounds]
    assert [row[0] for row in shown] == [orders.FIRMWARE, build.FIXED]


@pytest.mark.parametrize("table", ["products_rework_finding", "products_rework_answer", "products_scope",
                                   "products_scopeline"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_what_was_sent_answered_and_signed_refuses_change_and_removal(cast, table, verb):
    build.in_retest(cast)
    column = "signed_at" if table == "products_scope" else "round" if "scope" not in table else "reason"
    sql = f"UPDATE {table} SET {column} = {column}" if verb == "UPDATE" else f"DELETE FROM {table}"
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
