"""Loads what the alliance published before this system; loading the same data twice changes nothing.

Facts are taken as printed and what was not printed stays null: no state, no report number, no result is invented. The
entries get permanent numbers of a series of their own, WAPI-B-<four digits>, in the order of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from members.companies.selectors import companies_named
from members.companies.services import register_company
from members.history.services import append_entry
from members.numbering.services import next_number
from products.devices.models import DeviceType
from products.devices.states import BANDS, GENERATIONS
from products.listings.errors import PublishedProductsInvalid
from products.listings.models import Listing, ListingChange
from products.listings.services import chain_of, publish_changes
from products.listings.states import ChangeKind, Source
from products.suites.models import Category, Edition
from wapicert.texts import STORY, takes_text

MESSAGES = {
    "missing_field": _("缺少必填的键。"),
    "duplicate_key": _("编号重复出现。"),
    "unknown_company": _("企业未在 companies 中列出。"),
    "unknown_device_type": _("设备类型不在目录中；请先装载测试目录。"),
    "unknown_category": _("测试类别不在目录中；请先装载测试目录。"),
    "unknown_choice": _("取值不在允许的范围内。"),
    "date_invalid": _("日期须为 YYYY-MM-DD。"),
    "must_be_null": _("来源未公布此项，必须为 null。"),
}
# The alliance published neither for any of these records; a value would be an invention.
NEVER_PUBLISHED = ("report_number", "certification_status")


@dataclass
class Outcome:
    """What an import did: listing numbers by what happened to them, and editions that this site does not hold."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    unknown_editions: set[str] = field(default_factory=set)
    published: list[ListingChange] = field(default_factory=list)
    # Per published change its act in the history, and the columns that it wrote.
    acts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@takes_text(data=STORY)
@transaction.atomic
def import_published_products(data: dict[str, Any]) -> Outcome:
    """Bring companies and entries in line with `data` (the form of data/published-products.json).

    Raises PublishedProductsInvalid with one row per mistake, and then nothing is saved. Companies that exist are left
    as they are. An edition that is not loaded yet is linked by the next import. Entries that the data no longer names
    stay: what was public stays findable.
    """
    types = {row.code: row for row in DeviceType.objects.all()}
    categories = set(Category.objects.values_list("code", flat=True))
    if mistakes := list(find_mistakes(data, set(types), categories)):
        raise PublishedProductsInvalid(rows=mistakes)
    outcome = Outcome()
    rows = Listing.objects.filter(source_key__isnull=False)
    existing = {row.source_key: row
                for row in rows.select_related("company", "report", "edition", "device_type") if row.source_key}
    companies = bring_companies(data, existing)
    editions = {row.slug: row for row in Edition.objects.all()}
    for record in records_of(data):
        edition = editions.get(record["edition"] or "")
        if record["edition"] and edition is None:
            outcome.unknown_editions.add(record["edition"])
        facts = facts_of(record, data["about"]["source_zh"], types.get(record["device_type"] or ""))
        facts |= {"company": companies[record["company"]], "edition": edition}
        bring_listing(existing.get(record["id"]) or Listing(source_key=record["id"]), facts, outcome)
    published = publish_changes(outcome.published) if outcome.published else []
    for change, (act, changes) in zip(published, outcome.acts, strict=True):
        note(change, act, changes)
    return outcome


def records_of(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The printed records, then the companies that were only named as having passed, each with every key."""
    empty = dict.fromkeys(
        ("product_name_zh", "product_name_en", "model", "device_type", "device_subtype_zh", "bands", "phy", "edition",
         "use_zh", "use_en", "categories_passed", "published_on", "rework", "specs", "as_printed_zh")
    )
    for record in data["products"]:
        yield empty | record
    numbers = {company["name_zh"]: company["id"] for company in data["companies"]}
    for name in data.get("named_as_passed_without_details_zh", []):
        yield empty | {"id": numbers[name], "company": numbers[name]}


def facts_of(record: dict[str, Any], source_title: str, device_type: DeviceType | None) -> dict[str, Any]:
    """A record's facts by column."""
    printed = {key: record[key] for key in ("as_printed_zh", "report_issued", "standards_cited", "notes")
               if record.get(key) not in (None, [], {})}
    return {
        "source": Source.PUBLISHED_BEFORE, "source_title": source_title,
        "device_type": device_type, "device_subtype_zh": record["device_subtype_zh"],
        "name_zh": record["product_name_zh"], "name_en": record["product_name_en"], "model": record["model"],
        "bands": record["bands"], "generation": record["phy"], "categories_passed": record["categories_passed"],
        "specification": record["specs"] or {}, "published_facts": printed or None,
        "use_zh": record["use_zh"], "use_en": record["use_en"], "rework_as_published": rework_of(record),
        "listed_on": date.fromisoformat(record["published_on"]) if record["published_on"] else None,
    }


def rework_of(record: dict[str, Any]) -> dict[str, Any] | None:
    """What the source says about rework; a note that says nothing is null."""
    rework = record["rework"]
    return {key: None if value == "" else value for key, value in rework.items()} if rework else None


def bring_companies(data: dict[str, Any], existing: dict[str, Listing]) -> dict[str, Company]:
    """The companies of the data by their key there; registers those that are neither listed nor named alike."""
    listed = {record["company"]: existing[record["id"]].company for record in records_of(data)
              if record["id"] in existing}
    named = companies_named([row["name_zh"] for row in data["companies"]])
    return {row["id"]: listed.get(row["id"]) or named.get(row["name_zh"]) or register(row) for row in data["companies"]}


def register(row: dict[str, Any]) -> Company:
    """Open the record of a company that a publication names."""
    return register_company(
        name_zh=row["name_zh"], short_name_zh=row["short_zh"] or "", name_en=row["name_en"] or "",
        name_en_confirmed=row["name_en_confirmed"], uscc=row["unified_social_credit_code"], actor=None,
    )


def bring_listing(listing: Listing, facts: dict[str, Any], outcome: Outcome) -> None:
    """Create the entry, or write the facts in which it differs, and note which."""
    changes = {name: value for name, value in facts.items()
               if listing.pk is None or getattr(listing, name) != value}
    before = {name: _as_text(getattr(listing, name)) for name in changes} if listing.pk else {}
    for name, value in changes.items():
        setattr(listing, name, value)
    listing.sort_date = listing.listed_on or date.min
    if listing.pk is None:
        listing.listing_number = f"WAPI-B-{next_number(series='listing-before', period=''):04d}"
        listing.save(force_insert=True)
        outcome.acts.append(("listing.imported", changes))
        outcome.published.append(ListingChange(listing=listing, kind=ChangeKind.LOADED, on=timezone.localdate()))
        outcome.created.append(listing.listing_number)
    elif changes:
        listing.save(update_fields=[*changes, "sort_date", "updated_at"])
        outcome.acts.append(("listing.reimported", changes))
        outcome.published.append(ListingChange(listing=listing, kind=ChangeKind.CORRECTED, on=timezone.localdate(),
                                               before=before))
        outcome.changed.append(listing.listing_number)
    else:
        outcome.unchanged.append(listing.listing_number)


def _as_text(value: Any) -> Any:
    """A fact as a change keeps it: related rows and dates by their key or text."""
    if hasattr(value, "pk"):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def note(published: ListingChange, act: str, changes: dict[str, Any]) -> None:
    """One entry in the listing's history, with the related rows by their text."""
    listing = published.listing
    after = {name: str(value) if hasattr(value, "pk") else value for name, value in changes.items()}
    append_entry(chain=chain_of(listing), act=act, actor=None, object_type="listing",
                 object_id=listing.listing_number, after=after, rows=[listing, published])


def find_mistakes(
    data: dict[str, Any], device_types: set[str], categories: set[str]
) -> Iterator[dict[str, Any]]:
    """One row per mistake: {record, field, code, message}."""
    if not data.get("about", {}).get("source_zh"):
        yield _mistake(None, "about.source_zh", "missing_field")
    seen: set[str] = set()
    for company in data["companies"]:
        for name, fault in _company_faults(company):
            yield _mistake(company.get("id"), name, fault)
    for row in [*data["companies"], *data["products"]]:
        if row.get("id") in seen:
            yield _mistake(row.get("id"), "id", "duplicate_key")
        seen.add(row.get("id"))
    companies = {company.get("id") for company in data["companies"]}
    for record in data["products"]:
        for name, fault in _record_faults(record, companies, device_types, categories):
            yield _mistake(record.get("id"), name, fault)
    names = {company.get("name_zh") for company in data["companies"]}
    for name in data.get("named_as_passed_without_details_zh", []):
        if name not in names:
            yield _mistake(name, "named_as_passed_without_details_zh", "unknown_company")


def _company_faults(company: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("id", "name_zh"):
        if not company.get(name):
            yield name, "missing_field"
    for name in ("short_zh", "name_en", "name_en_confirmed", "unified_social_credit_code"):
        if name not in company:
            yield name, "missing_field"


def _record_faults(
    record: dict[str, Any], companies: set[Any], device_types: set[str], categories: set[str]
) -> Iterator[tuple[str, str]]:
    if not record.get("id"):
        yield "id", "missing_field"
    if record.get("company") not in companies:
        yield "company", "unknown_company"
    if record.get("device_type") is not None and record["device_type"] not in device_types:
        yield "device_type", "unknown_device_type"
    for name, allowed, fault in (("bands", BANDS, "unknown_choice"), ("categories_passed", categories,
                                                                      "unknown_category")):
        if set(record.get(name) or []) - set(allowed):
            yield name, fault
    if record.get("phy") is not None and record["phy"] not in GENERATIONS:
        yield "phy", "unknown_choice"
    if record.get("published_on") is not None and not _is_date(record["published_on"]):
        yield "published_on", "date_invalid"
    for name in NEVER_PUBLISHED:
        if record.get(name) is not None:
            yield name, "must_be_null"
    for name, value in record.items():
        if value == "":
            yield name, "missing_field"


def _is_date(text: Any) -> bool:
    try:
        date.fromisoformat(text)
    except (TypeError, ValueError):
        return False
    return True


def _mistake(record: str | None, name: str, code: str) -> dict[str, Any]:
    return {"record": record, "field": name, "code": code, "message": MESSAGES[code]}
