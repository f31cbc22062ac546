"""Refusals that concern test rigs and what they send."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class RigInvalid(InvalidInput):
    """A rig without number or name, without a tool, or for a person who does not test."""

    code = "rig_invalid"
    message = _("测试台须有编号、名称、至少一件在用的测试工具，以及一位测试工程师作为负责人。")
    remedy = _("请补全后重新提交。")


class RigNumberTaken(InvalidInput):
    """Another rig has the number, for ever."""

    code = "rig_number_taken"
    message = _("已有测试台使用该编号。")
    remedy = _("请换一个编号；已停用的编号不再使用。")


class RigRevoked(Conflict):
    """A rig without a token in force."""

    code = "rig_revoked"
    message = _("该测试台的令牌已撤销。")
    remedy = _("如需继续使用，请更换令牌。")


class RigElsewhere(Forbidden):
    """The rig is limited to other orders."""

    code = "rig_elsewhere"
    message = _("该测试台未获准为此委托录入。")
    remedy = _("请在“测试台”页面核对获准的委托。")


class ToolNotOfRig(InvalidInput):
    """The rig measures with other tools."""

    code = "tool_not_of_rig"
    message = _("该测试台未登记使用此工具。")
    remedy = _("请核对工具编号；测试台只能录入其登记工具的结果。")
