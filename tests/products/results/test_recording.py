"""Recording: whole batches or nothing, nothing overwritten, and every reason for which a row is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from members.history.selectors import entries_of
from members.people.models import TestAuthorisation
from products.equipment.services import note_calibration, retire_tool
from products.orders.states import Stage
from products.reports.selectors import snapshot_of
from products.results import errors
from products.results.models import Attempt, Slot
from products.results.selectors import digest_of_attempts, marks_of, records_of
from products.results.services import correct_attempt, propose_exclusion, record_attempts, verify_attempts
from products.results.states import AttemptState, Mark, SlotState
from tests.factories import equipment, orders, results
from tests.factories.seeds import seed
from wapicert.errors import DomainError, Forbidden
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast, catalogue):
    def build():
        equipment.tool(cast.quality)
        return orders.in_testing(cast)

    return seed("order in testing with a tool", build)


def row(order, code="IOP-01", **changes):
    return {**results.row(results.planned(order, [code])[0]), **changes}


def refusals(order, cast, rows):
    with pytest.raises(errors.BatchRefused) as caught:
        record_attempts(order=order, rows=rows, actor=cast.tester)
    assert Attempt.objects.filter(recorded_by=cast.tester).count() == 0
    return caught.value


def test_record_attempts_keeps_every_row_in_one_history_entry(cast, order):
    attempts = record_attempts(order=order, rows=results.rows(order), actor=cast.tester)
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.actor_id, entry.after["attempts"]) == ("results.recorded", cast.tester.pk, len(attempts))
    stored = Attempt.objects.filter(plan_item__order=order)
    assert entry.after["digest"] == digest_of_attempts(stored)
    assert {attempt.state for attempt in stored} == {AttemptState.SUBMITTED}
    assert set(Slot.objects.filter(plan_item__order=order).values_list("state", flat=True)) == {SlotState.RECORDED}


def test_record_attempts_keeps_numbers_as_entered_and_computes_what_is_recorded(cast, order):
    value = {"value": "012.500", "unit": "毫秒"}
    given = row(order, "PER-04", values={"t_ms": value, "t_max_ms": value})
    attempt = record_attempts(order=order, rows=[given], actor=cast.tester)[0]
    attempt.refresh_from_db()
    assert (attempt.verdict, attempt.values["t_ms"]) == ("REC", value)


BAD = [
    ({"item": "XXX-99"}, "item_unknown", "item"),
    ({"item": "IOP-02"}, "item_not_in_plan", "item"),
    ({"item": "FUN-RT"}, "derived_item", "item"),
    ({"verdict": None}, "verdict_missing", "verdict"),
    ({"verdict": "GOOD"}, "verdict_unknown", "verdict"),
    ({"verdict": "REC"}, "verdict_not_allowed", "verdict"),
    ({"values": {"x": {"value": "1", "unit": ""}}}, "measurement_unknown", "values.x"),
    ({"hardware": "V9"}, "version_not_received", "firmware"),
    ({"firmware": "9.9"}, "version_not_received", "firmware"),
    ({"firmware": None}, "version_not_received", "firmware"),
    ({"tool": "YS-404"}, "tool_unknown", "tool"),
    ({"tool": None}, "tool_unknown", "tool"),
    ({"performed_at": None}, "performed_at_missing", "performed_at"),
    ({"performed_at": datetime(2026, 1, 1)}, "performed_at_missing", "performed_at"),  # noqa: DTZ001 - the case itself
    ({"performed_at": datetime(2999, 1, 1, tzinfo=UTC)}, "performed_in_future", "performed_at"),
    ({"performed_at": datetime(2021, 1, 1, tzinfo=UTC)}, "performed_before_receipt", "performed_at"),
    ({"slot_version": 7}, "row_stale", "slot_version"),
]


@pytest.mark.parametrize(("changes", "code", "field"), BAD)
def test_record_attempts_with_a_wrong_row_saves_nothing(cast, order, changes, code, field):
    error = refusals(order, cast, [row(order, "IOP-07"), row(order, **changes)])
    assert [(fault["row"], fault["code"], fault["field"]) for fault in error.rows] == [(1, code, field)]
    assert str(error.rows[0]["message"])
    assert str(error.rows[0]["remedy"])


def test_record_attempts_names_all_faults_of_all_rows(cast, order):
    missing = row(order, "PER-04", values={"t_ms": {"value": "x", "unit": "秒"}})
    error = refusals(order, cast, [row(order, firmware="9", tool="9"), missing, row(order), row(order)])
    assert [(fault["row"], fault["item"], fault["code"]) for fault in error.rows] == [
        (0, "IOP-01", "version_not_received"), (0, "IOP-01", "tool_unknown"),
        (1, "PER-04", "value_not_a_number"), (1, "PER-04", "unit_mismatch"), (1, "PER-04", "value_missing"),
        (2, "IOP-01", "duplicate_item"), (3, "IOP-01", "duplicate_item"),
    ]
    assert (error.status, error.code) == (422, "batch_refused")


def test_record_attempts_without_a_row_is_refused(cast, order):
    with pytest.raises(errors.BatchEmpty):
        record_attempts(order=order, rows=[], actor=cast.tester)


def test_record_attempts_with_a_tool_out_of_calibration_is_refused(cast, order):
    equipment.tool(cast.quality, "YS-OLD", calibrated_until=date(2026, 1, 1))
    assert refusals(order, cast, [row(order, tool="YS-OLD")]).rows[0]["code"] == "tool_out_of_calibration"


def test_record_attempts_with_an_overdue_tool_and_a_reason_keeps_the_day_for_verifier_and_report(cast, order):
    tool = equipment.tool(cast.quality, "YS-OLD", calibrated_until=date(2026, 1, 1))
    why = "演示：送校期间无备用设备"
    [attempt] = record_attempts(order=order, rows=[row(order, tool="YS-OLD", remark=why)], actor=cast.tester)
    note_calibration(tool=tool, calibrated_until=date(2030, 1, 1), actor=cast.quality)
    attempt.refresh_from_db()
    assert attempt.overdue_since == date(2026, 1, 1)
    [marks] = [found for found in marks_of(records_of(order), order).values() if found]
    assert (Mark.OVERDUE_TOOL, "YS-OLD 有效期至 2026-01-01") in [(one.mark, one.text) for one in marks]
    [deviation] = snapshot_of(order)["deviations"]
    assert all(part in deviation for part in ("IOP-01", "YS-OLD", "2026-01-01", why))


def test_record_attempts_with_a_retired_tool_is_refused(cast, order):
    retire_tool(tool=equipment.tool(cast.quality), actor=cast.quality, reason="演示")
    assert refusals(order, cast, [row(order)]).rows[0]["code"] == "tool_retired"


@pytest.mark.parametrize("span", [{"valid_until": date(2020, 12, 31)}, {"valid_from": date(2999, 1, 1)}])
def test_record_attempts_without_authorisation_on_the_day_is_refused(cast, order, span):
    TestAuthorisation.objects.filter(user=cast.tester, category="IOP").update(**span)
    error = refusals(order, cast, [row(order), row(order, "FUN-RT-07")])
    assert [(fault["item"], fault["code"]) for fault in error.rows] == [("IOP-01", "tester_not_authorised")]


def test_record_attempts_allows_clocks_that_run_ahead_a_little(cast, order):
    given = row(order, performed_at=timezone.now() + timedelta(seconds=50))
    assert record_attempts(order=order, rows=[given], actor=cast.tester)


def test_second_tester_sees_the_first_ones_value_and_overwrites_nothing(cast, order):
    first = record_attempts(order=order, rows=[row(order, verdict="FAIL")], actor=cast.tester)[0]
    with pytest.raises(errors.BatchRefused) as caught:
        record_attempts(order=order, rows=[row(order, slot_version=1)], actor=cast.tester2)
    fault = caught.value.rows[0]
    assert (caught.value.status, fault["code"]) == (409, "already_recorded")
    assert (fault["current"]["verdict"], fault["current"]["recorded_by"]) == ("FAIL", cast.tester.name)
    assert cast.tester.name in str(fault["message"])
    assert list(Attempt.objects.values_list("pk", "verdict")) == [(first.pk, "FAIL")]


def test_same_batch_sent_twice_is_refused_the_second_time(cast, order):
    rows = results.rows(order, ["IOP-01", "IOP-07"])
    record_attempts(order=order, rows=rows, actor=cast.tester)
    with pytest.raises(errors.BatchRefused) as caught:
        record_attempts(order=order, rows=rows, actor=cast.tester)
    assert {fault["code"] for fault in caught.value.rows} == {"already_recorded"}
    assert Attempt.objects.count() == 2


@pytest.mark.parametrize("verdict", ["PASS", "FAIL"])
def test_retest_of_a_verified_item_without_a_signed_repeat_is_refused(cast, order, verdict):
    results.verified(order, cast, ["IOP-01"], {"IOP-01": verdict})
    with pytest.raises(errors.BatchRefused) as caught:
        record_attempts(order=order, rows=[row(order)], actor=cast.tester)
    assert caught.value.rows[0]["code"] == "already_recorded"


def test_retest_of_an_inconclusive_item_is_a_new_test(cast, order):
    results.verified(order, cast, ["IOP-01"], {"IOP-01": "INC"})
    again = record_attempts(order=order, rows=[row(order)], actor=cast.tester)[0]
    assert (again.ordinal, again.revision) == (2, 1)


def test_record_attempts_of_an_item_proposed_for_exclusion_is_refused(cast, order):
    propose_exclusion(order=order, item="IOP-01", kind="NT", reason="演示", actor=cast.tester)
    assert refusals(order, cast, [row(order)]).rows[0]["code"] == "item_excluded"


def test_record_attempts_with_stale_slot_shows_what_stands(cast, order):
    results.verified(order, cast, ["IOP-01"], {"IOP-01": "INC"})
    with pytest.raises(errors.BatchRefused) as caught:
        record_attempts(order=order, rows=[row(order, slot_version=1)], actor=cast.tester)
    fault = caught.value.rows[0]
    assert (caught.value.status, fault["code"], fault["current"]["verdict"]) == (409, "row_stale", "INC")


@pytest.mark.parametrize("who", ["vendor", "intake", "verifier", "signatory", "quality", "admin", "auditor"])
def test_record_attempts_without_the_role_is_refused(cast, order, who):
    with pytest.raises(Forbidden):
        record_attempts(order=order, rows=[row(order)], actor=getattr(cast, who))


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.TESTING])
def test_record_attempts_outside_testing_is_refused(cast, catalogue, stage):
    order = orders.order_in(stage, cast)
    expected = errors.ReportInProgress if stage == Stage.REPORTING else errors.OrderNotInTesting
    with pytest.raises(DomainError) as caught:
        record_attempts(order=order, rows=[{"item": "IOP-01"}], actor=cast.tester)
    assert (type(caught.value), caught.value.status) == (expected, 409)


@pytest.mark.parametrize("table", ["products_attempt", "products_attemptact"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_records_and_acts_refuse_change_and_removal(cast, order, table, verb):
    results.verified(order, cast, ["IOP-01"])
    column = "remark" if table == "products_attempt" else "comment"
    sql = f"UPDATE {table} SET {column} = 'forged'" if verb == "UPDATE" else f"DELETE FROM {table}"
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# --- Corrections -----------------------------------------------------------------------------------------------
def correct(attempt, actor, row=None, **changes):
    values = {"reason": "typing", "text": "演示：点错", **changes}
    return correct_attempt(attempt=attempt, row=row or {"verdict": "FAIL"}, actor=actor, **values)


def test_correct_attempt_leaves_both_values_readable(cast, order):
    first = results.attempt(order, cast)
    second = correct(first, cast.tester2)
    assert (second.ordinal, second.revision, second.corrects, second.verdict) == (1, 2, first, "FAIL")
    assert (first.state, second.state) == (AttemptState.SUPERSEDED, AttemptState.SUBMITTED)
    assert Attempt.objects.get(pk=first.pk).verdict == "PASS"
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.before["verdict"], entry.after["verdict"], entry.reason) == (
        "result.corrected", "PASS", "FAIL", "演示：点错")


def test_correct_attempt_keeps_what_the_row_leaves_out(cast, order):
    first = results.attempt(order, cast, "PER-04")
    second = correct(first, cast.tester, {"values": {**first.values, "t_ms": {"value": "2.0", "unit": "毫秒"}}},
                     reason="unit")
    assert (second.version, second.tool, second.performed_at) == (first.version, first.tool, first.performed_at)
    assert (second.verdict, second.values["t_ms"]["value"], second.values["t_max_ms"]) == (
        "REC", "2.0", first.values["t_max_ms"])


def test_correct_attempt_with_wrong_row_names_the_field(cast, order):
    first = results.attempt(order, cast)
    with pytest.raises(errors.VersionNotReceived) as caught:
        correct(first, cast.tester, {"verdict": "FAIL", "firmware": "9.9"})
    assert [fault["code"] for fault in caught.value.rows] == ["version_not_received"]
    assert first.state == AttemptState.SUBMITTED


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"reason": "mood"}, errors.CorrectionReasonUnknown), ({"text": " "}, errors.TextMissing)],
)
def test_correct_attempt_without_reason_is_refused(cast, order, changes, error):
    with pytest.raises(error):
        correct(results.attempt(order, cast), cast.tester, **changes)


def test_correct_attempt_of_a_complete_order_brings_it_back_to_testing(cast, catalogue):
    order = results.passed_order(cast)
    attempt = Attempt.objects.get(plan_item__order=order, plan_item__code="IOP-01")
    corrected = correct(attempt, cast.tester)
    assert orders.fresh(order).stage == Stage.TESTING
    verify_attempts(order=order, attempts=[corrected], actor=cast.verifier)
    assert Slot.objects.get(plan_item=attempt.plan_item).verdict == "FAIL"


def test_correct_attempt_while_a_report_is_written_is_refused(cast, order):
    attempt = results.attempt(order, cast)
    orders.services.complete_order(order=order)
    orders.services.start_reporting(order=orders.fresh(order), actor=cast.tester)
    with pytest.raises(errors.ReportInProgress):
        correct(Attempt.objects.get(pk=attempt.pk), cast.tester)


def test_correct_attempt_twice_is_refused(cast, order):
    first = results.attempt(order, cast)
    correct(first, cast.tester)
    with pytest.raises(IllegalTransition):
        correct(first, cast.tester)
