"""Reads certifications: for insiders, for vendors, and the steps that the public sees."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from members.history.models import Entry
from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.certification.models import Certification
from products.certification.states import CertificationState
from products.files.models import StoredFile
from products.listings.models import Listing
from products.orders.models import Order
from products.reports.states import ReportState
from products.rework.models import Finding
from products.rework.selectors import participants_in

# Neither of these is public, and a vendor does not learn what was merely recommended.
INTERNAL = [CertificationState.RECOMMENDED]
# Acts by which a person answers for a report, whatever became of it.
ANSWERING = ["report.compiled", "report.checked", "report.returned", "report.authorised", "report.amendment_opened"]


def certifications_visible_to(user: User) -> QuerySet[Certification]:
    """All for those with a business role and auditors; for a vendor the own company's, once they are decided."""
    rows = Certification.objects.select_related("order__company", "order__device", "report", "listing", "reviewed_by",
                                                "decided_by").prefetch_related("events")
    if user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return rows
    if Role.VU in user.role_codes and user.company_id:
        return rows.filter(order__company_id=user.company_id).exclude(state__in=INTERNAL)
    return rows.none()


def is_outdated(certification: Certification) -> bool:
    """Whether nothing was decided yet and the report that was recommended on is no longer in force."""
    is_open = certification.state == CertificationState.RECOMMENDED
    return is_open and certification.report.state != ReportState.ISSUED


def explainers_of(order: Order) -> set[int]:
    """The ids of those who wrote a finding or explanation to the vendor (S6)."""
    return set(Finding.objects.filter(rework__order=order).values_list("sent_by_id", flat=True))


def people_who_took_part(order: Order) -> set[int]:
    """The ids of all who tested, verified, explained, signed a scope or answered for a report on the order (S3, S4)."""
    people = participants_in(order)
    for row in order.reports.values_list("compiled_by_id", "checked_by_id", "authorised_by_id"):
        people |= {person for person in row if person is not None}
    # A report that was returned or compiled anew no longer names whoever compiled or checked it before.
    acts = Entry.objects.filter(chain=order.chain, act__in=ANSWERING, actor_id__isnull=False)
    return people | {key for key in acts.values_list("actor_id", flat=True) if key is not None}


def certifications_due(today: date) -> QuerySet[Certification]:
    """Those whose last day has passed and that are still valid or suspended."""
    states = [CertificationState.VALID, CertificationState.SUSPENDED]
    return Certification.objects.filter(state__in=states, valid_until__lt=today)


def certifications_with_replaced_reports() -> QuerySet[Certification]:
    """Listed ones whose report was replaced by another that is in force."""
    return Certification.objects.filter(listing__isnull=False, report__state=ReportState.REPLACED,
                                        order__reports__state=ReportState.ISSUED).order_by("pk")


def certifications_superseded_by(certification: Certification) -> QuerySet[Certification]:
    """The valid ones of the same device: the same record, or the same company and model."""
    device = certification.order.device
    same = Q(order__device=device) | Q(order__company=certification.order.company_id, order__device__model=device.model)
    rows = Certification.objects.filter(same, state=CertificationState.VALID).exclude(pk=certification.pk)
    return rows.order_by("pk")


def successor_of(listing: Listing) -> Listing | None:
    """The listing of the newer certification that superseded this one's, or None."""
    found = Certification.objects.filter(listing=listing).select_related("superseded_by__listing").first()
    return found.superseded_by.listing if found and found.superseded_by else None


def certifications_without_certificate() -> QuerySet[Certification]:
    """Granted ones whose certificate was not made yet, the oldest first."""
    rows = Certification.objects.filter(state=CertificationState.VALID, certificate__isnull=True)
    return rows.select_related("order__company", "listing__edition", "report").order_by("pk")


def certificate_facts(certification: Certification) -> dict[str, Any]:
    """What a certificate prints, from the report that was decided on, as it was frozen."""
    snapshot, listing = certification.report.snapshot, certification.listing
    assert listing is not None
    assert certification.valid_from is not None
    until = certification.valid_until
    return {
        "noun_zh": settings.CERTIFICATE_NOUN_ZH, "noun_en": settings.CERTIFICATE_NOUN_EN,
        "number": listing.listing_number, "laboratory": snapshot["laboratory"], "device": snapshot["device"],
        "holder": snapshot["customer"], "edition": snapshot["edition"], "hardware": listing.hardware or "",
        "firmware": listing.firmware or "", "conclusion_zh": snapshot["conclusion"]["zh"],
        "conclusion_en": snapshot["conclusion"]["en"],
        "report": {"number": certification.report.number, "issued_on": snapshot["report"]["issued_on"]},
        "valid_from": certification.valid_from.isoformat(), "valid_until": until.isoformat() if until else None,
        "granted_on": certification.valid_from.isoformat(), "is_demonstration": listing.is_demonstration,
        "address": f"{settings.PUBLIC_URL}/products/{listing.listing_number}/",
    }


def certified_by_file(digest: str) -> Certification | None:
    """The certification whose certificate has this SHA-256 or SM3, or None."""
    files = StoredFile.objects.filter(Q(sha256=digest) | Q(sm3=digest))
    return Certification.objects.filter(certificate__in=files).select_related("report").first()
