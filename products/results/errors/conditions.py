"""Refusals that any act on results may meet: the order, the right, the text that it needs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class OrderNotInTesting(Conflict):
    """Results are moved while the order is tested."""

    code = "order_not_in_testing"
    message = _("委托不在测试阶段，不能改动测试结果。")
    remedy = _("请先收样，或恢复暂停的委托。")


class ReportInProgress(Conflict):
    """A report rests on the results: first it goes back, then they move."""

    code = "report_in_progress"
    message = _("该委托正在编制报告，测试结果已锁定。")
    remedy = _("请先退回报告，再改动测试结果。")


class TextMissing(InvalidInput):
    """A comment, reason or explanation that must not be empty; `field` names it."""

    code = "text_missing"
    message = _("此项必填。")
    remedy = _("请写明原因，内容将记入历史。")


class NotPermitted(Forbidden):
    """The person holds no role that may do this."""

    message = _("您没有执行此操作的权限。")
    remedy = _("请联系有权限的人员办理。")
