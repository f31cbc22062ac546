"""Where a listing comes from, and the states that the public sees."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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


class ChangeKind(models.TextChoices):
    """What happened to a listing, as the public is told."""

    LISTED = "listed", pgettext_lazy("名录变更", "列入")
    LOADED = "loaded", pgettext_lazy("名录变更", "载入此前公布的条目")
    SUSPENDED = "suspended", pgettext_lazy("名录变更", "暂停")
    RESTORED = "restored", pgettext_lazy("名录变更", "恢复有效")
    WITHDRAWN = "withdrawn", pgettext_lazy("名录变更", "撤销")
    CANCELLED = "cancelled", pgettext_lazy("名录变更", "注销")
    EXPIRED = "expired", pgettext_lazy("名录变更", "到期")
    SUPERSEDED = "superseded", pgettext_lazy("名录变更", "被替代")
    RENAMED = "renamed", pgettext_lazy("名录变更", "企业更名")
    CORRECTED = "corrected", pgettext_lazy("名录变更", "更正")


class AddressKind(models.TextChoices):
    """Whose permanent address it is."""

    LISTING = "listing", _("名录条目")
    COMPANY = "company", _("企业")
    EDITION = "edition", _("测试项目版本")


# What a move of the public state is called among the changes.
CHANGE_OF_STATUS = {
    ListingStatus.VALID: ChangeKind.RESTORED,
    ListingStatus.SUSPENDED: ChangeKind.SUSPENDED,
    ListingStatus.WITHDRAWN: ChangeKind.WITHDRAWN,
    ListingStatus.CANCELLED: ChangeKind.CANCELLED,
    ListingStatus.EXPIRED: ChangeKind.EXPIRED,
    ListingStatus.SUPERSEDED: ChangeKind.SUPERSEDED,
}

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
