"""The elements that a report must show (ISO/IEC 17025, 7.8.2 and 7.8.3), checked on its snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from products.reports.selectors import faults
from products.reports.selectors.faults import Check, Snapshot

# The steps that add elements, in their order.
STEPS = ["", "check", "authorise"]


@dataclass(frozen=True)
class Element:
    """One element by its letter; `comes_with` is the step that adds it (empty: the compilation)."""

    letter: str
    name: Any
    faults_in: Check
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
    # Where the report lacks it or says something wrong, with what stands there.
    places: list[str] = field(default_factory=list)


ELEMENTS = [
    Element("a", _("标题"), faults.title, _("缺少报告模板版本。")),
    Element("b", _("实验室名称与地址"), faults.laboratory, _("请在系统设置中填写实验室的真实名称与地址。")),
    Element("c", _("测试地点"), faults.places, _("缺少测试地点。")),
    Element("d", _("报告编号、页码与结束标记"), faults.number, _("批准时分配报告编号。"), comes_with="authorise"),
    Element("e", _("客户、申请单位、制造商、生产厂"), faults.parties, _("请补全送测单位信息。")),
    Element("f", _("测试依据与测试项"), faults.method,
            _("委托须锁定测试项目版本并有测试项；依据须为标准，条款须为已核对的条款。")),
    Element("g", _("被测设备、样品与测试版本"), faults.device,
            _("请补全型号、软硬件版本、样品序列号与收样状态；每个结果须有收到过的测试版本。")),
    Element("h", _("收样日期"), faults.received, _("没有收样记录，或日期有误。")),
    Element("i", _("测试日期"), faults.tested, _("没有测试记录，或日期有误。")),
    Element("j", _("签发日期"), faults.issued, _("批准时写入签发日期。"), comes_with="authorise"),
    Element("k", _("抽样方式"), faults.stated("order", "sampling_zh"), _("请在委托中写明抽样方式。")),
    Element("l", _("结果仅与被测样品有关的声明"), faults.statement("l"), _("声明缺失或与规定文字不同。")),
    Element("m", _("全部结果、单位、复测与未通过记录"), faults.results,
            _("有列入的测试项尚无结果，或结果无法判定、数值不全、统计不符。")),
    Element("n", _("偏离与排除"), faults.exclusions, _("排除项须有理由与批准人。")),
    Element("o", _("编制与审核（两人）"), faults.people("compiled", "checked"), _("编制与审核须为两人。"),
            comes_with="check"),
    Element("o", _("批准（第三人）"), faults.people("compiled", "checked", "authorised"),
            _("编制、审核、批准须为三人。"), comes_with="authorise"),
    Element("p", _("外部提供者"), faults.providers, _("外部提供者须写明，未记录的写“未记录”。")),
    Element("q", _("客户提供的信息标 *"), faults.statement("q"), _("声明缺失或与规定文字不同。")),
    Element("r", _("不得部分复制的声明"), faults.statement("r"), _("声明缺失或与规定文字不同。")),
    Element("s", _("测试条件与所用工具"), faults.conditions, _("没有记录所用的基准设备或工具，或测试条件有误。")),
    Element("t", _("符合性结论与判定规则"), faults.conclusion, _("缺少结论或判定规则，或结论与结果不符。")),
    Element("u", _("更正说明（如为更正）"), faults.amendment, _("请写明更正了什么、为什么。")),
    Element("v", _("盖章处与资质标识"), faults.marks, _("缺少资质标识一栏，或标识当日无效。")),
    Element("w", _("二维码、验证码与地址"), faults.verification, _("缺少验证地址：请系统管理员设置 PUBLIC_URL。")),
]


def checklist(snapshot: Snapshot, *, up_to: str = "") -> list[Tick]:
    """Every element with whether it is there; what a step after `up_to` adds is to come.

    `up_to` is the last step that is done: empty (compiled), "check" or "authorise".
    """
    done = STEPS[: STEPS.index(up_to) + 1]
    return [_tick(element, snapshot, element.comes_with in done) for element in ELEMENTS]


def _tick(element: Element, snapshot: Snapshot, is_due: bool) -> Tick:
    places = faults.first_of(element.faults_in(snapshot))
    return Tick(element.letter, element.name, element.message, is_present=not places,
                comes_later=bool(places) and not is_due, places=places)


def missing_elements(snapshot: Snapshot, *, up_to: str = "") -> list[dict[str, Any]]:
    """What the report lacks or says wrongly, as {element, name, message, places}; empty when it may go on.

    The second and third person, number and date of issue are asked for only when `up_to` says that their step is done.
    """
    return [{"element": tick.letter, "name": tick.name, "message": tick.message, "places": tick.places}
            for tick in checklist(snapshot, up_to=up_to) if not tick.is_present and not tick.comes_later]
