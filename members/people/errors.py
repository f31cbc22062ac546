"""Refusals that concern accounts and roles."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class RoleNeedsAnother(Forbidden):
    """S8: whoever grants a role does not confirm it."""

    code = "role_needs_another"
    message = _("角色变更须由另一人确认。")
    remedy = _("请由另一位管理员确认。")


class RolesDoNotMix(InvalidInput):
    """S8: the administrator performs no act of the laboratory; vendors are not staff."""

    code = "roles_do_not_mix"
    message = _("系统管理员或送测单位用户不能兼任其他角色。")
    remedy = _("请为此人另建账户。")


class PasswordWrong(Forbidden):
    """Re-authentication failed."""

    code = "password_wrong"
    message = _("密码不正确。")
    remedy = _("请重新输入本人密码；本次操作未生效。")


class PasswordLocked(Forbidden):
    """Too many wrong passwords where one is asked for again."""

    code = "password_locked"
    status = 429
    message = _("密码多次输入错误，暂时不能再试。")
    remedy = _("请在十五分钟后重试；如非本人操作，请立即修改密码并告知管理员。")


class TokenLabelTaken(InvalidInput):
    """Two tokens in force under one label could not be told apart, nor a form that was sent twice."""

    code = "token_label_taken"
    message = _("您已有一个同名的令牌在用。")
    remedy = _("请换一个名称，或先撤销原令牌。")


class TokenOutOfScope(Forbidden):
    """A token for one purpose was used for another."""

    code = "token_out_of_scope"
    message = _("该令牌只能用于测试台录入结果。")
    remedy = _("请使用“我的账户”中生成的令牌，或在页面上办理。")


class TokenRevoked(Conflict):
    """What was revoked stays revoked."""

    code = "token_revoked"
    message = _("该令牌已撤销。")
    remedy = _("无需再次撤销；如需接口权限，请重新生成令牌。")


class LastAdministrators(Conflict):
    """S8: a role takes two administrators, so two have to remain."""

    code = "last_administrators"
    message = _("至少须保留两名在用的系统管理员。")
    remedy = _("请先授予并确认另一名系统管理员。")


class AccountAnonymised(Conflict):
    """Whoever left and was made anonymous comes back with an account of their own."""

    code = "account_anonymised"
    message = _("此账户已匿名化，不能再启用或更改。")
    remedy = _("如此人返回，请以新的工号另开账户。")


class ConflictDeclared(Forbidden):
    """S9: whoever has an interest in a company acts on nothing of it."""

    code = "conflict_of_interest"
    message = _("您声明了与该单位存在利益关系，不能办理其业务。")
    remedy = _("请由其他人员办理；情况变化时请质量负责人解除声明。")


class ReasonMissing(InvalidInput):
    """An act that has to be explained."""

    code = "reason_missing"
    message = _("请填写原因。")
    remedy = _("用一句话写明事实。")


class SecondFactorMissing(Forbidden):
    """Whoever holds such a role does nothing before a second factor is set up."""

    code = "second_factor_missing"
    message = _("您的角色须先设置第二因素（验证器应用或通行密钥）。")
    remedy = _("请用浏览器登录，在“第二因素”页面设置后再试。")
