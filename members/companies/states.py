"""Choices of a company record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Membership(models.TextChoices):
    """Whether the company is a member of the alliance; not a condition of applying."""

    UNKNOWN = "unknown", _("未知")
    MEMBER = "member", _("会员")
    NOT_MEMBER = "not_member", _("非会员")
