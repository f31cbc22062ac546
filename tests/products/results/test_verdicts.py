"""What values come to: pure, without a database."""

from decimal import Decimal

import pytest

from products.results import errors
from products.results.selectors import check_values, compute_verdict, decide_verdict
from products.suites.models import Measurement
from wapicert.errors import DomainError

TRIES = Measurement(key="tries", name_zh="次数", name_en="tries", type="number", unit="次", comparator=">=",
                    limit=Decimal(50), role="validity")
RATE = Measurement(key="rate", name_zh="成功率", name_en="rate", type="number", unit="%", comparator=">=",
                   limit=Decimal(95), role="result")
FREE = Measurement(key="free", name_zh="间隔", name_en="interval", type="number", unit="µA", role="result")
MODE = Measurement(key="mode", name_zh="模式", name_en="mode", type="choice", choices=["双证书", "三证书"],
                   role="result")
NOTE = Measurement(key="note", name_zh="算法", name_en="algorithm", type="text", role="result")


def given(**values):
    return {key: {"value": text, "unit": ""} for key, text in values.items()}


@pytest.mark.parametrize(
    ("tries", "rate", "verdict"),
    [("50", "95", "PASS"), ("50", "94.999999", "FAIL"), ("49", "100", "INC"), ("49", "10", "INC"),
     ("50", "95.000000000000001", "PASS")],
)
def test_compute_verdict_holds_values_against_limits_exactly(tries, rate, verdict):
    assert compute_verdict([TRIES, RATE], given(tries=tries, rate=rate)) == verdict


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [(">=", "FAIL", "PASS", "PASS"), ("<=", "PASS", "PASS", "FAIL"), (">", "FAIL", "FAIL", "PASS"),
     ("<", "PASS", "FAIL", "FAIL"), ("==", "FAIL", "PASS", "FAIL")],
)
def test_compute_verdict_knows_every_comparator(comparator, below, at, above):
    row = Measurement(key="x", type="number", comparator=comparator, limit=Decimal("5.5"), role="result")
    assert [compute_verdict([row], given(x=text)) for text in ("5.4", "5.50", "5.6")] == [below, at, above]


def test_check_values_keeps_text_as_entered_and_unit_as_defined():
    values, faults = check_values([RATE, FREE, MODE, NOTE], {
        "rate": {"value": "９８．０", "unit": " ％ "}, "free": {"value": "0.350", "unit": "μA"},
        "mode": {"value": "双证书"}, "note": {"value": " SM2 ", "unit": None},
    }, must_be_whole=True)
    assert faults == []
    assert values == {"rate": {"value": "98.0", "unit": "%"}, "free": {"value": "0.350", "unit": "µA"},
                      "mode": {"value": "双证书", "unit": ""}, "note": {"value": "SM2", "unit": ""}}


@pytest.mark.parametrize(
    ("measurement", "entered", "code", "field"),
    [
        (RATE, None, "value_missing", "values.rate"),
        (RATE, {"value": " ", "unit": "%"}, "value_missing", "values.rate"),
        (RATE, {"value": True, "unit": "%"}, "value_missing", "values.rate"),
        (RATE, {"value": "98%", "unit": "%"}, "value_not_a_number", "values.rate"),
        (RATE, {"value": "NaN", "unit": "%"}, "value_not_a_number", "values.rate"),
        (RATE, {"value": "1e3", "unit": "%"}, "value_not_a_number", "values.rate"),
        (RATE, {"value": "1,5", "unit": "%"}, "value_not_a_number", "values.rate"),
        (RATE, {"value": "98"}, "unit_missing", "values.rate.unit"),
        (RATE, "98", "unit_missing", "values.rate.unit"),
        (RATE, {"value": "98", "unit": "次"}, "unit_mismatch", "values.rate.unit"),
        (MODE, {"value": "四证书"}, "choice_unknown", "values.mode"),
        (MODE, {"value": "双证书", "unit": "张"}, "unit_mismatch", "values.mode.unit"),
        (NOTE, {"value": "长" * 201}, "value_too_long", "values.note"),
    ],
)
def test_check_values_refuses_what_is_wrong_with_a_value(measurement, entered, code, field):
    values, faults = check_values([measurement], {measurement.key: entered}, must_be_whole=True)
    assert [(fault.code, fault.field) for fault in faults] == [(code, field)]
    assert values == {}
    assert str(faults[0].remedy)


def test_check_values_finds_every_fault_at_once():
    _values, faults = check_values([RATE], {"rate": {"value": "x", "unit": "次"}, "other": {}}, must_be_whole=True)
    assert {fault.code for fault in faults} == {"measurement_unknown", "value_not_a_number", "unit_mismatch"}


def test_check_values_of_a_failed_test_may_lack_what_could_not_be_measured():
    assert check_values([RATE, FREE], {"rate": {"value": "0", "unit": "%"}}, must_be_whole=False) == (
        {"rate": {"value": "0", "unit": "%"}}, [])


@pytest.mark.parametrize(
    ("kind", "said", "values", "verdict"),
    [("judged", "PASS", {}, "PASS"), ("judged", "INC", {}, "INC"), ("judged_with_values", "FAIL", {}, "FAIL"),
     ("judged_with_values", "INC", {"tries": "3"}, "INC"), ("computed", None, {"tries": "50", "rate": "99"}, "PASS"),
     ("computed", "FAIL", {"tries": "50", "rate": "9"}, "FAIL"), ("recorded", None, {}, "REC"),
     ("recorded", "REC", {}, "REC")],
)
def test_decide_verdict_takes_the_persons_word_or_the_values(kind, said, values, verdict):
    assert decide_verdict(kind, [TRIES, RATE], said, given(**values)) == verdict


@pytest.mark.parametrize(
    ("kind", "said", "values", "error"),
    [
        ("judged", None, {}, errors.VerdictMissing),
        ("judged", "", {}, errors.VerdictMissing),
        ("judged", "OK", {}, errors.VerdictUnknown),
        ("judged", "REC", {}, errors.VerdictNotAllowed),
        ("judged_with_values", "PASS", {"tries": "3"}, errors.VerdictNotAllowed),
        ("computed", "PASS", {"tries": "50", "rate": "9"}, errors.VerdictNotAllowed),
        ("computed", "PASS", {"tries": "3", "rate": "99"}, errors.VerdictNotAllowed),
        ("recorded", "PASS", {}, errors.VerdictNotAllowed),
    ],
)
def test_decide_verdict_that_does_not_fit_is_refused(kind, said, values, error):
    with pytest.raises(DomainError) as caught:
        decide_verdict(kind, [TRIES, RATE], said, given(**values))
    assert (type(caught.value), caught.value.field, caught.value.status) == (error, "verdict", 422)


@pytest.mark.parametrize("text", ["٣", "९८", "10²", "5①", "⑤", "1e999", "NaN", "Infinity"])
def test_check_values_refuses_digits_of_other_scripts_and_what_is_no_finite_decimal(text):
    values, faults = check_values([RATE], {"rate": {"value": text, "unit": "%"}}, must_be_whole=True)
    assert (values, [fault.code for fault in faults]) == ({}, ["value_not_a_number"])
