"""Refusals that concern test tools."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, InvalidInput


class ToolNumberTaken(InvalidInput):
    """Numbers of tools are given once and never again."""

    code = "tool_number_taken"
    message = _("该设备编号已登记。")
    remedy = _("请核对编号，或使用已登记的设备。")


class ToolInvalid(InvalidInput):
    """What was entered about a tool is missing or wrong."""

    code = "tool_invalid"
    remedy = _("请按设备台账补正后重新保存。")


class ToolRetired(Conflict):
    """The tool is out of use for ever."""

    code = "tool_retired"
    message = _("该设备已停用。")
    remedy = _("请改用在用设备；恢复使用须以新编号登记。")


class LoanInvalid(InvalidInput):
    """What was entered about a loan is missing or wrong."""

    code = "loan_invalid"
    remedy = _("请补正后重新提交。")


class LoanPeriodTaken(Conflict):
    """The tool is reserved or lent for some of the days."""

    code = "loan_period_taken"
    remedy = _("请改选日期，或先归还、取消该次借用。")


class ToolNeedsReason(InvalidInput):
    """The tool may be handed out with a reason only."""

    code = "tool_needs_reason"
    remedy = _("请改借其他设备；确需借出的，请填写理由，理由将记入历史。")
