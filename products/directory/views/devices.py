"""The public page of a device: the facts first, then its state, reports, history and neighbours."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.history.selectors import rows_disagree
from products.certification.selectors import correction_of_listing, successor_of
from products.devices.models import SpecificationField
from products.devices.rendering import word
from products.directory.forms import AsOfForm
from products.directory.selectors import (
    Fact,
    family_of,
    history_of,
    listing_state,
    present_address,
    reports_as_of,
    reports_of,
    specification_of,
    standing_on,
    tested_versions_of,
)
from products.directory.views.lines import in_english, lines_of, name_of
from products.listings.models import Listing
from products.listings.selectors import listing_numbered, listings_like
from products.listings.states import AddressKind, ListingStatus
from products.suites.models import Category
from wapicert.conditional import answer_conditionally
from wapicert.enumeration import enumerated

# As many listings as a comparison holds side by side.
MOST_COMPARED = 4


@require_safe
@answer_conditionally(lambda request, number: listing_state(number))
def product_page(request: HttpRequest, number: str) -> HttpResponse:
    """One listing, in whatever state, at its permanent address; another writing or a former number leads there.

    `as_of` shows it as it stood at the end of a day.
    """
    listing = listing_numbered(number)
    if listing is None:
        return moved(number)
    if listing.listing_number != number:
        return redirect("product", number=listing.listing_number, permanent=True)
    asked = AsOfForm(request.GET if "as_of" in request.GET else {})
    day = asked.cleaned_data["as_of"] if asked.is_valid() else None
    standing = standing_on(listing, day) if day else None
    context = {"asked": asked, "standing": standing} | facts_of(listing) | around(listing, day)
    return render(request, "products/directory/product.html", context, status=200 if asked.is_valid() else 422)


def moved(number: str) -> HttpResponse:
    """Lead from a former number to the present one; 404 where there never was one."""
    present = present_address(AddressKind.LISTING, number)
    if present is None:
        raise Http404
    return redirect("product", number=present, permanent=True)


def facts_of(listing: Listing) -> dict[str, Any]:
    """What the page says of the device itself."""
    return {
        "listing": listing, "name": name_of(listing) or None, "company": listing.company,
        "company_name": name_of(listing.company), "categories": categories_of(listing),
        "successor": successor_of(listing) if listing.status == ListingStatus.SUPERSEDED else None,
        "corrections": correction_of_listing(listing),
        "reason": reason_of(listing), "is_ended": listing.status not in (None, ListingStatus.VALID),
        "is_valid": listing.status == ListingStatus.VALID,
        "facts": [written(fact) for fact in specification_of(listing)],
        "versions": tested_versions_of(listing), "use": name_of(listing, "use") or None,
        "is_inconsistent": rows_disagree(listing, listing.company),
    }


def around(listing: Listing, day: date | None) -> dict[str, Any]:
    """Its papers, history, family and neighbours, up to a day, and its address."""
    reports, events, family = reports_of(listing), events_of(listing), family_of(listing)
    url = f"{settings.PUBLIC_URL}/products/{listing.listing_number}/"
    shown = {listing.pk, *(row.pk for row in [*family.again, *family.relatives])}
    others = [row for row in listings_like(listing) if row.pk not in shown]
    beside = [listing, *[*family.again, *family.relatives, *others][:MOST_COMPARED - 1]]
    return {
        "reports": reports_as_of(reports, day) if day else reports,
        "events": [event for event in events if day is None or event["on"] <= day],
        "again": lines_of(family.again), "relatives": lines_of(family.relatives), "stem": family.stem,
        "others": lines_of(others),
        "comparison": urlencode([("n", row.listing_number) for row in beside]) if len(beside) > 1 else "",
        "url": url, "qr": qr_of(url),
    }


def categories_of(listing: Listing) -> list[str] | None:
    """The names of the categories passed, or None where the source states none."""
    if listing.categories_passed is None:
        return None
    names = {category.code: name_of(category) for category in Category.objects.all()}
    return [names.get(code, code) for code in listing.categories_passed]


def reason_of(listing: Listing) -> str:
    """The public reason of the state, in the reader's language or in the one in which it was given."""
    return name_of(listing, "status_reason")


def events_of(listing: Listing) -> list[dict[str, Any]]:
    """The public history, newest first."""
    reason = "reason_en" if in_english() else "reason_zh"
    return [
        {"status": event.status, "on": event.on, "reason": getattr(event, reason) or event.reason_zh}
        for event in reversed(history_of(listing))
    ]


def written(fact: Fact) -> tuple[str, str]:
    """A line of the specification as it is read: label and value with its unit."""
    label = name_of(fact.name) if isinstance(fact.name, SpecificationField) else str(fact.name)
    if isinstance(fact.value, bool):
        value = _("是") if fact.value else _("否")
    elif isinstance(fact.value, list):
        value = enumerated(word(part) for part in fact.value)
    else:
        value = word(fact.value)
    return label, f"{value} {word(fact.unit)}".strip()


def qr_of(url: str) -> SafeString:
    """The address as a QR code, drawn in the page itself."""
    drawing = segno.make(url, error="m").svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None)
    return SafeString(drawing)  # nosec B703 - segno draws it; an address of ours is all that it holds
