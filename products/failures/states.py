"""The kinds of failure that wait for a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FailureKind(models.TextChoices):
    """What failed."""

    REPORT = "report", _("报告生成")
    CERTIFICATE = "certificate", _("证明生成")
    IMPORT = "import", _("结果文件导入")
    NOTICE = "notice", _("通知邮件")
    SUBSCRIPTION = "subscription", _("订阅邮件")
    WEBHOOK = "webhook", _("Webhook 送达")
    STORAGE = "storage", _("存档文件核对")
    OPEN_DATA = "open_data", _("开放数据发布")
    HEADS = "heads", _("历史链头存放")


# What the administrator may start again: it moves no work of the laboratory (S8).
TECHNICAL = frozenset({FailureKind.CERTIFICATE, FailureKind.NOTICE, FailureKind.SUBSCRIPTION, FailureKind.WEBHOOK,
                       FailureKind.STORAGE, FailureKind.OPEN_DATA, FailureKind.HEADS})
