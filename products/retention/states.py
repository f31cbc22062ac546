"""The kinds of record that the site holds, and what becomes of each when its time is over."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """One line of the table of retention; the values are part of the history."""

    ORDER_FILES = "order_files", _("委托的证据、附件与导入文件")
    SHEETS = "sheets", _("未指明委托的导入文件、测试项目草稿的表格")
    LOOSE_FILES = "loose_files", _("上传后未被使用的文件")
    DRAFTS = "drafts", _("从未提交的申请草稿")
    LOANS = "loans", _("借用记录中的领用人")
    NOTICES = "notices", _("通知")
    MAILS = "mails", _("订阅邮件的发送记录")
    UNCONFIRMED = "unconfirmed", _("未确认的订阅")
    DELIVERIES = "deliveries", _("Webhook 的送达记录")
    ANSWERS = "answers", _("接口的幂等答复")
    ACKNOWLEDGEMENTS = "acknowledgements", _("故障的处理说明")
    SIGN_INS = "sign_ins", _("登录记录")
    SESSIONS = "sessions", _("已过期的会话")
    TOKENS = "tokens", _("已撤销或过期的令牌")
    INVITATIONS = "invitations", _("已结束或过期的邀请")
    OPEN_DATA = "open_data", _("开放数据的旧版本")
    PEOPLE = "people", _("人员的账户、角色与授权")
    RECORDS = "records", _("委托、样品、结果、整改的记录")
    REPORTS = "reports", _("已签发的报告、证明与名录条目")
    HISTORY = "history", _("历史链与每日链头")


class Ending(models.TextChoices):
    """What happens when the time of a record is over."""

    DELETED = "deleted", _("删除")
    BYTES_DELETED = "bytes_deleted", _("删除内容，保留名称与摘要")
    ANONYMISED = "anonymised", _("匿名化")
    KEPT = "kept", _("永久保存")


# Files are removed in lots of one entry each, rows in larger ones; a lot is one transaction.
FILES_AT_ONCE, ROWS_AT_ONCE = 200, 1000
# The page tells what goes within so many days.
DAYS_AHEAD = 30
