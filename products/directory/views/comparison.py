"""Up to four listings side by side, with what differs marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from products.directory.selectors import directory_state, specification_of
from products.directory.views.devices import MOST_COMPARED, categories_of, written
from products.directory.views.lines import name_of
from products.listings.models import Listing
from products.listings.selectors import listings_public
from wapicert.conditional import answer_conditionally
from wapicert.enumeration import enumerated

LONGEST_NUMBER = 30


class Row(NamedTuple):
    """One fact of every listing compared; None is what a listing does not state."""

    label: str
    values: list[str | None]

    @property
    def differs(self) -> bool:
        """Whether two of the listings say something else; one that states nothing may well be the same."""
        return len(set(self.values) - {None}) > 1


@require_safe
@answer_conditionally(lambda request: directory_state())
def comparison(request: HttpRequest) -> HttpResponse:
    """The listings of the numbers given as `n`, in their order; without any, how to choose some."""
    numbers = list(dict.fromkeys(number.strip().upper()[:LONGEST_NUMBER] for number in request.GET.getlist("n")))
    numbers = [number for number in numbers if number and "\x00" not in number]
    found = {row.listing_number: row for row in listings_public().select_related("report").filter(
        listing_number__in=numbers[:MOST_COMPARED])}
    listings = [found[number] for number in numbers if number in found]
    context = {
        "listings": [headed(listing, listings) for listing in listings], "rows": rows_of(listings),
        "unknown": [number for number in numbers[:MOST_COMPARED] if number not in found],
        "is_too_many": len(numbers) > MOST_COMPARED, "most": MOST_COMPARED,
    }
    return render(request, "products/directory/comparison.html", context)


def headed(listing: Listing, listings: list[Listing]) -> dict[str, Any]:
    """What stands above a listing's column, and the comparison without it."""
    others = "&".join(f"n={other.listing_number}" for other in listings if other != listing)
    return {"number": listing.listing_number, "name": name_of(listing) or None, "model": listing.model,
            "is_demonstration": listing.is_demonstration, "without": f"/compare/?{others}" if others else "/compare/"}


def rows_of(listings: list[Listing]) -> list[Row]:
    """The facts that the register holds of every listing, then the specification as each states it."""
    if not listings:
        return []
    rows = [Row(label, [read(listing) or None for listing in listings]) for label, read in facts()]
    stated = [dict(written(fact) for fact in specification_of(listing)) for listing in listings]
    labels = dict.fromkeys(label for one in stated for label in one)
    return [*rows, *(Row(label, [one.get(label) for one in stated]) for label in labels)]


def facts() -> list[tuple[str, Callable[[Listing], str | None]]]:
    """What is compared of every listing, by label."""
    return [
        (_("企业"), lambda one: name_of(one.company)),
        (_("设备类型"), lambda one: name_of(one.device_type) if one.device_type else None),
        (_("频段"), lambda one: enumerated(one.bands or [])),
        (_("802.11代际"), lambda one: one.generation),
        (_("硬件版本"), lambda one: one.hardware),
        (_("固件版本"), lambda one: one.firmware),
        (pgettext("列", "测试项目版本"), lambda one: one.edition.slug if one.edition else None),
        (_("通过的测试类别"), lambda one: enumerated(categories_of(one) or [])),
        (_("列入日期"), lambda one: one.listed_on.isoformat() if one.listed_on else None),
        (_("状态"), lambda one: f"{one.get_status_display()} {one.status_since or ''}".strip() if one.status
         else _("此前公布")),
        (_("测试报告"), lambda one: one.report.number if one.report else None),
    ]
