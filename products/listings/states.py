"""Where a listing comes from, and the states that the public sees."""

from collections.abc import Iterable
from typing import NamedTuple

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


class Packed(NamedTuple):
    """Where a facet stands in a listing's `facet_code`: a list holds a bit per value, others the place of theirs."""

    shift: int
    bits: int
    is_list: bool

    @property
    def mask(self) -> int:
        """All its bits, at the right end."""
        return (1 << self.bits) - 1

    @property
    def most(self) -> int:
        """The last place that fits."""
        return self.bits if self.is_list else self.mask


# The facets in the order of the panel. Zero means not stated. Together 59 bits of a signed number of 64.
FACETS = {
    "type": Packed(0, 8, is_list=False),
    "band": Packed(8, 8, is_list=True),
    "generation": Packed(16, 6, is_list=False),
    "category": Packed(22, 16, is_list=True),
    "year": Packed(38, 8, is_list=False),
    "edition": Packed(46, 9, is_list=False),
    "status": Packed(55, 4, is_list=False),
}
# Facet and value to place (counted from 1), as `FacetValue` keeps them.
Places = dict[str, dict[str, int]]


def packed(values: Iterable[tuple[str, tuple[str, ...]]], places: Places) -> int:
    """The code of what a listing says under each facet; every value must have its place."""
    code = 0
    for facet, found in values:
        where = FACETS[facet]
        for value in found:
            place = places[facet][value]
            code |= (1 << (place - 1) if where.is_list else place) << where.shift
    return code


# Which states may follow which; the certification decides, the listing follows in the same transaction.
TRANSITIONS: dict[str, Transition] = {
    ListingStatus.VALID: step([ListingStatus.SUSPENDED, ListingStatus.SUPERSEDED], ListingStatus.VALID),
    ListingStatus.SUSPENDED: step([ListingStatus.VALID], ListingStatus.SUSPENDED),
    ListingStatus.WITHDRAWN: step([ListingStatus.VALID, ListingStatus.SUSPENDED], ListingStatus.WITHDRAWN),
    ListingStatus.CANCELLED: step([ListingStatus.VALID, ListingStatus.SUSPENDED], ListingStatus.CANCELLED),
    ListingStatus.EXPIRED: step([ListingStatus.VALID, ListingStatus.SUSPENDED], ListingStatus.EXPIRED),
    ListingStatus.SUPERSEDED: step([ListingStatus.VALID], ListingStatus.SUPERSEDED),
}
