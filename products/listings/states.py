"""Where a listing comes from, and the states that the public sees."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from wapicert.transitions import Transition, step


class Source(models.TextChoices):
    """How a device came into the directory."""

    TESTED_HERE = "tested_here", _("本系统测试")
    PUBLISHED_BEFORE = "published_before", _("本系统启用前已公布")


class ListingStatus(models.TextChoices):
    """The public state of a listing; records published before have none (null: 未载明)."""

    VALID = "valid", _("有效")
    SUSPENDED = "suspended", _("暂停")
    WITHDRAWN = "withdrawn", _("撤销")
    CANCELLED = "cancelled", _("注销")
    EXPIRED = "expired", _("到期")
    SUPERSEDED = "superseded", _("被替代")


# A value that filters take for what the source did not state (未载明); never stored.
NOT_STATED = "not_stated"

# Which states may follow which; the certification decides, the listing follows in the same transaction.
TRANSITIONS: dict[str, Transition] = {
    ListingStatus.VALID: step([ListingStatus.SUSPENDED], ListingStatus.VALID),
    ListingStatus.SUSPENDED: step([ListingStatus.VALID], ListingStatus.SUSPENDED),
    ListingStatus.WITHDRAWN: step([ListingStatus.VALID, ListingStatus.SUSPENDED], ListingStatus.WITHDRAWN),
    ListingStatus.CANCELLED: step([ListingStatus.VALID, ListingStatus.SUSPENDED], ListingStatus.CANCELLED),
    ListingStatus.EXPIRED: step([ListingStatus.VALID, ListingStatus.SUSPENDED], ListingStatus.EXPIRED),
    ListingStatus.SUPERSEDED: step([ListingStatus.VALID], ListingStatus.SUPERSEDED),
}
