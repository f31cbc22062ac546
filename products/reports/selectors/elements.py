"""The elements that a report must show (ISO/IEC 17025, 7.8.2 and 7.8.3), checked on its snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from products.reports.selectors.codes import clean_code, is_valid_code
from products.results.states import Verdict
from products.suites.states import ResultType

Snapshot = Mapping[str, Any]
# The steps that add elements, in their order.
STEPS = ["", "check", "authorise"]


@dataclass(frozen=True)
class Element:
    """One element by its letter; `comes_with` is the step that adds it (empty: the compilation)."""

    letter: str
    name: Any
    is_present: Callable[[Snapshot], bool]
    message: Any
    comes_with: str = ""


@dataclass(frozen=True)
class Tick:
    """An element as the checklist shows it: there, missing, or to come with a later step."""

    letter: str
    name: Any
    message: Any
    is_present: bool
    comes_later: bool


def _filled(*path: str) -> Callable[[Snapshot], bool]:
    """A check that the snapshot holds something at the path."""
    def check(snapshot: Snapshot) -> bool:
        value: Any = snapshot
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return bool(value)
    return check


def _every(*checks: Callable[[Snapshot], bool]) -> Callable[[Snapshot], bool]:
    return lambda snapshot: all(check(snapshot) for check in checks)


def _names_the_parties(snapshot: Snapshot) -> bool:
    """Customer and applicant are named; maker and factory have places of their own even where nothing was stated."""
    return all(_filled(party, "name_zh")(snapshot) for party in ("customer", "applicant")) and {
        "manufacturer", "factory"} <= set(snapshot)


def _describes_the_device(snapshot: Snapshot) -> bool:
    """Model, declared versions, samples with serial number and condition, and a version for every measured result."""
    facts = all(_filled("device", key)(snapshot) for key in ("name_zh", "model", "hardware", "firmware"))
    samples = snapshot.get("samples") or []
    whole = all(sample.get(key) for sample in samples for key in ("number", "serial_number", "condition"))
    return facts and bool(samples) and whole and all(map(_has_its_version, snapshot.get("results", [])))


def _has_its_version(row: Mapping[str, Any]) -> bool:
    is_measured = row["verdict"] in (Verdict.PASS, Verdict.FAIL, Verdict.REC)
    return not is_measured or row["result_type"] == ResultType.DERIVED or bool(row["hardware"] and row["firmware"])


def _has_all_results(snapshot: Snapshot) -> bool:
    rows = snapshot.get("results") or []
    return bool(rows) and all(row["verdict"] not in ("", Verdict.INC) for row in rows)


def _explains_exclusions(snapshot: Snapshot) -> bool:
    lists = all(key in snapshot for key in ("exclusions", "deviations", "outside"))
    return lists and all(row["reason"] and row["consents"] for row in snapshot["exclusions"])


def _named_apart(*parts: str) -> Callable[[Snapshot], bool]:
    def check(snapshot: Snapshot) -> bool:
        people = [(snapshot.get("people") or {}).get(part) for part in parts]
        numbers = {person["staff_number"] for person in people if person and person.get("name")}
        return len(numbers) == len(parts)
    return check


def _explains_the_amendment(snapshot: Snapshot) -> bool:
    report = snapshot.get("report") or {}
    return not report.get("replaces") or bool(report.get("amendment_reason") and report.get("changes"))


def _can_be_verified(snapshot: Snapshot) -> bool:
    report = snapshot.get("report") or {}
    code = clean_code(report.get("verification_code") or "")
    return is_valid_code(code) and code in (report.get("address") or "")


def _holds(key: str) -> Callable[[Snapshot], bool]:
    return lambda snapshot: key in snapshot


def _always(snapshot: Snapshot) -> bool:
    """Printed by the template in every report."""
    return True


ELEMENTS = [
    Element("a", _("标题"), _filled("template_version"), _("缺少报告模板版本。")),
    Element("b", _("实验室名称与地址"),
            _every(*(_filled("laboratory", f"{part}_zh") for part in ("name", "address"))),
            _("请在系统设置中填写实验室名称与地址。")),
    Element("c", _("测试地点"), _filled("laboratory", "places"), _("缺少测试地点。")),
    Element("d", _("报告编号、页码与结束标记"), _filled("report", "number"), _("批准时分配报告编号。"),
            comes_with="authorise"),
    Element("e", _("客户、申请单位、制造商、生产厂"), _names_the_parties, _("请补全送测单位信息。")),
    Element("f", _("测试依据与测试项"),
            _every(_filled("edition", "label_zh"), _filled("edition", "fingerprint"), _filled("results")),
            _("委托未锁定测试项目版本，或没有测试项。")),
    Element("g", _("被测设备、样品与测试版本"), _describes_the_device,
            _("请补全型号、软硬件版本、样品序列号与收样状态；每个结果须有测试版本。")),
    Element("h", _("收样日期"), _filled("dates", "received"), _("没有收样记录。")),
    Element("i", _("测试日期"), _every(_filled("dates", "tested_from"), _filled("dates", "tested_until")),
            _("没有测试记录。")),
    Element("j", _("签发日期"), _filled("report", "issued_on"), _("批准时写入签发日期。"), comes_with="authorise"),
    Element("k", _("抽样方式"), _filled("order", "sampling_zh"), _("请在委托中写明抽样方式。")),
    Element("l", _("结果仅与被测样品有关的声明"), _always, ""),
    Element("m", _("全部结果、单位、复测与未通过记录"), _has_all_results,
            _("有列入的测试项尚无结果，或结果无法判定。")),
    Element("n", _("偏离与排除"), _explains_exclusions, _("排除项须有理由与批准人。")),
    Element("o", _("编制与审核（两人）"), _named_apart("compiled", "checked"), _("编制与审核须为两人。"),
            comes_with="check"),
    Element("o", _("批准（第三人）"), _named_apart("compiled", "checked", "authorised"),
            _("编制、审核、批准须为三人。"), comes_with="authorise"),
    Element("p", _("外部提供者"), _holds("external_providers"), _("缺少外部提供者一栏。")),
    Element("q", _("客户提供的信息标 *"), _always, ""),
    Element("r", _("不得部分复制的声明"), _always, ""),
    Element("s", _("测试条件与所用工具"), _filled("tools"), _("没有记录所用的基准设备或工具。")),
    Element("t", _("符合性结论与判定规则"),
            _every(_filled("conclusion", "zh"), _filled("decision_rule", "zh"), _filled("decision_rule", "en")),
            _("缺少结论或判定规则。")),
    Element("u", _("更正说明（如为更正）"), _explains_the_amendment, _("请写明更正了什么、为什么。")),
    Element("v", _("盖章处与资质标识"), _holds("marks"), _("缺少资质标识一栏。")),
    Element("w", _("二维码、验证码与地址"), _can_be_verified, _("缺少验证地址：请系统管理员设置 PUBLIC_URL。")),
]


def checklist(snapshot: Snapshot, *, up_to: str = "") -> list[Tick]:
    """Every element with whether it is there; what a step after `up_to` adds is to come.

    `up_to` is the last step that is done: empty (compiled), "check" or "authorise".
    """
    done = STEPS[: STEPS.index(up_to) + 1]
    return [Tick(element.letter, element.name, element.message, is_present=element.is_present(snapshot),
                 comes_later=element.comes_with not in done and not element.is_present(snapshot))
            for element in ELEMENTS]


def missing_elements(snapshot: Snapshot, *, up_to: str = "") -> list[dict[str, Any]]:
    """What the report lacks, as {element, name, message}; empty when it may go on.

    The second and third person, number and date of issue are asked for only when `up_to` says that their step is done.
    """
    return [{"element": tick.letter, "name": tick.name, "message": tick.message}
            for tick in checklist(snapshot, up_to=up_to) if not tick.is_present and not tick.comes_later]
