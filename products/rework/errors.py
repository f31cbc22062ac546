"""Refusals that concern the way from a failed item to a fixed device."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput, Stale


class ReworkStale(Stale):
    """Somebody else moved the rework since the page was read; `extra` holds what stands now."""

    remedy = _("请刷新，核对现有内容后再提交；本次未保存。")


class TextMissing(InvalidInput):
    """A finding, cause, list of changes or reason that must not be empty; `field` names it."""

    code = "text_missing"
    message = _("此项必填。")
    remedy = _("请填写后重新提交。")


class ReworkEnded(Conflict):
    """Nothing is said in a rework that has ended."""

    code = "rework_ended"
    message = _("该整改已结束。")
    remedy = _("如需继续沟通，请联系受理人员。")


class FindingKindUnknown(InvalidInput):
    """ISO/IEC 17065, 4.2.6: the text is a finding or explains a requirement; it is never advice."""

    code = "finding_kind_unknown"
    message = _("请选择文字性质：不符合事实，或要求解释。")
    remedy = _("不得提供整改方案一类的咨询意见。")


class ReasonMissing(InvalidInput):
    """Every failed item has a reason from the list before the finding is sent."""

    code = "reason_missing"
    message = _("有未通过项尚未选择原因。")
    remedy = _("请为每个未通过项从原因清单中选择。")


class ReasonUnknown(InvalidInput):
    """Not a reason of the list."""

    code = "reason_unknown"
    message = _("原因不在清单中。")
    remedy = _("请从原因清单中选择。")


class ItemNotInRework(InvalidInput):
    """The item has not failed in this round."""

    code = "item_not_in_rework"
    message = _("该测试项不在本轮整改中。")
    remedy = _("请只填写本轮的未通过项。")


class VersionMissing(InvalidInput):
    """The answer names what is to be tested now."""

    code = "version_missing"
    message = _("请填写整改后的固件版本。")
    remedy = _("若版本未变，请填写原版本，并在更改说明中写明理由。")


class FileNotYours(InvalidInput):
    """Files of an answer belong to the company that answers."""

    code = "file_unknown"
    message = _("附件不存在。")
    remedy = _("请重新上传附件。")


class ScopeRefused(InvalidInput):
    """The scope must say of every item that has a result: repeat or keep, and why; `rows` names what is missing."""

    code = "scope_incomplete"
    message = _("复测范围不完整或有误，未签署。")
    remedy = _("请为每个已有结果的测试项选择重测或保留，并写明理由。")


class LineMissing(InvalidInput):
    """An item that has a result and no line."""

    code = "line_missing"
    message = _("缺少该测试项的决定。")
    remedy = _("请选择重测或保留，并写明理由。")


class LineUnknown(InvalidInput):
    """A line for an item without a result, or a second one for the same item."""

    code = "line_unknown"
    message = _("该测试项没有可保留的结果，或重复出现。")
    remedy = _("请删除此行。")


class ChoiceUnknown(InvalidInput):
    """Neither repeat nor keep."""

    code = "choice_unknown"
    message = _("请选择重测或保留。")
    remedy = _("可用代码：repeat、keep。")


class FailedItemKept(InvalidInput):
    """What failed is always tested again."""

    code = "failed_item_kept"
    message = _("未通过项必须重测。")
    remedy = _("请改为重测。")


class NotPermitted(Forbidden):
    """The person holds no role that may do this."""

    message = _("您没有执行此操作的权限。")
    remedy = _("请联系有权限的人员办理。")
