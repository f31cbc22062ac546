"""The roles of people, by the codes that the workflow uses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do; separation of duties is checked on acts, not on roles."""

    VU = "VU", _("送测单位用户")
    IN = "IN", _("受理人员")
    TE = "TE", _("测试工程师")
    VE = "VE", _("校核/审核人")
    SG = "SG", _("授权签字人")
    RV = "RV", _("评定人")
    DM = "DM", _("决定人")
    SE = "SE", _("测试项目编辑")
    SA = "SA", _("测试项目批准人")
    QM = "QM", _("质量负责人")
    AU = "AU", _("审计员")
    AD = "AD", _("系统管理员")


class Activity(models.TextChoices):
    """What a person is authorised for within a category of items (ISO/IEC 17025, 6.2.6)."""

    RECORD = "record", _("测试")
    VERIFY = "verify", _("校核")
    SIGN = "sign", _("签字")


STAFF_ROLES = frozenset(role for role in Role if role != Role.VU)
# Whoever binds the alliance or keeps its accounts proves more than a password.
SECOND_FACTOR_ROLES = frozenset({Role.SG, Role.DM, Role.AD})
# The administrator keeps accounts and settings and performs no act of the laboratory (S8).
BUSINESS_ROLES = frozenset(role for role in STAFF_ROLES if role not in (Role.AD, Role.AU))


class TokenScope(models.TextChoices):
    """What a token is limited to; one without a scope may do what its person may."""

    RIG = "rig", _("测试台")
