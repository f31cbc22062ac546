"""What follows from elsewhere: an amended report takes its place, a newer certification supersedes an older one."""

from __future__ import annotations

from django.db import transaction

from members.people.models import User
from products.certification.models import Certification
from products.certification.selectors import certifications_with_replaced_reports, valid_certifications_beside
from products.certification.services.moves import lock, move, note
from products.listings.services import follow_report
from products.reports.selectors import issued_report


def follow_reports() -> int:
    """Point certifications and listings whose report was replaced at the report in force; returns how many.

    Each in a transaction of its own, harmless when run twice. Pages and answers derive the report in force anyway;
    this carries the new number into the register's search and its changes.
    """
    keys = list(certifications_with_replaced_reports().values_list("pk", flat=True))
    return sum(_follow(pk) for pk in keys)


@transaction.atomic
def _follow(pk: int) -> bool:
    certification = lock(Certification(pk=pk))
    report = issued_report(certification.order)
    if report is None or report.pk == certification.report_id:
        return False
    before = certification.report.number
    certification.report = report
    certification.row_version += 1
    certification.save(update_fields=["report", "row_version"])
    note(certification, "certification.report_followed", None, certification.state, reason=report.amendment_reason,
         after={"state": certification.state, "report": report.number, "replaced": before})
    if certification.listing is not None:
        follow_report(listing=certification.listing, report=report)
    return True


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
