"""The words that a snapshot freezes in both languages, so that no later translation changes an issued report."""

from __future__ import annotations

from products.equipment.models import ToolKind
from products.orders.states import PlanReason
from products.reports.states import Conclusion
from products.results.states import CorrectionReason
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
# Orders accepted before tests left undone were named in the rule; it was always meant so.
RULE_OF_OLDER_ORDERS: Pair = (
    "（受理时的判定规则未写明“未测”“受阻”的后果；本报告按此处所列规则判定。）",
    " (The rule at acceptance did not say what untested and blocked items mean; this report follows the rule as "
    "printed here.)")
# Statements that every report carries, by their element; kept in the snapshot, so that the check reads what is printed.
STATEMENTS: dict[str, Pair] = {
    "l": ("本报告的结果仅与被测样品及所列版本有关。",
          "The results relate only to the items tested and the versions named."),
    "r": ("未经实验室书面批准，不得复制本报告（全文复制除外）。",
          "This report shall not be reproduced except in full without written approval of the laboratory."),
    "q": ("标有 * 的信息由客户提供，可能影响结果的有效性，实验室不对其负责。",
          "Information marked * was supplied by the customer and can affect the validity of results; the laboratory is "
          "not responsible for it."),
}
YES_NO: dict[bool, str] = {True: "是 Yes", False: "否 No"}
# Why a record was corrected: the same test, written down anew.
CORRECTIONS: dict[str, Pair] = {
    CorrectionReason.TYPING: ("录入错误", "typing error"),
    CorrectionReason.ATTACHMENT: ("附件错误", "wrong attachment"),
    CorrectionReason.UNIT: ("单位错误", "wrong unit"),
}
EARLIER_NOTES = {"superseded": "已更正 corrected", "invalidated": "已作废 invalidated", "returned": "已退回 returned"}
# The parts and facts of a snapshot, as the list of changes in an amended report names them.
PARTS: dict[str, Pair] = {
    "laboratory": ("实验室", "Laboratory"), "marks": ("资质标识", "Marks of accreditation"),
    "customer": ("客户", "Customer"), "applicant": ("申请单位", "Applicant"),
    "manufacturer": ("制造商", "Manufacturer"),
    "factory": ("生产厂", "Factory"), "order": ("委托", "Order"), "device": ("被测设备", "Device"),
    "samples": ("样品", "Sample"), "versions": ("受测版本", "Tested version"), "photographs": ("照片", "Photograph"),
    "dates": ("日期", "Dates"), "edition": ("测试项目版本", "Edition"), "standards": ("测试依据", "Test basis"),
    "tools": ("测试工具", "Tool"), "external_providers": ("外部提供者", "External providers"),
    "deviations": ("偏离", "Deviations"), "reworks": ("整改", "Rework"), "exclusions": ("排除项", "Exclusion"),
    "evidence": ("证据", "Evidence"), "results": ("测试结果", "Results"), "people": ("人员", "People"),
    "other_sources": ("其他公布文件", "Other publications"), "environment": ("环境条件", "Environment"),
    "uncertainty": ("测量不确定度", "Measurement uncertainty"), "opinions": ("意见和解释", "Opinions"),
    "statements": ("声明", "Statements"), "report": ("报告", "Report"), "counts": ("统计", "Figures"),
    "template_version": ("模板版本", "Template version"),
    "decision_rule": ("判定规则", "Decision rule"), "conclusion": ("结论", "Conclusion"),
}
LEAVES: dict[str, Pair] = {
    "name_zh": ("名称", "name (Chinese)"), "name_en": ("英文名称", "name (English)"), "number": ("编号", "number"),
    "address_zh": ("地址", "address (Chinese)"), "address_en": ("英文地址", "address (English)"),
    "places": ("地点", "places"), "model": ("型号", "model"), "hardware": ("硬件版本", "hardware"),
    "firmware": ("固件版本", "firmware"), "performed_on": ("测试日期", "tested on"), "tool": ("工具", "tool"),
    "requirement_zh": ("要求", "requirement"), "specification": ("规格", "specification"),
    "features": ("功能", "features"), "serial_number": ("序列号", "serial number"), "condition": ("状态", "condition"),
    "received_on": ("收样日期", "received on"), "received": ("收样日期", "received"), "caption": ("说明", "caption"),
    "tested_from": ("测试开始", "tested from"), "tested_until": ("测试结束", "tested until"),
    "sampling_zh": ("抽样方式", "sampling (Chinese)"), "sampling_en": ("抽样方式（英文）", "sampling"),
    "remark": ("备注", "remark"), "calibrated_until": ("校准有效期至", "calibrated until"), "zh": ("中文", "Chinese"),
    "en": ("英文", "English"), "code": ("代码", "code"), "kind": ("种类", "kind"), "reason": ("理由", "reason"),
    "consents": ("同意人", "consents"), "rounds": ("轮次", "rounds"), "state_zh": ("状态", "state (Chinese)"),
    "state_en": ("状态（英文）", "state"), "state": ("状态代码", "state code"), "closed_on": ("结束日期", "closed on"),
    "clauses": ("条款", "clauses"), "sha256": ("摘要", "digest"), "value": ("值", "value"), "unit": ("单位", "unit"),
    "count_untested": ("未测或受阻的计入项数", "untested items that count"),
    "count_failed_optional": ("未通过的可选项数", "failed optional items"),
    "laboratory_days": ("实验室天数", "laboratory days"), "vendor_days": ("厂商天数", "vendor days"),
    "fingerprint": ("内容摘要", "fingerprint"), "label_zh": ("名称", "label"), "issued_on": ("签发日期", "issued on"),
    "staff_number": ("工号", "staff number"), "kind_zh": ("类别", "kind"), "replaces": ("所替代的报告", "replaces"),
    "amendment_reason": ("更正理由", "reason of the amendment"), "changes": ("更正内容", "changes"),
    "compiled": ("编制", "compiled"), "checked": ("审核", "checked"), "authorised": ("批准", "authorised"),
    "failed": ("未通过项", "failed items"), "scope": ("复测范围", "scope of retest"),
}
VERDICTS: dict[str, Pair] = {
    "PASS": ("通过", "Pass"), "FAIL": ("未通过", "Fail"), "REC": ("仅记录", "Recorded"),
    "INC": ("无法判定", "Inconclusive"), "NA": ("不适用", "N/A"), "NT": ("未测", "Not tested"),
    "BLK": ("受阻", "Blocked"), "WAIVER": ("豁免", "Waived"),
}
