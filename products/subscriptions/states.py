"""What one may be told about by e-mail, and what a mail is for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.TextChoices):
    """A device, a company, or what a search finds."""

    DEVICE = "device", _("设备")
    COMPANY = "company", _("企业")
    SEARCH = "search", _("搜索")


class MailKind(models.TextChoices):
    """Asks whether the address wants it, or tells what changed."""

    CONFIRM = "confirm", _("确认订阅")
    CHANGES = "changes", _("名录变更")
