"""Compiling, checking and returning a report, up to its authorisation."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from members.people.models import User
from products.orders.models import Order
from products.orders.services import leave_reporting, set_turn, start_reporting
from products.orders.states import Party, Stage
from products.reports.errors import (
    CompilerMayNotCheck,
    ElementsMissing,
    NeedsRecompiling,
    NotCompiled,
    NotForReporting,
    OrderOnHold,
    ReportInWork,
    ResultsMoved,
)
from products.reports.models import Report
from products.reports.rendering import made_with, printable, require_glyphs
from products.reports.selectors import changes_between, missing_elements, shown_code, snapshot_of, with_check_character
from products.reports.selectors.codes import ALPHABET, RANDOM_LENGTH
from products.reports.services.moves import (
    lock_report,
    note,
    require_reason,
    require_role,
    require_state,
    save,
    signature,
)
from products.reports.services.standing import require_standing
from products.reports.states import TEMPLATE_VERSION, Conclusion, ReportState
from products.results.selectors import has_moved_since
from products.rework.services import settle_order
from wapicert.canonical import digest_of, plain
from wapicert.texts import REASON, takes_text

# Beside these no report is compiled anew; an issued one has to be amended.
COUNTING = [ReportState.CHECKED, ReportState.AUTHORISED, ReportState.ISSUED]


@transaction.atomic
def compile_report(*, order: Order, actor: User, row_version: int | None = None) -> Report:
    """Compile the order's report from what stands now, or compile its draft anew with the next revision.

    The order moves to reporting. Refuses whoever is no tester, an order whose results are not complete, a report that
    is checked, authorised or issued already, and characters that cannot be printed.
    """
    require_role("compile", actor, order)
    order = Order.objects.select_for_update(of=("self",)).select_related("company", "device__device_type",
                                                                         "edition").get(pk=order.pk)
    if order.stage not in (Stage.COMPLETE, Stage.REPORTING):
        raise NotForReporting(field="order", extra={"stage": order.stage})
    report = _draft_of(order, row_version)
    order = report.order = start_reporting(order=order, actor=actor)
    fill(report, order, actor)
    report.save()
    note(report, order, "report.compiled", actor,
         after={"revision": report.revision, "conclusion": report.conclusion, "snapshot": report.snapshot_sha256})
    return report


def _draft_of(order: Order, row_version: int | None) -> Report:
    """The order's draft, locked and raised to the next revision, or a new one; refuses beside a report that counts."""
    draft = order.reports.filter(state=ReportState.DRAFT).first()
    counting = order.reports.filter(state__in=COUNTING if draft is None else COUNTING[:2]).first()
    if counting is not None:
        raise ReportInWork(field="order", extra={"report": str(counting.pk), "state": counting.state})
    if draft is None:
        return new_draft(order, revision=1)
    draft = lock_report(draft, row_version)
    draft.revision += 1
    return draft


def new_draft(order: Order, **facts: Any) -> Report:
    """A draft that is not saved yet; revision 0 waits for its compiler."""
    return Report(order=order, verification_code=new_verification_code(), row_version=0,
                  is_demonstration=order.is_demonstration, **{"revision": 0} | facts)


def new_verification_code() -> str:
    """Twelve characters from the system's secure source, and the check character; about 59 bits."""
    return with_check_character("".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH)))


def address_of(code: str) -> str:
    """Where the QR code leads: always the public site, never the host that was asked. Empty without PUBLIC_URL."""
    return f"{settings.PUBLIC_URL}/v/{code}/" if settings.PUBLIC_URL else ""


def fill(report: Report, order: Order, actor: User) -> None:
    """Write the snapshot of now into the draft; that of an amendment tells what changed since the report before."""
    report.compiled_by, report.compiled_at = actor, timezone.now()
    report.checked_by = report.checked_at = None
    report.return_reason = ""
    report.template_version = TEMPLATE_VERSION
    report.row_version += 1
    facts = corrected(snapshot_of(order), report.corrections)
    head = _head(report) | _amendment(report, facts)
    snapshot = printable(facts | {"report": head, "made_with": made_with()})
    snapshot["people"]["compiled"] = signature(actor, report.compiled_at)
    require_glyphs(snapshot)
    report.conclusion = Conclusion(snapshot["conclusion"]["code"])
    report.snapshot, report.snapshot_sha256 = snapshot, digest_of(snapshot)


def _head(report: Report) -> dict[str, Any]:
    """What the report says about itself; number, date of issue and the moment of authorisation come later."""
    code = report.verification_code
    return {"number": None, "revision": report.revision, "issued_on": None, "authorised_at": None,
            "compiled_at": timezone.localtime(report.compiled_at).isoformat(timespec="seconds"),
            "verification_code": code, "code_shown": shown_code(code), "address": address_of(code),
            "replaces": None, "amendment_reason": report.amendment_reason, "changes": [],
            "is_demonstration": report.is_demonstration}


def _amendment(report: Report, facts: dict[str, Any]) -> dict[str, Any]:
    """Which report is replaced and what changed since; nothing for a first report."""
    old = report.replaces
    if old is None or old.issued_on is None:
        return {}
    # Compared as it will be printed: dates and decimals as JSON holds them.
    return {"replaces": {"number": old.number, "issued_on": old.issued_on.isoformat()},
            "changes": changes_between(old.snapshot, plain(printable(facts)))}


def corrected(snapshot: dict[str, Any], corrections: dict[str, str]) -> dict[str, Any]:
    """The snapshot with the facts that the signatory corrected; a row that is gone takes no correction."""
    for path, text in corrections.items():
        *way, last = path.split(".")
        place: Any = snapshot
        for key in way:
            place = place[int(key)] if isinstance(place, list) and int(key) < len(place) else (
                place.get(key) if isinstance(place, dict) else None)
        if isinstance(place, dict):
            place[last] = text
    return snapshot


@transaction.atomic
def check_report(*, report: Report, actor: User, row_version: int | None = None) -> Report:
    """Check a draft (审核); the turn passes to the signatory.

    Refuses whoever is no verifier or compiled it (S10), a draft that was returned and not compiled anew, and one that
    lacks elements, with the list of what is missing.
    """
    report = lock_report(report, row_version)
    require_role("check", actor, report.order)
    require_state("check", report)
    if report.compiled_by_id == actor.pk:
        raise CompilerMayNotCheck(field="actor")
    require_current(report)
    report.checked_by, report.checked_at = actor, timezone.now()
    report.snapshot["people"]["checked"] = signature(actor, report.checked_at)
    require_elements(report.snapshot, up_to="check")
    report.snapshot_sha256 = digest_of(report.snapshot)
    report.state = ReportState.CHECKED
    save(report, "checked_by", "checked_at", "snapshot", "snapshot_sha256", "state")
    note(report, report.order, "report.checked", actor, before={"state": ReportState.DRAFT},
         after={"state": report.state, "snapshot": report.snapshot_sha256})
    set_turn(order=report.order, party=Party.SIGNATORY)
    return report


def require_current(report: Report) -> None:
    """Refuse a draft whose order left reporting, whose results moved or were doubted since, or with an open point."""
    if report.order.stage == Stage.ON_HOLD:
        raise OrderOnHold(field="state", extra={"stage": report.order.stage})
    if report.order.stage != Stage.REPORTING:
        kind = NotCompiled if report.revision == 0 else NeedsRecompiling
        raise kind(field="state", extra={"stage": report.order.stage})
    if has_moved_since(report.order, report.compiled_at):
        raise ResultsMoved(field="state", extra={"stage": report.order.stage})
    require_standing(report.order, report)


def require_elements(snapshot: dict[str, Any], *, up_to: str) -> None:
    """Raise ElementsMissing with one row per element that the report lacks."""
    if missing := missing_elements(snapshot, up_to=up_to):
        rows = [{"field": row["element"], "code": ElementsMissing.code, **row} for row in missing]
        raise ElementsMissing(field="snapshot", rows=rows)


@takes_text(reason=REASON)
@transaction.atomic
def return_report(*, report: Report, actor: User, reason: str, row_version: int | None = None) -> Report:
    """Return a draft or checked report with a reason; the order leaves reporting, so that results can be corrected."""
    report = lock_report(report, row_version)
    require_role("return", actor, report.order)
    require_state("return", report)
    before = report.state
    report.return_reason = require_reason(reason)
    if report.order.stage == Stage.ON_HOLD:
        raise OrderOnHold(field="state", extra={"stage": report.order.stage})
    if report.order.stage != Stage.REPORTING:
        raise NeedsRecompiling(field="state", extra={"stage": report.order.stage})
    report.checked_by = report.checked_at = None
    report.snapshot["people"]["checked"] = None
    report.snapshot_sha256 = digest_of(report.snapshot)
    report.state = ReportState.DRAFT
    save(report, "return_reason", "checked_by", "checked_at", "snapshot", "snapshot_sha256", "state")
    note(report, report.order, "report.returned", actor, before={"state": before}, after={"state": report.state},
         reason=report.return_reason)
    leave_reporting(order=report.order, actor=actor, reason=report.return_reason)
    # What was thrown out while the report was in work is tested again before it is compiled anew.
    settle_order(order=report.order)
    return report
