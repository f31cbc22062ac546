"""A retest is another test, a correction the same test written down anew: the report takes neither for the other."""

import pytest

from products.reports.selectors import snapshot_of
from products.results.models import Attempt
from products.rework.services import correct_result, return_result, verify_results
from tests.factories import orders, reports, results, rework

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def row_of(order, code):
    return next(row for row in snapshot_of(order)["results"] if row["code"] == code)


def corrected(cast, order, attempt, **changes):
    row = correct_result(attempt=attempt, row=changes, reason="typing", text="演示：点错", actor=cast.tester)
    verify_results(order=order, attempts=[row], actor=cast.verifier)
    return orders.fresh(order)


def test_corrected_value_is_a_correction_and_no_retest(cast):
    order = reports.tested(cast)
    attempt = next(row for row in Attempt.objects.filter(plan_item__order=order).order_by("pk") if row.values)
    key, value = next(iter(attempt.values.items()))
    lower = str(int(value["value"]) - 1)
    order = corrected(cast, order, attempt, values=attempt.values | {key: value | {"value": lower}})
    row = row_of(order, attempt.plan_item.code)
    assert (row["attempts"], row["earlier"], row["is_retested"]) == (1, [], False)
    assert [(part["revision"], part["reason_zh"], part["note_zh"]) for part in row["corrections"]] == [
        (1, "录入错误", "已更正 corrected")]
    counts = snapshot_of(order)["counts"]
    assert (counts["retested"], counts["corrected"]) == (0, 1)


def test_failure_that_was_a_typing_error_is_no_retest(cast):
    order = orders.in_testing(cast)
    results.verified(order, cast, verdicts={rework.CODE: "FAIL"})
    attempt = Attempt.objects.get(plan_item__order=order, plan_item__code=rework.CODE)
    order = corrected(cast, order, attempt, verdict="PASS")
    row = row_of(order, rework.CODE)
    assert (row["verdict"], row["is_retested"], row["earlier"]) == ("PASS", False, [])
    assert [part["verdict"] for part in row["corrections"]] == ["FAIL"]


def test_record_returned_by_the_verifier_and_written_anew_is_no_retest(cast):
    order = orders.in_testing(cast)
    codes = [item.code for item in results.planned(order)]
    results.verified(order, cast, codes[1:])
    attempt = results.attempt(order, cast, codes[0])
    return_result(attempt=attempt, comment="演示：补充备注", actor=cast.verifier)
    order = corrected(cast, order, attempt, remark="演示：已补充")
    row = row_of(order, codes[0])
    assert (row["attempts"], row["earlier"], row["is_retested"], len(row["corrections"])) == (1, [], False, 1)


def test_item_that_failed_and_passed_with_new_firmware_is_a_retest(cast):
    row = row_of(reports.reworked(cast), rework.CODE)
    assert (row["attempts"], row["is_retested"], row["corrections"], row["ordinal"]) == (2, True, [], 2)


def text_of(report):
    return "".join("".join(reports.text_of(reports.content_of(report))).split())


def test_pdf_of_a_corrected_result_does_not_say_passed_after_retest(cast):
    order = reports.tested(cast)
    attempt = next(row for row in Attempt.objects.filter(plan_item__order=order).order_by("pk") if row.values)
    key, value = next(iter(attempt.values.items()))
    lower = str(int(value["value"]) - 1)
    order = corrected(cast, order, attempt, values=attempt.values | {key: value | {"value": lower}})
    text = text_of(reports.issued(cast, order))
    assert "passedafterretest" not in text.replace("0passedafteraretest", "")
    assert "记录的更正（同一次测试）" in text
    assert "录入更正1项" in text


def test_pdf_of_a_retest_says_passed_after_retest_once(cast):
    text = text_of(reports.issued(cast, reports.reworked(cast)))
    assert text.count("passedafterretest") == 1
    assert "经复测通过1项" in text
