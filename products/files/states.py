"""How far the summary of a file is, and what it may be a summary of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

PICTURES = frozenset({"image/png", "image/jpeg"})
CAPTURES = frozenset({"application/vnd.tcpdump.pcap", "application/x-pcapng"})


class SummaryState(models.TextChoices):
    """How far a worker is with the summary of a file."""

    WAITING = "waiting", _("正在生成摘要")
    DONE = "done", _("已有摘要")
    FAILED = "failed", _("无法生成摘要")
