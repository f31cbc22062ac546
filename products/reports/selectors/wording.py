"""The words that a snapshot freezes in both languages, so that no later translation changes an issued report."""

from __future__ import annotations

from products.equipment.models import ToolKind
from products.orders.states import PlanReason
from products.reports.states import Conclusion
from products.rework.states import ReworkState

Pair = tuple[str, str]

CONCLUSIONS: dict[str, Pair] = {
    Conclusion.CONFORMS: ("符合", "Conforms"),
    Conclusion.DOES_NOT_CONFORM: ("不符合", "Does not conform"),
}
# Why an item is outside the plan; "%s" takes the feature's name.
OUTSIDE: dict[str, Pair] = {
    PlanReason.NOT_FOR_TYPE: ("不适用于该设备类型", "not for this device type"),
    PlanReason.FEATURE_NOT_DECLARED: ("未声明相关功能", "feature not declared"),
    PlanReason.NOT_CHOSEN: ("可选项，申请方未选测", "optional, not chosen"),
    PlanReason.NO_CHILD_IN_PLAN: ("没有子项列入", "no child item in the plan"),
}
REWORK_STATES: dict[str, Pair] = {
    ReworkState.OPEN: ("待定位", "open"),
    ReworkState.WITH_VENDOR: ("待厂商整改", "with the vendor"),
    ReworkState.FIX_CLAIMED: ("厂商已答复", "fix claimed"),
    ReworkState.RETEST: ("复测中", "retest"),
    ReworkState.CLOSED_PASS: ("整改通过", "closed: passed"),
    ReworkState.CLOSED_FAIL: ("整改未通过", "closed: not passed"),
    ReworkState.ABANDONED: ("整改终止", "abandoned"),
}
TOOL_KINDS: dict[str, Pair] = {
    ToolKind.REFERENCE: ("联盟测试基准设备", "Alliance reference device"),
    ToolKind.INSTRUMENT: ("测试仪器", "Instrument"),
    ToolKind.SOFTWARE: ("测试软件", "Software"),
}
# Sampling texts that the system itself writes; others are printed as they were entered.
SAMPLING: dict[str, str] = {"送样": "samples sent in by the customer"}
CONSENTS: dict[str, Pair] = {
    "verifier": ("校核", "verifier"),
    "vendor": ("送测单位", "customer"),
    "quality_manager": ("质量负责人", "quality manager"),
}
YES_NO: dict[bool, str] = {True: "是 Yes", False: "否 No"}
EARLIER_NOTES = {"superseded": "已更正 corrected", "invalidated": "已作废 invalidated", "returned": "已退回 returned"}
