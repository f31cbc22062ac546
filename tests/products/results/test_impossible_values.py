"""A value that a measurement cannot have is refused whatever the verdict, at every door: the whole suite, literally."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from products.results import errors
from products.results.models import Attempt
from products.results.selectors import check_values
from products.results.services import correct_attempt, record_attempts, start_import
from products.suites.models import Measurement
from tests.factories import equipment, orders, results
from tests.factories.api import Api
from wapicert.texts import clean_text

RATE = (["0", "0.5", "95", "100", "100.000"], ["105", "1000", "100.01", "-0.1", "-3"])
COUNT = (["0", "1", "50", "50.0"], ["-1", "0.5", "49.5"])
TIMES = (["1", "50", "3.0"], ["0", "-1", "1.5"])
SPAN = (["0", "0.35", "86400"], ["-0.001", "-3"])
# What each measurement of the suite can be, and what it cannot.
TABLE = {
    "IOP-11.ref_ok": COUNT, "IOP-11.ref_total": TIMES, "IOP-12.loss": RATE, "IOP-14.sta_n": COUNT,
    "FUN-08.revoke_effect_s": SPAN, "FUN-10.rekey_loss": COUNT, "FUN-24.switch_s": SPAN, "FUN-26.recover_s": SPAN,
    "FUN-27.boot_to_online_s": SPAN, "FUN-29.data_ok": RATE, "FUN-30.sensor_n": COUNT, "FUN-34.sa_timeout_s": SPAN,
    "FUN-RT-01.tx_count": TIMES, "FUN-RT-01.interval_s": SPAN, "FUN-RT-02.tx_count": TIMES,
    "FUN-RT-02.interval_s": SPAN, "FUN-RT-03.tx_count": TIMES, "FUN-RT-03.interval_s": SPAN,
    "FUN-RT-06.tx_count": TIMES, "FUN-RT-06.interval_s": SPAN, "FUN-RT-08.tx_count": TIMES,
    "FUN-RT-08.interval_s": SPAN, "FUN-RT-10.tx_count": TIMES, "FUN-RT-10.interval_s": SPAN,
    "FUN-RT-12.fail_s": SPAN, "FUN-RT-13.loss_set": RATE, "FUN-RT-13.tries": TIMES, "FUN-RT-13.success": RATE,
    "FUN-ASP.auth_per_s": SPAN, "FUN-ASP.duration_s": (["0.1", "60"], ["0", "-60"]), "FUN-ASP.success_rate": RATE,
    "FUN-ASP.lat_avg_ms": SPAN, "FUN-ASP.lat_p95_ms": SPAN, "FUN-ASP.concurrency": TIMES,
    "PER-01.dl_mbps": SPAN, "PER-01.ul_mbps": SPAN, "PER-01.ratio": (["0", "98.5", "100.3"], ["-1", "201", "985"]),
    "PER-02.dl_mbps": SPAN, "PER-02.ul_mbps": SPAN, "PER-03.lat_ms": SPAN, "PER-03.loss": RATE,
    "PER-04.t_ms": SPAN, "PER-04.t_max_ms": SPAN, "PER-05.t_ms": SPAN, "PER-06.tries": TIMES, "PER-06.success": RATE,
    "PER-07.tries": TIMES, "PER-07.success": RATE, "PER-07.loss": RATE, "PER-08.t_ms": SPAN, "PER-09.sta_n": COUNT,
    "PER-10.ap_n": COUNT, "PER-10.sta_n": COUNT, "PER-11.cert_n": COUNT, "PER-11.sta_n": COUNT, "PER-12.t_ms": SPAN,
    "PER-13.hours": (["0.5", "72", "72.5"], ["0", "-72"]), "PER-13.drops": COUNT,
    "PER-14.rssi_dbm": (["-92", "-92.5", "0"], ["-920", "92", "-175"]), "PER-15.avg_ua": SPAN, "PER-15.join_mj": SPAN,
    "PER-15.life_y": SPAN,
}
NO_NUMBERS = ["NaN", "nan", "inf", "-Infinity", "1e3", "0x10", "１０5 %", "1_000", "--1", "∞", "1,5"]
SUITE = json.loads((settings.BASE_DIR / "products/suites/data/suite.json").read_text(encoding="utf-8"))
MEASURED = {f"{item['code']}.{entry['key']}": Measurement(
    key=entry["key"], name_zh=entry["name_zh"], name_en=entry["name_en"], type=entry["type"],
    unit=entry.get("unit") or "") for item in SUITE["items"] for entry in item.get("measurements", [])}


def refused(name: str, text: str) -> list[str]:
    """The codes of the faults of one value of one measurement."""
    code, _dot, key = name.rpartition(".")
    measurement = MEASURED[name]
    given = {key: {"value": text, "unit": measurement.unit}}
    values, faults = check_values([measurement], given, must_be_whole=False, code=code)
    assert bool(values) != bool(faults)
    return [fault.code for fault in faults]


def test_the_table_holds_every_number_that_the_suite_asks_for():
    assert sorted(TABLE) == sorted(name for name, one in MEASURED.items() if one.type == "number")


@pytest.mark.parametrize("name", TABLE)
def test_value_that_cannot_be_is_refused_and_one_that_can_is_kept(name):
    good, bad = TABLE[name]
    assert {text: refused(name, text) for text in good} == {text: [] for text in good}
    assert {text: refused(name, text) for text in bad} == {text: ["value_impossible"] for text in bad}
    assert {text: refused(name, text) for text in NO_NUMBERS} == {text: ["value_not_a_number"] for text in NO_NUMBERS}


@pytest.mark.parametrize(("unit", "good", "bad"), [
    ("%", "100", "100.5"), ("次", "3", "2.5"), ("ms", "0", "-1"), ("μA", "0.5", "-1"), ("dBm", "-40", "400"),
    ("", "-5", None), ("dB", "-5", None),
])
def test_measurement_that_no_suite_names_is_bound_by_its_unit(unit, good, bad):
    measurement = Measurement(key="fresh", name_zh="新", name_en="fresh", type="number", unit=unit)
    for text, codes in ((good, []), *([(bad, ["value_impossible"])] if bad else [])):
        faults = check_values([measurement], {"fresh": {"value": text, "unit": unit}}, must_be_whole=True)[1]
        assert [fault.code for fault in faults] == codes


def test_loss_in_decibels_is_never_negative():
    measurement = Measurement(key="path_loss_db", name_zh="损耗", name_en="loss", type="number", unit="dB")
    faults = check_values([measurement], {"path_loss_db": {"value": "-3", "unit": "dB"}}, must_be_whole=True)[1]
    assert [fault.code for fault in faults] == ["value_impossible"]


def beside(code: str, **texts: str) -> list[tuple[str, str | None]]:
    rows = [MEASURED.get(f"{code}.{key}") or Measurement(key=key, name_zh=key, name_en=key, type="number", unit="毫秒")
            for key in texts]
    given = {row.key: {"value": texts[row.key], "unit": row.unit} for row in rows}
    return [(fault.code, fault.field) for fault in check_values(rows, given, must_be_whole=False, code=code)[1]]


@pytest.mark.parametrize(("code", "texts", "field"), [
    ("PER-04", {"t_ms": "350", "t_max_ms": "120"}, "values.t_ms"),
    ("IOP-11", {"ref_ok": "6", "ref_total": "5"}, "values.ref_ok"),
    ("NEW-01", {"lat_avg_ms": "5.01", "lat_max_ms": "5"}, "values.lat_avg_ms"),
    ("NEW-01", {"lat_min_ms": "6", "lat_ms": "5"}, "values.lat_min_ms"),
    ("NEW-01", {"min_t": "6", "max_t": "5"}, "values.min_t"),
])
def test_values_that_contradict_each_other_are_refused_by_name(code, texts, field):
    assert beside(code, **texts) == [("values_contradict", field)]


@pytest.mark.parametrize(("code", "texts"), [
    ("PER-04", {"t_ms": "120", "t_max_ms": "120"}), ("PER-04", {"t_ms": "9", "t_max_ms": "10"}),
    ("IOP-11", {"ref_ok": "5", "ref_total": "5"}), ("FUN-ASP", {"lat_avg_ms": "9", "lat_p95_ms": "8"}),
    ("PER-07", {"success": "90", "loss": "95"}),
])
def test_values_that_may_stand_beside_each_other_are_kept(code, texts):
    assert beside(code, **texts) == []


@pytest.fixture
def order(cast: Any, catalogue: Any) -> Any:
    equipment.tool(cast.quality)
    return orders.in_testing(cast, "AP")


def impossible(order: Any) -> list[dict[str, Any]]:
    """Rows of the kinds that were recorded and verified once: each wrong in one value."""
    rows = []
    for code, key, text in (("PER-06", "success", "105"), ("PER-06", "success", "1000"), ("IOP-12", "loss", "-3"),
                            ("PER-13", "hours", "0"), ("PER-04", "t_ms", "900000")):
        row = results.row(results.planned(order, [code])[0])
        row["values"][key]["value"] = text
        rows.append(row)
    return rows


@pytest.mark.django_db
def test_record_attempts_refuses_each_impossible_value_with_row_and_field(cast, order):
    for row in impossible(order):
        with pytest.raises(errors.BatchRefused) as caught:
            record_attempts(order=order, rows=[row], actor=cast.tester)
        assert caught.value.rows[0]["code"] in ("value_impossible", "values_contradict")
        assert caught.value.rows[0]["field"].startswith("values.")
    assert Attempt.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("verdict", ["PASS", "FAIL", "INC"])
def test_impossible_value_is_refused_with_any_verdict(cast, order, verdict):
    row = results.row(results.planned(order, ["PER-13"])[0], verdict)
    row["values"]["hours"]["value"] = "0"
    with pytest.raises(errors.BatchRefused):
        record_attempts(order=order, rows=[row], actor=cast.tester)


@pytest.mark.django_db
def test_api_and_file_and_correction_refuse_an_impossible_value(cast, order):
    row = impossible(order)[0]
    body = [row | {"performed_at": row["performed_at"].isoformat()}]
    answer = Api(cast.tester).post(f"orders/{order.number}/attempts/", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "value_impossible")
    out = io.StringIO()
    csv.writer(out).writerows([["编号", "判定", "数值1", "单位1", "数值2", "单位2"],
                               ["PER-06", "", "50", "次", "105", "%"]])
    common = {"hardware": orders.HARDWARE, "firmware": orders.FIRMWARE, "tool": equipment.NUMBER,
              "performed_at": timezone.now().isoformat()}
    job = start_import(upload=ContentFile(out.getvalue().encode(), name="results.csv"), actor=cast.tester,
                       order=order, common=common)
    assert [(fault["line"], fault["cell"], fault["code"]) for fault in job.faults] == [(2, "数值2", "value_impossible")]
    good = results.attempt(order, cast, "PER-06")
    with pytest.raises(errors.ValueImpossible):
        correct_attempt(attempt=good, row={"values": row["values"]}, reason="typing", text="演示", actor=cast.tester)


def test_the_refusal_says_what_can_be():
    given = {"success": {"value": "105", "unit": "%"}}
    fault = check_values([MEASURED["PER-06.success"]], given, must_be_whole=True, code="PER-06")[1][0]
    assert clean_text(f"{fault.message}{fault.remedy}") == (
        "“关联成功率”不可能是这个值。请核对后更正。可能的值：数值、不小于0、不大于100。")
