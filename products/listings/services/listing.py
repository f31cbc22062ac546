"""Lists devices and moves what the register says about them; the index follows in the same transaction."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.companies.models import Company
from members.companies.services import NAMES, change_names
from members.history.services import append_entry
from members.numbering.services import next_number
from members.people.models import User
from products.listings.errors import (
    AlreadyListed,
    ListingHasNoState,
    ListingNotConsented,
    MayNotRename,
    ReportDoesNotConform,
    ReportNotIssued,
)
from products.listings.models import Listing, ListingChange
from products.listings.permissions import can_rename_companies
from products.listings.services.indexing import publish_changes
from products.listings.states import CHANGE_OF_STATUS, TRANSITIONS, ChangeKind, ListingStatus, Source
from products.orders.models import Order
from products.reports.models import Report
from products.reports.states import Conclusion, ReportState
from products.results.models import Slot
from products.results.states import SlotState, Verdict
from wapicert.texts import LONG, takes_text
from wapicert.transitions import require_transition


def chain_of(listing: Listing) -> str:
    """The name of the listing's chain in the history."""
    return f"listing:{listing.listing_number}"


@transaction.atomic
def list_device(*, order: Order, report: Report, on: date, actor: User) -> Listing:
    """List the device of an order under a new permanent number, WAPI-<year>-<five digits>, as valid since `on`.

    The facts are copied, so that a later change of the device's description leaves the entry as it was tested. Called
    by `certification.services` in the transaction of the decision; refuses a report that is not issued, is of another
    order, does not conform or is listed already, and an order whose vendor did not consent.
    """
    report = Report.objects.select_for_update().get(pk=report.pk)
    require_listable(order, report)
    listing = Listing(
        listing_number=f"WAPI-{on.year}-{next_number(series='listing', period=str(on.year)):05d}",
        source=Source.TESTED_HERE, report=report, listed_on=on, status=ListingStatus.VALID, status_since=on,
        edition=order.edition, categories_passed=categories_passed(order), is_demonstration=order.is_demonstration,
    )
    copy_device(listing, order)
    copy_versions(listing, order)
    listing.sort_date = on
    listing.save(force_insert=True)
    changes = publish_changes([ListingChange(listing=listing, kind=ChangeKind.LISTED, on=on, status=listing.status)])
    append_entry(chain=chain_of(listing), act="listing.listed", actor=actor, object_type="listing",
                 object_id=listing.listing_number, rows=[listing, *changes],
                 after={"order": order.number, "report": report.number, "status": listing.status, "on": on})
    return listing


def require_listable(order: Order, report: Report) -> None:
    """Refuse what may not be listed; see `list_device`."""
    if report.order_id != order.pk or report.state != ReportState.ISSUED:
        raise ReportNotIssued(field="report")
    if report.conclusion != Conclusion.CONFORMS:
        raise ReportDoesNotConform(field="report")
    if not order.has_consented_to_listing:
        raise ListingNotConsented(field="order")
    if Listing.objects.filter(report=report).exists():
        raise AlreadyListed(field="report")


def copy_device(listing: Listing, order: Order) -> None:
    """Copy the device as it was accepted and tested, not as its owner may describe it since; unstated stays null."""
    frozen: dict[str, Any] = order.frozen_declaration or {}
    device, specification = frozen["device"], frozen["specification"]
    listing.device, listing.company, listing.device_type = order.device, order.company, order.device.device_type
    listing.name_zh, listing.name_en, listing.model = device["name_zh"], device["name_en"] or None, device["model"]
    listing.bands = specification.get("bands") or None
    listing.generation = specification.get("phy") or None
    listing.specification = specification


def copy_versions(listing: Listing, order: Order) -> None:
    """Copy the hardware and firmware version that was received last, on which the order was completed."""
    latest = order.versions.select_related("hardware", "firmware").order_by("ordinal").last()
    if latest:
        listing.hardware, listing.firmware = latest.hardware.version, latest.firmware.version


def categories_passed(order: Order) -> list[str]:
    """The categories of which a counted item passed and none failed, in the catalogue's order."""
    slots = Slot.objects.filter(plan_item__order=order, plan_item__is_counted=True, state=SlotState.VERIFIED)
    rows = slots.order_by("plan_item__item_version__category__position").values_list(
        "plan_item__item_version__category__code", "verdict"
    )
    verdicts: dict[str, set[str]] = {}
    for category, verdict in rows:
        verdicts.setdefault(category, set()).add(verdict)
    return [category for category, found in verdicts.items() if Verdict.PASS in found and Verdict.FAIL not in found]


@transaction.atomic
def set_listing_status(
    *, listing: Listing, status: ListingStatus, since: date, reason_zh: str = "", reason_en: str = "",
    actor: User | None = None,
) -> Listing:
    """Move a listing's public state with its date and public reason; the page stays, whatever the state.

    Called by `certification.services` in the transaction of its own move; refuses a state that may not follow, and
    records published before this system, which have none.
    """
    listing = Listing.objects.select_for_update().get(pk=listing.pk)
    if listing.source != Source.TESTED_HERE or listing.status is None:
        raise ListingHasNoState(field="listing")
    require_transition(TRANSITIONS, status, listing.status, ListingStatus(listing.status).label)
    before = {"status": listing.status, "since": listing.status_since}
    listing.status, listing.status_since = status, since
    listing.status_reason_zh, listing.status_reason_en = reason_zh, reason_en
    listing.save(update_fields=["status", "status_since", "status_reason_zh", "status_reason_en", "updated_at"])
    changes = publish_changes([ListingChange(listing=listing, kind=CHANGE_OF_STATUS[status], on=since, status=status,
                                             reason_zh=reason_zh, reason_en=reason_en)])
    append_entry(chain=chain_of(listing), act="listing.status_set", actor=actor, object_type="listing",
                 object_id=listing.listing_number, before=before, after={"status": status, "since": since},
                 reason=reason_zh, rows=[listing, *changes])
    return listing


@transaction.atomic
def follow_report(
    *, listing: Listing, report: Report, facts: dict[str, str | None], actor: User | None = None,
    reason: tuple[str, str] = ("", ""),
) -> Listing:
    """Let a listing rest on the report that replaced its own, with what that says of the device, and publish that.

    `facts` are the names, model and versions that the report prints. Called by `certification.services`, which asks a
    decision maker where they differ; refuses a report that is not issued or is of another order.
    """
    listing = Listing.objects.select_for_update(of=("self",)).select_related("report").get(pk=listing.pk)
    old = listing.report
    if old is None or report.state != ReportState.ISSUED or report.order_id != old.order_id:
        raise ReportNotIssued(field="report")
    after: dict[str, Any] = facts | {"categories_passed": categories_in(report)}
    before = {name: getattr(listing, name) for name, value in after.items()
              if (getattr(listing, name) or None) != (value or None)}
    listing.report = report
    for name in before:
        setattr(listing, name, after[name])
    listing.save(update_fields=["report", *before, "updated_at"])
    changes = publish_changes([ListingChange(
        listing=listing, kind=ChangeKind.CORRECTED, on=timezone.localdate(), status=listing.status, before=before,
        reason_zh=f"测试报告已更正：{old.number} 由 {report.number} 替代。{reason[0]}",
        reason_en=f"The test report was amended: {old.number} is replaced by {report.number}. {reason[1]}".strip())])
    append_entry(chain=chain_of(listing), act="listing.report_followed", actor=actor, object_type="listing",
                 object_id=listing.listing_number, before={"report": old.number} | before,
                 after={"report": report.number} | {name: after[name] for name in before}, reason=reason[0],
                 rows=[listing, *changes])
    return listing


def categories_in(report: Report) -> list[str]:
    """The categories of which a counted item passed and none failed, as the report has them."""
    verdicts: dict[str, set[str]] = {}
    for row in report.snapshot["results"]:
        if row["is_counted"]:
            verdicts.setdefault(row["category"], set()).add(row["verdict"])
    return [row["code"] for row in report.snapshot["categories"]
            if Verdict.PASS in verdicts.get(row["code"], ()) and Verdict.FAIL not in verdicts[row["code"]]]


@takes_text(name_zh=LONG, short_name_zh=LONG, name_en=LONG)
@transaction.atomic
def rename_company(
    *, company: Company, actor: User, row_version: int | None = None, **names: str | bool
) -> Company:
    """Change a company's names and, in the same transaction, the search text of everything it has listed."""
    if not can_rename_companies(actor):
        raise MayNotRename
    before = company_names(Company.objects.get(pk=company.pk))
    company = change_names(company=company, actor=actor, row_version=row_version, **names)
    after = company_names(company)
    if after == before:
        return company
    list(company.listings.select_for_update().order_by("pk"))
    for change in publish_changes(renamings_of(company, before)):
        append_entry(chain=chain_of(change.listing), act="listing.company_renamed", actor=actor, object_type="listing",
                     object_id=change.listing.listing_number, before=before, after=after, rows=[change])
    return company


def renamings_of(company: Company, before: dict[str, str | bool]) -> list[ListingChange]:
    """A change per listing of a company that bore other names before."""
    facts = {f"company.{name}": value for name, value in before.items() if value != getattr(company, name)}
    today = timezone.localdate()
    return [ListingChange(listing=listing, kind=ChangeKind.RENAMED, on=today, status=listing.status, before=facts)
            for listing in company.listings.order_by("pk")]


def company_names(company: Company) -> dict[str, str | bool]:
    """The names that a listing shows."""
    return {name: getattr(company, name) for name in NAMES}
