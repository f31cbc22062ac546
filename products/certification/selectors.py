"""Reads certifications: for insiders, for vendors, and the steps that the public sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.history.models import Entry
from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.certification.models import Certification, ReplacedCertificate
from products.certification.states import CertificationState
from products.devices.models import Device
from products.devices.selectors import identities_of
from products.files.models import StoredFile
from products.listings.models import Listing
from products.orders.models import Order
from products.orders.states import Stage
from products.reports.models import Report
from products.reports.selectors import Point, doubts_announced, issued_report, not_done, open_points, reports_in_doubt
from products.reports.selectors.rows import day
from products.reports.states import Conclusion, ReportState
from products.results.selectors import invalidations_requested
from products.rework.models import Finding
from products.rework.selectors import participants_in
from wapicert.canonical import digest_of

# Neither of these is public, and a vendor does not learn what was merely recommended.
INTERNAL = [CertificationState.RECOMMENDED]
# Acts by which a person answers for a report, whatever became of it.
ANSWERING = ["report.compiled", "report.checked", "report.returned", "report.authorised", "report.amendment_opened"]
# The facts by which the register identifies a device; a correction of one needs a decision maker.
IDENTITY = {"name_zh": _("产品名称"), "name_en": _("产品名称（英文）"), "model": _("型号"), "hardware": _("硬件版本"),
            "firmware": _("固件版本")}


def certifications_visible_to(user: User) -> QuerySet[Certification]:
    """All for those with a business role and auditors; for a vendor the own company's, once they are decided."""
    rows = Certification.objects.select_related("order__company", "order__device", "report", "listing", "reviewed_by",
                                                "decided_by", "superseded_by__listing").prefetch_related("events")
    if user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return rows
    if Role.VU in user.role_codes and user.company_id:
        return rows.filter(order__company_id=user.company_id).exclude(state__in=INTERNAL)
    return rows.none()


def is_outdated(certification: Certification) -> bool:
    """Whether a recommendation or a refusal rests on a report that is no longer in force, so that it is given anew."""
    is_open = certification.state in (CertificationState.RECOMMENDED, CertificationState.REFUSED)
    return is_open and certification.report.state != ReportState.ISSUED


@dataclass(frozen=True)
class Basis:
    """What a recommendation, a decision or the lifting of a suspension rests on, as its maker reads it.

    `beside` are the other valid certifications of the same device: a grant supersedes them, and beside them no
    suspension is lifted; `after` are those of devices that follow it: beside them nothing of it becomes valid.
    `fingerprint` names all of it, part by part in the order of PARTS; whoever decides sends it
    back.
    """

    report: Report | None
    points: list[Point]
    doubts: list[Entry]
    beside: list[Certification]
    after: list[Certification]
    fingerprint: str


PARTS = {"report": _("依据的报告"), "standing": _("未决事项"), "beside": _("同一产品的有效认证"),
         "certification": _("评定意见或决定"), "consent": _("列入名录的同意")}


def basis_of(order: Order) -> Basis:
    """The basis as it stands now; without a report in force there is nothing to be open or in doubt."""
    report = issued_report(order)
    certification = Certification.objects.filter(order=order).first()
    points = open_points(order, report) if report else []
    doubts = doubts_announced(order, report) if report else []
    beside, after = list(valid_certifications_beside(order)), list(valid_certifications_after(order))
    parts = {
        "report": [str(report.pk), report.row_version, report.snapshot_sha256, report.conclusion] if report else [],
        "standing": [[point.code, point.items] for point in points] + [entry.hash for entry in doubts],
        "beside": [[row.pk for row in rows] for rows in (beside, after)],
        "certification": certification.row_version if certification else 0,
        "consent": order.has_consented_to_listing,
    }
    return Basis(report, points, doubts, beside, after, "-".join(digest_of(parts[name])[:12] for name in PARTS))


def changed_parts(read: str, now: str) -> list[str]:
    """The parts of the basis by which two fingerprints differ; all of them where they cannot be compared."""
    before, after = read.strip().split("-"), now.split("-")
    if len(before) != len(after):
        return list(PARTS)
    return [name for name, old, new in zip(PARTS, before, after, strict=True) if old != new]


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


def valid_certifications_beside(order: Order) -> QuerySet[Certification]:
    """The valid ones on other orders of the device, or of one that it follows: a grant supersedes them.

    A device is its record, whatever model is printed on it: two records may bear the same model or none.
    """
    return _valid_on(identities_of(order.device)).exclude(order=order)


def valid_certifications_after(order: Order) -> QuerySet[Certification]:
    """The valid ones of devices that follow the order's device: beside them it becomes valid no more."""
    return _valid_on(devices_following(order.device))


def _valid_on(devices: set[int]) -> QuerySet[Certification]:
    rows = Certification.objects.filter(order__device__in=devices, state=CertificationState.VALID)
    return rows.select_related("listing", "order__device").order_by("pk")


def devices_following(device: Device) -> set[int]:
    """The ids of the devices that follow this one, directly or through others; one query per step."""
    found: set[int] = set()
    newest = {device.pk}
    while newest:
        newest = set(Device.objects.filter(predecessor__in=newest).values_list("pk", flat=True)) - found - {device.pk}
        found |= newest
    return found


def certifications_in_doubt() -> QuerySet[Certification]:
    """The valid ones whose basis fell since: a decision maker suspends them, or settles what is open.

    Results asked to be thrown out or thrown out, a report whose withdrawal is asked for, that was withdrawn or that
    does not conform.
    """
    issued = Report.objects.filter(state=ReportState.ISSUED)
    fallen = issued.filter(Q(withdrawal_requested_at__isnull=False) | ~Q(conclusion=Conclusion.CONFORMS)
                           | Q(pk__in=reports_in_doubt().order_by().values("pk"))).values("order")
    asked = invalidations_requested().order_by().values("plan_item__order")
    rows = Certification.objects.filter(state=CertificationState.VALID)
    return rows.filter(Q(order__in=fallen) | Q(order__in=asked) | ~Q(order__in=issued.values("order"))).order_by("pk")


def refusals_to_reconsider() -> QuerySet[Certification]:
    """Refusals on a report that was amended since: the order may be recommended on anew."""
    return Certification.objects.filter(state=CertificationState.REFUSED, report__state=ReportState.REPLACED,
                                        order__reports__state=ReportState.ISSUED,
                                        order__stage__in=[Stage.DECIDED, Stage.CLOSED]).order_by("pk")


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
    former = certification.replaced_certificates.select_related("report").last()
    return {
        "noun_zh": settings.CERTIFICATE_NOUN_ZH, "noun_en": settings.CERTIFICATE_NOUN_EN,
        "number": listing.listing_number, "laboratory": snapshot["laboratory"], "device": snapshot["device"],
        "holder": snapshot["customer"], "edition": snapshot["edition"], "hardware": listing.hardware or "",
        "firmware": listing.firmware or "", "conclusion_zh": snapshot["conclusion"]["zh"],
        "conclusion_en": snapshot["conclusion"]["en"], "excluded": not_done(snapshot["results"]),
        "report": {"number": certification.report.number, "issued_on": snapshot["report"]["issued_on"]},
        "valid_from": certification.valid_from.isoformat(), "valid_until": until.isoformat() if until else None,
        "granted_on": certification.valid_from.isoformat(), "is_demonstration": listing.is_demonstration,
        "replaces": {"report": former.report.number, "on": day(former.replaced_at)} if former else None,
        "address": f"{settings.PUBLIC_URL}/products/{listing.listing_number}/",
    }


def report_behind_certificate(digest: str) -> Report | None:
    """The report that the certificate with this SHA-256 or SM3 names, the present one or one that was replaced."""
    files = StoredFile.objects.filter(Q(sha256=digest) | Q(sm3=digest))
    found = Certification.objects.filter(certificate__in=files).select_related("report").first()
    if found is not None:
        return found.report
    former = ReplacedCertificate.objects.filter(file__in=files).select_related("report").first()
    return former.report if former else None


class Correction(NamedTuple):
    """A fact by which the register identifies a device, as it stands there and as the amended report has it."""

    name: str
    label: Any
    before: str | None
    after: str | None


def identity_in(snapshot: Mapping[str, Any]) -> dict[str, str | None]:
    """What identifies the device in a report: names, model, and the versions that were received last."""
    device, versions = snapshot["device"], snapshot.get("versions") or [{}]
    names = {name: device[name] or None for name in ("name_zh", "name_en", "model")}
    return {**names, "hardware": versions[-1].get("hardware"), "firmware": versions[-1].get("firmware")}


def corrections_between(listing: Listing, report: Report) -> list[Correction]:
    """In what an amended report identifies the device otherwise than the register does."""
    now = identity_in(report.snapshot)
    return [Correction(name, IDENTITY[name], getattr(listing, name) or None, value) for name, value in now.items()
            if (getattr(listing, name) or None) != value]


def correction_waiting(certification: Certification | None) -> list[Correction]:
    """What a decision maker has to confirm before register and certificate follow an amended report."""
    if certification is None or certification.listing is None:
        return []
    report = issued_report(certification.order)
    if report is None or report.pk == certification.report_id:
        return []
    return corrections_between(certification.listing, report)


def correction_of_listing(listing: Listing) -> list[Correction]:
    """The same for a listing; nothing for one that rests on the report in force."""
    if listing.report is None or listing.report.state != ReportState.REPLACED:
        return []
    rows = Certification.objects.select_related("order", "report", "listing")
    return correction_waiting(rows.filter(listing=listing).first())
