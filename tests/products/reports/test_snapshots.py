"""What a report freezes: every fact, from the real flow."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from products.reports.rendering import made_with
from products.reports.selectors import conclusion_of, marks_on, missing_elements, snapshot_of
from products.reports.selectors.snapshots import value_text
from products.reports.states import TEMPLATE_VERSION
from products.results.services import add_evidence
from tests.factories import files, orders, reports, results, rework
from tests.factories.reports import result

pytestmark = pytest.mark.django_db


def row_of(snapshot, code):
    return next(row for row in snapshot["results"] if row["code"] == code)


def test_snapshot_of_a_passed_order_holds_the_facts(cast, catalogue):
    order = reports.tested(cast)
    found = snapshot_of(order)
    today = timezone.localdate().isoformat()
    assert json.loads(json.dumps(found)) == found
    assert found["customer"]["name_zh"] == cast.company_a.name_zh
    assert found["manufacturer"] == "演示甲通信科技有限公司"
    assert found["factory"] == "演示市演示路1号"
    assert found["edition"]["fingerprint"] == order.edition.fingerprint
    assert found["dates"] == {"received": [today], "tested_from": today, "tested_until": today}
    assert [sample["serial_number"] for sample in found["samples"]] == ["SN-0001"]
    assert found["counts"]["planned"] == len(found["results"]) == order.plan.filter(inclusion="in").count()
    assert found["conclusion"]["code"] == "conforms"
    assert found["decision_rule"] == order.decision_rule
    assert [tool["number"] for tool in found["tools"]] == ["YS-001"]
    assert missing_elements(found | {"report": reports.snapshot()["report"]}) == []


def test_snapshot_of_names_the_version_and_tool_of_each_result(cast, catalogue):
    found = row_of(snapshot_of(reports.tested(cast)), "IOP-01")
    assert (found["hardware"], found["firmware"], found["version"], found["tool"]) == ("V1.0", "1.0.0", 1, "YS-001")
    assert found["earlier"] == []


def test_snapshot_of_a_reworked_order_keeps_the_failure_beside_the_pass(cast, catalogue):
    found = snapshot_of(reports.reworked(cast))
    row = row_of(found, rework.CODE)
    assert (row["verdict"], row["firmware"], row["attempts"]) == ("PASS", "1.0.1", 2)
    assert [(part["verdict"], part["firmware"], part["label_zh"]) for part in row["earlier"]] == [
        ("FAIL", "1.0.0", "第1次")]
    assert found["counts"]["retested"] == 1
    assert found["counts"]["failed"] == 0
    assert [version["firmware"] for version in found["versions"]] == ["1.0.0", "1.0.1"]


def test_snapshot_of_a_reworked_order_tells_rounds_scope_and_reason(cast, catalogue):
    order = reports.reworked(cast)
    case = snapshot_of(order)["reworks"][0]
    assert (case["state_zh"], len(case["rounds"])) == ("整改通过", 1)
    only = case["rounds"][0]
    assert [(part["code"], bool(part["reason_zh"])) for part in only["failed"]] == [(rework.CODE, True)]
    assert only["scope"]["repeated"] == [rework.CODE]
    assert only["scope"]["kept"] > 0
    assert only["scope"]["signed_by"] == "S-verifier"
    assert (only["hardware"], only["firmware"]) == ("V1.0", "1.0.1")


def test_snapshot_of_leaves_out_the_texts_between_laboratory_and_vendor(cast, catalogue):
    text = json.dumps(snapshot_of(reports.reworked(cast)), ensure_ascii=False)
    for secret in ["演示：不应答重复请求", "演示：定时器未启动", "演示：启动重传定时器"]:
        assert secret not in text


def test_snapshot_of_a_failed_order_does_not_conform(cast, catalogue):
    found = snapshot_of(reports.tested(cast, verdicts={rework.CODE: "FAIL"}))
    assert found["conclusion"] == {"code": "does_not_conform", "zh": "不符合", "en": "Does not conform",
                                   "count_failed_optional": 0, "count_untested": 0}
    assert row_of(found, "FUN-RT")["verdict"] == "FAIL"
    assert found["reworks"][0]["state_zh"] == "整改未通过"


def test_snapshot_of_lists_what_is_outside_the_plan_by_its_rule(cast, catalogue):
    order = reports.tested(cast)
    groups = snapshot_of(order)["outside"]
    assert sum(len(group["codes"]) for group in groups) == order.plan.exclude(inclusion="in").count()
    assert any(group["zh"].startswith("未声明相关功能：") for group in groups)
    assert {group["zh"] for group in groups} >= {"不适用于该设备类型"}


def test_snapshot_of_keeps_the_names_of_the_acceptance(cast, catalogue):
    order = reports.tested(cast)
    order.device.name_zh, order.company.name_zh = "改名设备", "改名公司"
    order.device.save()
    order.company.save()
    found = snapshot_of(orders.fresh(order))
    assert found["device"]["name_zh"] == "演示温湿度传感器"
    assert found["customer"]["name_zh"] == "演示甲通信科技有限公司"


def test_snapshot_of_names_photographs_of_the_device_only(cast, catalogue):
    order = orders.in_testing(cast)
    for name, is_photograph in [("front.jpg", True), ("screen.jpg", False)]:
        add_evidence(order=order, upload=files.upload(name, reports.photograph()), actor=cast.tester, note=name[:5],
                     is_device_photograph=is_photograph)
    assert [row["caption"] for row in snapshot_of(order)["photographs"]] == ["front"]


def test_snapshot_of_lists_every_file_of_the_order_with_its_digest(cast, catalogue):
    order = orders.in_testing(cast)
    added = add_evidence(order=order, upload=files.upload("front.jpg", reports.photograph()), actor=cast.tester,
                         note="正面", is_device_photograph=True)
    row, = snapshot_of(order)["evidence"]
    assert (row["code"], row["name"], row["note"]) == (None, "front.jpg", "正面")
    assert (row["sha256"], row["size"]) == (added.file.sha256, added.file.size)


def test_compiled_snapshot_names_what_it_is_made_with(cast, catalogue):
    made = reports.compiled(cast).snapshot["made_with"]
    assert made == made_with()
    assert [len(font["sha256"]) for font in made["fonts"]] == [64, 64, 64]
    assert made["template"] == TEMPLATE_VERSION


def test_snapshot_of_takes_as_many_queries_for_one_attempt_as_for_all(cast, catalogue, django_assert_num_queries):
    once, all_items = orders.in_testing(cast), orders.in_testing(cast)
    results.verified(once, cast, ["IOP-01"])
    results.verified(all_items, cast)
    for order in (orders.fresh(once), orders.fresh(all_items)):
        with django_assert_num_queries(12):
            snapshot_of(order)


@pytest.mark.parametrize(("verdict", "is_counted", "conclusion"), [
    ("PASS", True, "conforms"), ("REC", True, "conforms"), ("NA", True, "conforms"), ("WAIVER", True, "conforms"),
    ("FAIL", True, "does_not_conform"), ("INC", True, "does_not_conform"), ("", True, "does_not_conform"),
    ("FAIL", False, "conforms"), ("", False, "conforms"),
])
def test_conclusion_of_counts_what_counts(verdict, is_counted, conclusion):
    rows = [result("IOP-01", "IOP"), result("IOP-02", "IOP", verdict=verdict, is_counted=is_counted)]
    assert conclusion_of(rows)["code"] == conclusion


def test_conclusion_of_counts_optional_failures_apart():
    assert conclusion_of([result("IOP-02", "IOP", verdict="FAIL", is_counted=False)])["count_failed_optional"] == 1


@pytest.mark.parametrize(("today", "texts"), [
    ("2025-12-31", []), ("2026-01-01", ["CNAS L0000"]), ("2030-12-31", ["CNAS L0000"]), ("2031-01-01", []),
])
def test_marks_on_holds_between_the_two_dates(settings, today, texts):
    settings.ACCREDITATION_MARKS = ["CNAS L0000|2026-01-01|2030-12-31"]
    assert [mark["text"] for mark in marks_on(timezone.datetime.fromisoformat(today).date())] == texts


@pytest.mark.parametrize("line", ["CNAS L0000", "CNAS|yesterday|2030-12-31", "a|2026-01-01|2030-12-31|b"])
def test_marks_on_refuses_a_setting_that_it_cannot_read(settings, line):
    settings.ACCREDITATION_MARKS = [line]
    with pytest.raises(ImproperlyConfigured):
        marks_on(timezone.localdate())


@pytest.mark.parametrize(("value", "text"), [
    (True, "是 Yes"), (False, "否 No"), (["2.4GHz", "5GHz"], "2.4GHz、5GHz"), ({"min": -20, "max": 60}, "-20 – 60"),
    (5, "5"), ("电池", "电池"),
])
def test_value_text_prints_specification_values(value, text):
    assert value_text(value) == text
