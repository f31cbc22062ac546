"""What the directory's page may be asked beside the filters of the register: columns, and lines a page."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from products.listings.filters import Choice, ListingFilter
from products.listings.selectors import PAGE_SIZE

SIZES = (25, 50, 100)
# Columns beside product and model, in the table's order.
COLUMN_LABELS: dict[str, Any] = {
    "company": _("企业"),
    "type": _("设备类型"),
    "radio": _("无线"),
    "edition": pgettext_lazy("列", "测试项目版本"),
    "date": _("日期"),
    "status": _("状态"),
    "number": _("名录编号"),
    "categories": _("通过的测试类别"),
}


class DirectoryFilter(ListingFilter):
    """The filters of the register, and how its page is to look."""

    columns = django_filters.MultipleChoiceFilter(choices=list(COLUMN_LABELS.items()), label=_("列"))
    page_size = Choice(choices=[(str(size), str(size)) for size in SIZES], label=_("每页行数"))

    @property
    def size(self) -> int:
        """How many lines a page has."""
        return int(self.values.get("page_size") or PAGE_SIZE)
