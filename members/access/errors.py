"""Refusals at the door: second factors and who may reset them, invitations."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class FactorWrong(Forbidden):
    """The second factor was asked for again, and what was given is none."""

    code = "second_factor_wrong"
    message = _("第二因素验证码不正确、已过时或已用过。")
    remedy = _("请输入验证器应用上的下一个验证码，或一个未用过的恢复码；本次操作未生效。")


class FactorLocked(Forbidden):
    """Too many wrong codes."""

    code = "second_factor_locked"
    status = 429
    message = _("验证码多次输入错误，暂时不能再试。")
    remedy = _("请在十五分钟后重试；如非本人操作，请立即修改密码并告知管理员。")


class AddressSame(InvalidInput):
    """The address that mails go to already."""

    code = "address_same"
    message = _("这就是现在的电子邮箱。")
    remedy = _("请填写另一个邮箱；无需更改则不必提交。")


class ResetNotYours(Forbidden):
    """An administrator asks; another administrator or the quality manager confirms; nobody for themselves."""

    code = "reset_needs_another"
    message = _("重置第二因素须由管理员申请，由另一位管理员或质量负责人确认，且都不是本人。")
    remedy = _("请由另一位管理员或质量负责人办理。")


class NoFactorToReset(Conflict):
    """Nothing is set up that could be lost."""

    code = "no_factor_to_reset"
    message = _("此人没有设置第二因素，无需重置。")
    remedy = _("请此人登录后自行设置。")


class ResetOpen(Conflict):
    """One request per person waits for its second person."""

    code = "reset_open"
    message = _("已有一个等待确认的重置申请。")
    remedy = _("请由另一位管理员或质量负责人确认或驳回。")


class ResetDecided(Conflict):
    """What was confirmed or refused stays so."""

    code = "reset_decided"
    message = _("该申请已经办理。")
    remedy = _("如仍需重置，请重新申请。")


class InvitationForbidden(Forbidden):
    """Administrators invite anybody, intake the people of companies."""

    code = "invitation_forbidden"
    message = _("管理员可以邀请任何人；受理人员只能邀请送测单位的人员。")
    remedy = _("请联系系统管理员。")


class NameTaken(InvalidInput):
    """A sign-in name or staff number that an account or an open invitation has."""

    code = "name_taken"
    message = _("该用户名或工号已被使用。")
    remedy = _("请另选一个；如果是同一个人，请先撤销原邀请。")


class RoleMissing(InvalidInput):
    """Staff are invited for something."""

    code = "role_missing"
    message = _("请至少选择一个角色。")
    remedy = _("送测单位的人员请选择其单位。")


class InvitationClosed(Conflict):
    """An accepted or revoked invitation stays so."""

    code = "invitation_closed"
    message = _("该邀请已接受或已撤销。")
    remedy = _("如需再次邀请，请重新填写。")


class InvitationInvalid(InvalidInput):
    """A link that was cut, changed, used, revoked, renewed or ran out; which of these it does not say."""

    code = "invitation_invalid"
    status = 404
    message = _("邀请链接无效、已使用或已过期。")
    remedy = _("请使用最近一封邮件中的完整链接，或请邀请人重新发送。")


class PasswordRefused(InvalidInput):
    """A first password that the validators refuse, for their reasons."""

    code = "password_refused"
    remedy = _("请换一个更长、更难猜的密码。")
