"""Reference devices and test tools, and until when their calibration holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ToolKind(models.TextChoices):
    """What a tool is."""

    REFERENCE = "reference", _("联盟测试基准设备")
    INSTRUMENT = "instrument", _("测试仪器")
    SOFTWARE = "software", _("测试软件")


class Tool(models.Model):
    """A tool that results are measured with. Registered by `equipment.services`; taken out of use, never deleted."""

    number = models.CharField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=ToolKind)
    calibrated_until = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name_zh}"
