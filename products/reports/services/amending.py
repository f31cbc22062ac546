"""Amending an issued report: its successor is opened, and takes its place when it is issued."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext as _

from members.access.services import require_signature
from members.people.models import User
from products.orders.services import end_amendment, start_amendment
from products.reports.errors import CorrectionUnknown, NotForAmending, ReportInWork
from products.reports.models import Report
from products.reports.selectors import report_in_work
from products.reports.services.drafting import fill, new_draft
from products.reports.services.moves import (
    lock_report,
    note,
    require_reason,
    require_role,
    require_state,
    save,
    tell_holders,
)
from products.reports.states import AMENDABLE, CORRECTABLE, ReportState
from products.rework.services import settle_order
from wapicert.texts import LONG, REASON, takes_text

LONGEST_CORRECTION = 400
FOLLOW_TASK = "certification.follow_reports"


@takes_text(reason=REASON, corrections=LONG)
@transaction.atomic
def amend_report(
    *, report: Report, actor: User, reason: str, password: str, corrections: Mapping[str, str] | None = None,
    second_factor: str = "", row_version: int | None = None,
) -> Report:
    """Open the successor of an issued report and return it; the old one stays in force until the new one is issued.

    The order goes back to "complete", so that results can be corrected; a tester then compiles the successor, and it
    is checked and authorised like any other. `corrections` are facts that it prints otherwise than they were declared
    (reports.states.CORRECTABLE). Refuses whoever is no signatory or gives a wrong password, a report that is not in
    force, and one whose successor is already in work.
    """
    report = lock_report(report, row_version)
    require_role("amend", actor, report.order)
    require_state("amend", report)
    reason = require_reason(reason)
    corrections = require_corrections(report.snapshot, corrections or {})
    require_signature(user=actor, password=password, second_factor=second_factor)
    if (other := report_in_work(report.order)) is not None:
        raise ReportInWork(field="report", extra={"report": str(other.pk), "state": other.state})
    if report.order.stage not in AMENDABLE:
        raise NotForAmending(field="order", extra={"stage": report.order.stage})
    order = start_amendment(order=report.order, actor=actor, reason=reason)
    successor = new_draft(order, replaces=report, amendment_reason=reason, corrections=corrections)
    fill(successor, order, actor)
    successor.save(force_insert=True)
    note(successor, order, "report.amendment_opened", actor, reason=reason,
         after={"replaces": report.number, "corrections": corrections, "snapshot": successor.snapshot_sha256})
    # What was invalidated after the issue has to be tested again before the successor can be compiled.
    successor.order = settle_order(order=order)
    return successor


def require_corrections(snapshot: Mapping[str, Any], corrections: Mapping[str, str]) -> dict[str, str]:
    """The corrections without blanks around them and without those that change nothing; raises CorrectionUnknown."""
    kept = {path: text.strip() for path, text in corrections.items()}
    for path, text in kept.items():
        if re.sub(r"\.\d+\.", ".#.", path) not in CORRECTABLE or not _exists(snapshot, path):
            raise CorrectionUnknown(field="corrections", extra={"path": path})
        if len(text) > LONGEST_CORRECTION:
            message = _("内容过长：最多%(limit)d个字符。") % {"limit": LONGEST_CORRECTION}
            raise CorrectionUnknown(message, field="corrections", extra={"path": path})
    return {path: text for path, text in kept.items() if text}


def _exists(snapshot: Any, path: str) -> bool:
    for key in path.split("."):
        if isinstance(snapshot, list):
            if not (key.isdecimal() and key.isascii() and int(key) < len(snapshot)):
                return False
            snapshot = snapshot[int(key)]
        elif not isinstance(snapshot, Mapping) or key not in snapshot:
            return False
        else:
            snapshot = snapshot[key]
    return True


def replace_predecessor(report: Report) -> None:
    """The part of issuing that concerns an amended report: in the same transaction its predecessor is replaced.

    The order goes back to where it stood before the amendment.
    """
    if report.replaces_id is None:
        return
    old = lock_report(Report(pk=report.replaces_id, order_id=report.order_id))
    # One that was withdrawn meanwhile stays withdrawn; its successor still names it.
    if old.state == ReportState.ISSUED:
        old.state = ReportState.REPLACED
        save(old, "state")
        note(old, report.order, "report.replaced", None, before={"state": ReportState.ISSUED},
             after={"state": old.state, "number": old.number, "replaced_by": report.number})
        tell_holders(old, "report.replaced", successor=report.number, reason=report.amendment_reason)
    report.order = end_amendment(order=report.order)
    transaction.on_commit(_tell_register, robust=True)


def _tell_register() -> None:
    """Certification and listing stand above reports: their task points them at the report in force."""
    current_app.send_task(FOLLOW_TASK, retry=False)
