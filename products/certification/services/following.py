"""What follows from elsewhere: an amended report takes its place, a newer certification supersedes an older one."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from members.access.services import require_signature
from members.notices.services import notify_role
from members.people.models import User
from members.people.states import Role
from products.certification.errors import CorrectionDoesNotConform, DeciderTookPart, NoCorrection
from products.certification.models import Certification, ReplacedCertificate
from products.certification.selectors import (
    certifications_with_replaced_reports,
    correction_waiting,
    identity_in,
    valid_certifications_beside,
)
from products.certification.services.documents import ask_for_certificate
from products.certification.services.moves import lock, move, note, require_no_part, require_role, require_text
from products.certification.states import CertificationState
from products.listings.services import follow_report
from products.reports.models import Report
from products.reports.selectors import issued_report
from products.reports.states import Conclusion
from wapicert.texts import lines, takes_text


def follow_reports() -> int:
    """Point certifications and listings whose report was replaced at the report in force; returns how many.

    Each in a transaction of its own, harmless when run twice. One whose amended report identifies the device otherwise
    waits for a decision maker (`confirm_correction`), who is told once.
    """
    keys = list(certifications_with_replaced_reports().values_list("pk", flat=True))
    return sum(_follow(pk) for pk in keys)


@transaction.atomic
def _follow(pk: int) -> bool:
    certification = lock(Certification(pk=pk))
    report = issued_report(certification.order)
    if report is None or report.pk == certification.report_id:
        return False
    if correction_waiting(certification):
        number = certification.listing.listing_number if certification.listing else ""
        notify_role(role=Role.DM, event="certification.correction_waiting", key=f"{certification.pk}:{report.pk}",
                    facts={"number": number, "report": report.number},
                    address=f"/lab/orders/{certification.order.number}/decision/")
        return False
    _carry(certification, report, actor=None, act="certification.report_followed", reason=report.amendment_reason)
    return True


@takes_text(public_reason_zh=lines(500), public_reason_en=lines(500))
@transaction.atomic
def confirm_correction(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    second_factor: str = "", row_version: int | None = None,
) -> Certification:
    """Let register and certificate follow an amended report that identifies the device otherwise (model, versions).

    Refuses whoever is no decision maker or took part in the order (S4, S6), a wrong password or second factor, an order
    without such a correction, and a report that does not conform while the certification is valid. A new certificate
    is made; the old one stays, as replaced.
    """
    certification = lock(certification, row_version)
    require_role(actor, Role.DM, certification.order)
    require_no_part(certification.order, actor, DeciderTookPart)
    report = issued_report(certification.order)
    if report is None or not correction_waiting(certification):
        raise NoCorrection(field="report")
    if certification.state == CertificationState.VALID and report.conclusion != Conclusion.CONFORMS:
        raise CorrectionDoesNotConform(field="report")
    zh = require_text(public_reason_zh, "public_reason_zh")
    require_signature(user=actor, password=password, second_factor=second_factor)
    _carry(certification, report, actor=actor, act="certification.correction_confirmed", reason=zh,
           public_reason=(zh, public_reason_en.strip()))
    return certification


def _carry(
    certification: Certification, report: Report, *, actor: User | None, act: str, reason: str,
    public_reason: tuple[str, str] = ("", ""),
) -> None:
    """Certification, listing and certificate rest on the amended report from now on; the old certificate is kept."""
    before, former = certification.report, certification.certificate
    if former is not None:
        ReplacedCertificate.objects.create(certification=certification, file=former, report=before,
                                           replaced_at=timezone.now())
    certification.report, certification.certificate = report, None
    certification.row_version += 1
    certification.save(update_fields=["report", "certificate", "row_version"])
    note(certification, act, actor, certification.state, reason=reason,
         after={"state": certification.state, "report": report.number, "replaced": before.number,
                "replaced_certificate": former.sha256 if former else None})
    if certification.listing is not None:
        follow_report(listing=certification.listing, report=report, facts=identity_in(report.snapshot), actor=actor,
                      reason=public_reason)
    ask_for_certificate()


def supersede_predecessors(*, certification: Certification, actor: User) -> list[Certification]:
    """Supersede the valid certifications of the same device, in the transaction of the grant.

    The same device is the same record, tested again for a newer edition or firmware, or one that the company declared
    it to follow. A suspended one stays suspended:
    it was not replaced but doubted.
    """
    assert certification.listing is not None
    number = certification.listing.listing_number
    reason = (f"已由新的认证 {number} 替代。", f"Superseded by the new certification {number}.")
    found = []
    for older in valid_certifications_beside(certification.order):
        locked = lock(older)
        locked.superseded_by = certification
        found.append(move(locked, "supersede", actor, ["superseded_by"], public_reason=reason))
    return found
