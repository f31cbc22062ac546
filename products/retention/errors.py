"""Refusals of holds and of making people anonymous."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class HoldNotYours(Forbidden):
    """The quality manager places holds and asks to lift them; somebody else confirms the lifting."""

    code = "hold_not_yours"
    message = _("保全由质量负责人设立和申请解除，由另一位质量负责人或决定人确认解除。")
    remedy = _("请联系质量负责人；申请人不能自己确认。")


class HoldTargetMissing(InvalidInput):
    """A hold is on exactly one thing that exists."""

    code = "hold_target_missing"
    message = _("没有这个编号的委托、企业或人员。")
    remedy = _("请填写委托编号、企业编号或工号。")


class HoldStands(Conflict):
    """The same hold for the same reason was placed already, for example by a form that was sent twice."""

    code = "hold_stands"
    message = _("已有相同对象、相同原因的保全。")
    remedy = _("如是另一项要求，请在原因中写明区别。")


class HoldMoved(Conflict):
    """The hold does not stand as it was seen."""

    code = "hold_moved"
    message = _("该保全的状态已变化。")
    remedy = _("请刷新页面后再办理。")


class UnderHold(Conflict):
    """While a hold stands nothing of it is removed or made anonymous."""

    code = "under_hold"
    message = _("此人或与其有关的委托、单位在保全之中，不能匿名化。")
    remedy = _("请先由质量负责人解除保全。")


class DepartureNotYours(Forbidden):
    """An administrator asks; another administrator or the quality manager confirms; nobody for themselves."""

    code = "anonymisation_needs_another"
    message = _("匿名化须由管理员申请，由另一位管理员或质量负责人确认，且都不是本人。")
    remedy = _("请由另一位管理员或质量负责人办理。")


class StillActive(Conflict):
    """Whoever may still sign in has not left."""

    code = "account_active"
    message = _("此人的账户仍在使用。")
    remedy = _("请先停用账户。")


class DutiesOpen(Conflict):
    """Something still waits for the person or will print the name."""

    code = "duties_open"
    message = _("此人还有未了的事项。")
    remedy = _("请先移交或办结所列事项。")


class DepartureOpen(Conflict):
    """One request per person waits for its second person."""

    code = "anonymisation_open"
    message = _("已有一个等待确认的申请。")
    remedy = _("请由另一位管理员或质量负责人确认或驳回。")


class DepartureDecided(Conflict):
    """What was confirmed or refused stays so; a person is made anonymous once."""

    code = "anonymisation_decided"
    message = _("该申请已经办理，或此人已匿名化。")
    remedy = _("无需再次办理。")


class NameInReason(InvalidInput):
    """The history keeps the reason for ever, so the name must not stand in it."""

    code = "name_in_reason"
    message = _("原因会永久写入历史，不能含此人的姓名、用户名或邮箱。")
    remedy = _("请改用工号。")
