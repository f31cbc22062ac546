"""What happens at the door."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInKind(models.TextChoices):
    """What the log of sign-ins tells of; values are part of exports."""

    SIGNED_IN = "signed_in", _("登录")
    WRONG_PASSWORD = "wrong_password", _("密码错误")
    WRONG_CODE = "wrong_code", _("验证码错误")
    LOCKED = "locked", _("多次错误，暂时锁定")
    PASSWORD_CHANGED = "password_changed", _("修改密码")
    ADDRESS_CHANGED = "address_changed", _("更改电子邮箱")
    FACTOR_ADDED = "factor_added", _("添加第二因素")
    FACTOR_REMOVED = "factor_removed", _("移除第二因素")
    CODES_RENEWED = "codes_renewed", _("重新生成恢复码")
    FACTORS_RESET = "factors_reset", _("第二因素被重置")
    SESSIONS_ENDED = "sessions_ended", _("退出会话")


# Shown with a warning: somebody may have tried to come in who should not.
FAILURES = frozenset({SignInKind.WRONG_PASSWORD, SignInKind.WRONG_CODE, SignInKind.LOCKED})
