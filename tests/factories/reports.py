"""Snapshots by hand for the pure part, and reports through the services for the rest."""

from __future__ import annotations

import contextlib
import copy
import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdfium2
from django.conf import settings
from PIL import Image

from products.orders.models import Order
from products.reports.models import Report
from products.reports.selectors.snapshots import statements
from products.reports.services import (
    amend_report,
    authorise_report,
    check_report,
    compile_report,
    consent_to_withdrawal,
    render_report,
    request_withdrawal,
)
from products.rework.services import fail_rework
from tests.factories import orders, results, rework
from tests.factories.people import PASSWORD
from tests.factories.seeds import kept

SUITE = Path(settings.BASE_DIR) / "products" / "suites" / "data" / "suite.json"
PERSON = {"name": "演示测试员", "staff_number": "S-tester", "on": "2026-03-20"}


def photograph(mode: str = "RGB", size: tuple[int, int] = (900, 600), **options: Any) -> bytes:
    """A plain image in the given colour mode."""
    out = io.BytesIO()
    Image.new(mode, size, "#4a6b8a" if mode == "RGB" else 120).save(out, format="JPEG", **options)
    return out.getvalue()


def result(code: str, category: str, **changes: Any) -> dict[str, Any]:
    """One row of the results."""
    row = {
        "code": code, "category": category, "group_zh": "演示组", "name_zh": f"演示测试项{code}",
        "name_en": f"Demonstration item {code}", "requirement_zh": "被测设备应完成鉴别与密钥协商并接入网络。",
        "requirement_en": "The device shall authenticate, negotiate keys and join the network.",
        "origin": "proposed", "result_type": "judged", "is_counted": True, "reason": "mandatory",
        "verdict": "PASS", "values": [], "hardware": "V1.0", "firmware": "2.0.1", "version": 2,
        "performed_on": "2026-03-12", "tool": "T-演示-01", "attempts": 1, "earlier": [],
        "corrections": [], "is_retested": False, "ordinal": 1,
    }
    return row | changes


def results_of_suite() -> list[dict[str, Any]]:
    """All 125 items of the catalogue as passed, with a value where one is asked for."""
    items = json.loads(SUITE.read_text(encoding="utf-8"))["items"]
    keys = ["code", "category", "group_zh", "name_zh", "name_en", "requirement_zh", "requirement_en", "origin"]
    return [result(item["code"], item["category"]) | {key: item[key] for key in keys} | {
        "verdict": "REC" if item["result_type"] == "recorded" else "PASS",
        "values": [{"name_zh": m["name_zh"], "name_en": m["name_en"], "value": "96.4", "unit": m["unit"] or "",
                    "limit": None if m["limit"] is None else f"≥ {m['limit']}"} for m in item["measurements"]],
    } for item in items]


def snapshot(**changes: Any) -> dict[str, Any]:
    """A whole snapshot of an invented device, as `snapshot_of` builds it, checked, authorised and numbered."""
    return copy.deepcopy(SNAPSHOT) | changes


SNAPSHOT: dict[str, Any] = {
    "schema": 3,
    "template_version": "4",
    "software_version": "0.1.0",
    "report": {
        "number": "WAPI-T-2026-0001", "revision": 2, "compiled_at": "2026-03-18T09:00:00+08:00",
        "authorised_at": "2026-03-20T10:00:00+08:00", "issued_on": "2026-03-20",
        "verification_code": "7K2MQ9XWB4TF7", "code_shown": "7K2M-Q9XW-B4TF7",
        "address": "http://127.0.0.1:8000/v/7K2MQ9XWB4TF7/", "replaces": None, "amendment_reason": "",
        "is_demonstration": True,
    },
    "laboratory": {
        "name_zh": "WAPI产业联盟测试实验室", "name_en": "WAPI Industry Alliance Test Laboratory",
        "address_zh": "演示市演示区演示路1号", "address_en": "1 Demonstration Road, Demonstration",
        "places": [{"zh": "演示市演示区演示路1号", "en": "1 Demonstration Road, Demonstration"}],
    },
    "marks": [],
    "order": {"number": "WT-2026-0007", "accepted_on": "2026-03-01", "sampling_zh": "送样",
              "sampling_en": "sample sent in by the customer", "remark": ""},
    "customer": {"name_zh": "演示传感科技有限公司", "name_en": "Demo Sensing Co., Ltd.", "number": "C00001",
                 "address_zh": "演示市高新区2号", "address_en": "2 High-Tech Zone, Demonstration"},
    "applicant": {"name_zh": "演示传感科技有限公司", "name_en": "Demo Sensing Co., Ltd."},
    "manufacturer": "演示制造有限公司",
    "factory": "演示市第三工厂",
    "device": {
        "name_zh": "演示温湿度传感器", "name_en": "Demonstration sensor", "model": "DEMO-SEN-100", "type_code": "SEN",
        "type_zh": "传感器/在线监测装置", "type_en": "Sensor / on-line monitor", "hardware": "V1.0",
        "firmware": "2.0.0",
        "specification": [
            {"name_zh": "工作频段", "name_en": "Bands", "value": "2.4GHz、5GHz", "unit": ""},
            {"name_zh": "通信速率支持协议", "name_en": "802.11 generation", "value": "802.11ax", "unit": ""},
            {"name_zh": "监测量", "name_en": "Measurands", "value": "温度、湿度", "unit": ""},
            {"name_zh": "供电方式", "name_en": "Power", "value": "电池", "unit": ""},
            {"name_zh": "电池寿命", "name_en": "Battery life", "value": "5", "unit": "年"},
        ],
        "features": [
            {"name_zh": "5GHz频段", "name_en": "5 GHz band", "is_present": True, "is_declared": False},
            {"name_zh": "预共享密钥", "name_en": "PSK mode", "is_present": True, "is_declared": True},
            {"name_zh": "漫游", "name_en": "Roaming", "is_present": False, "is_declared": True},
        ],
    },
    "samples": [{"number": "YP-2026-0007", "serial_number": "SN-演示-0001", "hardware": "V1.0", "firmware": "2.0.0",
                 "received_on": "2026-03-03", "condition": "外观完好"}],
    "versions": [
        {"ordinal": 1, "hardware": "V1.0", "firmware": "2.0.0", "received_on": "2026-03-03"},
        {"ordinal": 2, "hardware": "V1.0", "firmware": "2.0.1", "received_on": "2026-03-11"},
    ],
    "photographs": [{"id": "photo-1", "name": "front.jpg", "caption": "正面 front"}],
    "evidence": [
        {"code": None, "name": "front.jpg", "note": "正面 front", "size": 48_211, "sha256": "c0" * 32,
         "added_on": "2026-03-03"},
        {"code": "FUN-RT-02", "name": "重传_第2次.pcapng", "note": "", "size": 1_804_332, "sha256": "5e" * 32,
         "added_on": "2026-03-12"},
    ],
    "made_with": {"software": "0.1.0", "template": "2", "engine": "typst",
                  "fonts": [{"name": "NotoSansSC[wght].ttf", "sha256": "ab" * 32}]},
    "dates": {"received": ["2026-03-03"], "tested_from": "2026-03-05", "tested_until": "2026-03-15"},
    "edition": {"slug": "2024-03", "label_zh": "2024年3月版", "label_en": "March 2024 edition",
                "name_zh": "《无线局域网鉴别与保密基础结构（WAPI）功能测试项目（2024年3月版）》",
                "name_en": "WAPI function test items, March 2024 edition", "fingerprint": "ab" * 32,
                "origin": "published"},
    "standards": [{"code": "GBT32420", "title_zh": "GB/T 32420 无线局域网测试规范", "kind": "national standard",
                   "clauses": []}],
    "other_sources": [{"code": "NL84", "title_zh": "《演示通讯》2024年第84期", "kind": "newsletter", "clauses": []}],
    "tools": [{"number": "T-演示-01", "name_zh": "演示基准AP", "name_en": "Demonstration reference AP",
               "kind_zh": "联盟测试基准设备", "kind_en": "Alliance reference device", "calibrated_until": None}],
    "external_providers": None, "environment": None, "uncertainty": None, "opinions": None,
    "statements": statements(),
    "categories": [
        {"code": "IOP", "name_zh": "互通性", "name_en": "Interoperability", "planned": 2, "passed": 2, "failed": 0,
         "recorded": 0, "excluded": 0, "retested": 0},
        {"code": "FUN", "name_zh": "功能", "name_en": "Function", "planned": 3, "passed": 2, "failed": 0,
         "recorded": 0, "excluded": 1, "retested": 1},
        {"code": "PER", "name_zh": "性能", "name_en": "Performance", "planned": 2, "passed": 1, "failed": 0,
         "recorded": 1, "excluded": 0, "retested": 0},
    ],
    "results": [
        result("IOP-01", "IOP", origin="published"),
        result("IOP-03", "IOP"),
        result("FUN-RT", "FUN", origin="published", name_zh="重传功能", name_en="Retransmission function",
               result_type="derived", hardware=None, firmware=None, version=None, performed_on=None, tool=None),
        result("FUN-RT-02", "FUN", attempts=2, ordinal=2, is_retested=True, earlier=[
            {"label_zh": "第1次", "label_en": "1st", "verdict": "FAIL", "hardware": "V1.0", "firmware": "2.0.0",
             "performed_on": "2026-03-06", "note_zh": None,
             "values": [{"name_zh": "重传次数", "name_en": "retransmissions", "value": "0", "unit": "次",
                         "limit": None}]}],
               values=[{"name_zh": "重传次数", "name_en": "retransmissions", "value": "3", "unit": "次",
                        "limit": None}]),
        result("FUN-09", "FUN", verdict="NA", hardware=None, firmware=None, version=None, performed_on=None, tool=None,
               attempts=0),
        result("PER-01", "PER", verdict="REC", result_type="recorded", values=[
            {"name_zh": "下行吞吐量", "name_en": "downlink", "value": "412.50", "unit": "Mbit/s", "limit": None}]),
        result("PER-06", "PER", result_type="computed", is_counted=False, values=[
            {"name_zh": "关联成功率", "name_en": "success rate", "value": "98", "unit": "%", "limit": "≥ 95"}]),
    ],
    "reworks": [{
        "number": "ZG-2026-0003", "state_zh": "整改通过", "state_en": "closed: passed", "opened_on": "2026-03-07",
        "closed_on": "2026-03-13", "laboratory_days": "2.5", "vendor_days": "3.5",
        "rounds": [{
            "round": 1, "answered_on": "2026-03-10", "hardware": "V1.0", "firmware": "2.0.1",
            "failed": [{"code": "FUN-RT-02", "name_zh": "重传次数", "name_en": "Retransmissions",
                        "reason_zh": "未按要求重传", "reason_en": "Does not retransmit"}],
            "scope": {"signed_on": "2026-03-11", "signed_by": "S-verifier", "repeated": ["FUN-RT-02"], "kept": 5},
        }],
    }],
    "exclusions": [{"code": "FUN-09", "name_zh": "演示测试项FUN-09", "name_en": "Demonstration item FUN-09",
                    "kind": "NA", "reason": "样机无该接口", "consents": [
                        {"zh": "校核", "en": "verifier", "by": "S-verifier", "on": "2026-03-14"}]}],
    "outside": [{"zh": "不适用于该设备类型", "en": "not for this device type", "codes": ["INT-01", "INT-02"]},
                {"zh": "未声明相关功能：漫游", "en": "feature not declared: Roaming", "codes": ["FUN-21"]}],
    "deviations": [],
    "decision_rule": {"code": "default",
                      "zh": "必测项与适用的有条件项全部通过或经批准排除，即判为符合；可选项列出而不计入。",
                      "en": "Conforms when no mandatory or applicable conditional item fails or lacks a result; "
                            "optional items are printed and not counted."},
    "conclusion": {"code": "conforms", "zh": "符合", "en": "Conforms", "count_failed_optional": 0},
    "counts": {"planned": 7, "passed": 5, "failed": 0, "recorded": 1, "excluded": 1, "retested": 1},
    "people": {"compiled": PERSON,
               "checked": {"name": "演示校核员", "staff_number": "S-verifier", "on": "2026-03-19"},
               "authorised": {"name": "演示签字人", "staff_number": "S-signatory", "on": "2026-03-20"}},
}


@kept
def tested(
    cast: SimpleNamespace, device_type: str = "SEN", *, verdicts: Mapping[str, str] | None = None, **changes: Any
) -> Order:
    """An order whose items are all recorded by the tester, verified by the verifier, and complete.

    What fails by `verdicts` opens a rework, which the verifier closes as failed.
    """
    order = orders.in_testing(cast, device_type, **changes)
    results.verified(order, cast, verdicts=verdicts)
    if "FAIL" in (verdicts or {}).values():
        fail_rework(rework=rework.of(order), actor=cast.verifier, reason="演示：未改善")
    return orders.fresh(order)


@kept
def reworked(cast: SimpleNamespace) -> Order:
    """A sensor that failed an item of 重传功能, was fixed with new firmware and passed; complete."""
    order = orders.in_testing(cast)
    results.verified(order, cast, verdicts={rework.CODE: "FAIL"})
    case = rework.of(order)
    rework.retest(rework.sign(rework.answer(rework.send(case, cast), cast), cast), cast)
    return orders.fresh(order)


@kept
def compiled(cast: SimpleNamespace, order: Order | None = None, **changes: Any) -> Report:
    """A draft by the second tester, so that the first, who recorded, is free to be refused elsewhere."""
    return compile_report(order=order or tested(cast, **changes), actor=cast.tester2)


@kept
def checked(cast: SimpleNamespace, order: Order | None = None, **changes: Any) -> Report:
    """Checked by the verifier."""
    return check_report(report=compiled(cast, order, **changes), actor=cast.verifier)


@kept
def authorised(cast: SimpleNamespace, order: Order | None = None, **changes: Any) -> Report:
    """Authorised by the signatory; waits for the worker."""
    return authorise_report(report=checked(cast, order, **changes), actor=cast.signatory, password=PASSWORD)


@kept
def issued(cast: SimpleNamespace, order: Order | None = None, **changes: Any) -> Report:
    """Rendered as the worker would, and issued."""
    report = render_report(report_id=str(authorised(cast, order, **changes).pk))
    assert report is not None
    return report


@kept
def withdrawn(cast: SimpleNamespace, order: Order | None = None, **changes: Any) -> Report:
    """Issued and withdrawn."""
    return withdraw(issued(cast, order, **changes), cast)


def withdraw(report: Report, cast: SimpleNamespace) -> Report:
    """The signatory asks, the quality manager consents."""
    asked = request_withdrawal(report=report, actor=cast.signatory, reason="演示：样品有误", password=PASSWORD)
    return consent_to_withdrawal(report=asked, actor=cast.quality, password=PASSWORD)


@kept
def amendment(cast: SimpleNamespace, report: Report | None = None) -> Report:
    """The successor of an issued report, opened with a corrected serial number and not compiled yet."""
    return amend_report(report=report or issued(cast), actor=cast.signatory, reason="演示：更正样品序列号",
                        password=PASSWORD, corrections={"samples.0.serial_number": "SN-更正-0002"})


def amended_with(cast: SimpleNamespace, report: Report, corrections: Mapping[str, str]) -> Report:
    """The successor of an issued report with these corrections, issued."""
    draft = amend_report(report=report, actor=cast.signatory, reason="演示：铭牌有误", password=PASSWORD,
                         corrections=corrections)
    ready = check_report(report=compile_report(order=draft.order, actor=cast.tester2), actor=cast.verifier)
    successor = render_report(report_id=str(authorise_report(report=ready, actor=cast.signatory,
                                                             password=PASSWORD).pk))
    assert successor is not None
    return successor


@kept
def amended(cast: SimpleNamespace, report: Report | None = None) -> Report:
    """The successor issued; what it replaces is `replaces`."""
    order = amendment(cast, report).order
    draft = compile_report(order=order, actor=cast.tester2)
    ready = check_report(report=draft, actor=cast.verifier)
    signed = authorise_report(report=ready, actor=cast.signatory, password=PASSWORD)
    successor = render_report(report_id=str(signed.pk))
    assert successor is not None
    return successor


@kept
def replaced(cast: SimpleNamespace) -> Report:
    """Issued and replaced by its amendment."""
    old = amended(cast).replaces
    assert old is not None
    return Report.objects.get(pk=old.pk)


BUILDERS = {"draft": compiled, "checked": checked, "authorised": authorised, "issued": issued,
            "replaced": replaced, "withdrawn": withdrawn}


def text_of(content: bytes) -> list[str]:
    """The text of each page of a PDF."""
    with contextlib.closing(pypdfium2.PdfDocument(content)) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def content_of(report: Report) -> bytes:
    """The stored bytes of an issued report."""
    with report.file.content.open("rb") as file:
        return file.read()
