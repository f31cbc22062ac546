"""What a number of ours names that is no report's: a listing with its state, or a paper that is not public."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from members.history.selectors import rows_disagree
from products.directory.selectors.addresses import present_address
from products.listings.models import Listing
from products.listings.states import AddressKind
from products.reports.selectors import Verification, clean_code, verification_of, written

# Permanent numbers of listings, of this system and of what was published before it; certificates bear them too.
LISTED = re.compile(r"WAPI(\d{4})(\d{5,})", re.ASCII)
LISTED_BEFORE = re.compile(r"WAPIB(\d{4,})", re.ASCII)
# Numbers on papers between the laboratory and its clients: told by their shape, so that nobody can try which exist.
PRIVATE = {
    "order": re.compile(r"WT20\d{2}\d{4,}", re.ASCII), "sample": re.compile(r"YP20\d{2}\d{4,}", re.ASCII),
    "rework": re.compile(r"ZG20\d{2}\d{4,}", re.ASCII), "loan": re.compile(r"JY20\d{2}\d{4,}", re.ASCII),
}


def named_by(text: str) -> Verification | None:
    """The answer for a number of a listing, a certificate, an order, a sample, a rework or a loan; None for others."""
    letters = clean_code(written(text))
    for kind, shape in PRIVATE.items():
        if shape.fullmatch(letters):
            return Verification("not_public", kind=kind)
    listing = _listing(listing_numbers_meant(text))
    if listing is not None:
        return _standing(listing)
    if LISTED.fullmatch(letters) or LISTED_BEFORE.fullmatch(letters):
        return Verification("unknown", kind="listing")
    return None


def listing_numbers_meant(text: str) -> list[str]:
    """The listing numbers that may be meant, each as it is kept."""
    plain = written(text)
    letters = clean_code(plain)
    meant = [plain]
    if found := LISTED.fullmatch(letters):
        meant.append(f"WAPI-{found[1]}-{found[2]}")
    if found := LISTED_BEFORE.fullmatch(letters):
        meant.append(f"WAPI-B-{found[1]}")
    return list(dict.fromkeys(meant))


def _listing(numbers: list[str]) -> Listing | None:
    """The listing of one of the numbers, also of one that it bore before."""
    rows = Listing.objects.select_related("company", "device_type", "edition", "report")
    found = rows.filter(listing_number__in=numbers).first()
    if found is not None:
        return found
    present = next(filter(None, (present_address(AddressKind.LISTING, number) for number in numbers)), None)
    return rows.filter(listing_number=present).first() if present else None


def _standing(listing: Listing) -> Verification:
    """A listing with its state, and what has become of its report; nothing else where the history says otherwise."""
    report = verification_of(listing.report.number) if listing.report and listing.report.number else None
    if rows_disagree(listing, listing.company) or (report is not None and report.state == "inconsistent"):
        return Verification("inconsistent", kind="listing", listing_number=listing.listing_number,
                            is_demonstration=listing.is_demonstration)
    since: date | None = listing.status_since or listing.listed_on
    return Verification(
        listing.status or "published_before", kind="listing", since=since,
        issued_on=report.issued_on if report else None,
        reason_zh=listing.status_reason_zh or None, reason_en=listing.status_reason_en or None, facts=_facts(listing),
        number=report.number if report else None, report_state=report.report_state if report else None,
        listing_number=listing.listing_number, listing_status=listing.status,
        is_demonstration=listing.is_demonstration)


def _facts(listing: Listing) -> dict[str, Any]:
    """What the listing says about device, maker and edition; None where it states nothing."""
    kind, edition, company = listing.device_type, listing.edition, listing.company
    return {"device_zh": listing.name_zh, "device_en": listing.name_en, "model": listing.model,
            "type_zh": kind.name_zh if kind else None, "type_en": kind.name_en if kind else None,
            "company_zh": company.name_zh, "company_en": company.name_en or None,
            "edition_zh": edition.label_zh if edition else None, "edition_en": edition.label_en if edition else None,
            "firmware": listing.firmware or None, "hardware": listing.hardware or None}
