"""The acts of the history in words; a test asks that every act that a service writes stands here."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

register = template.Library()

ACTS: dict[str, Any] = {
    "order.drafted": _("建立申请草稿"),
    "order.changed": _("修改申请"),
    "order.submitted": pgettext_lazy("历史", "提交申请"),
    "order.returned": _("退回补正"),
    "order.declined": _("不予受理"),
    "order.accepted": _("受理，固定版本并冻结计划"),
    "order.sample_received": _("收到样品"),
    "order.completed": _("测试完成"),
    "order.testing_reopened": _("恢复测试"),
    "order.reporting_started": _("开始编制报告"),
    "order.reporting_left": _("报告退回，恢复为测试完成"),
    "order.decided": _("已作出决定"),
    "order.amendment_started": _("为更正报告而重新打开"),
    "order.amendment_ended": _("报告更正完成，恢复原阶段"),
    "order.held": pgettext_lazy("历史", "暂停"),
    "order.resumed": _("恢复"),
    "order.cancelled": _("取消"),
    "order.closed": _("结束"),
    "order.turn_passed": _("责任方变更"),
    "sample.ended": _("样品退还或处置"),
    "version.received": _("登记受测版本"),
    "results.recorded": _("录入结果"),
    "results.verified": _("校核结果"),
    "results.repeats_required": _("要求重测"),
    "results.repeats_lifted": _("取消重测要求"),
    "result.returned": _("退回结果"),
    "result.corrected": _("更正结果"),
    "result.invalidation_requested": _("申请作废结果"),
    "result.invalidated": _("作废结果"),
    "exclusion.proposed": _("提议排除测试项"),
    "exclusion.consented": _("同意排除测试项"),
    "exclusion.approved": _("批准排除测试项"),
    "exclusion.refused": _("拒绝排除测试项"),
    "evidence.added": _("添加证据"),
    "rework.opened": _("开立整改"),
    "rework.items_joined": _("未通过项并入整改"),
    "rework.finding_drafted": _("起草整改通知"),
    "rework.finding_sent": _("发出整改通知"),
    "rework.answered": _("厂商答复整改"),
    "rework.scope_signed": pgettext_lazy("历史", "签署复测范围"),
    "rework.reopened": _("复测仍未通过，进入下一轮"),
    "rework.closed_pass": _("整改通过"),
    "rework.closed_fail": _("整改以未通过结束"),
    "rework.abandoned": _("整改终止"),
    "report.compiled": pgettext_lazy("历史", "编制报告"),
    "report.checked": _("审核报告"),
    "report.returned": _("退回报告"),
    "report.authorised": _("批准报告，分配编号"),
    "report.issued": _("签发报告"),
    "report.rendering_retried": _("重新生成报告"),
    "report.amendment_opened": _("发起报告更正"),
    "report.replaced": _("报告被替代"),
    "report.withdrawal_requested": _("申请撤回报告"),
    "report.withdrawal_refused": _("不同意撤回报告"),
    "report.withdrawn": pgettext_lazy("历史", "撤回报告"),
    "certification.recommended": _("记录评定意见"),
    "certification.granted": _("授予"),
    "certification.refused": _("不予授予"),
    "certification.suspended": _("暂停"),
    "certification.suspension_lifted": _("恢复有效"),
    "certification.withdrawn": _("撤销"),
    "certification.cancelled": _("注销"),
    "certification.expired": _("到期"),
}


@register.filter
def act_label(act: str) -> Any:
    """The act in the reader's language; one that is unknown shows its code."""
    return ACTS.get(act, act)
