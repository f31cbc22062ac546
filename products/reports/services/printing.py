"""The worker's part: claim an authorised report, render it, store the bytes, issue it; harmless when run twice."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from members.people.models import User
from products.files.models import StoredFile
from products.files.services import kept_only_if_used, store_file
from products.orders.services import set_turn
from products.orders.states import Party, Stage
from products.reports.errors import NothingToRetry
from products.reports.models import Report
from products.reports.permissions import RETRY_ROLES, can_retry_rendering
from products.reports.rendering import render
from products.reports.selectors import photographs_of, renderings_to_send
from products.reports.services.amending import replace_predecessor
from products.reports.services.moves import lock_report, note, refuse, require_state, save
from products.reports.signing import sign_document, signs_documents
from products.reports.states import RENDERING_TRIES, WORKING, RenderingState, ReportState
from wapicert.database import quick_commit
from wapicert.errors import DomainError, InvalidInput
from wapicert.room import as_refusal

TASK = "reports.render_report"
FIRST_PAUSE = timedelta(seconds=10)
logger = logging.getLogger(__name__)


def enqueue(report: Report) -> None:
    """Send the rendering to the worker after commit; if the broker is down that is logged, and the sweep sends it."""
    def send() -> None:
        _send(str(report.pk))

    transaction.on_commit(send, robust=True)


def _send(report_id: str) -> None:
    current_app.send_task(TASK, args=[report_id], retry=False)


def preview_of(report: Report) -> bytes:
    """The report as it would be printed now, watermarked 草稿 on every page; never stored."""
    return render(report.snapshot, draft=True, photographs=photographs_of(report.snapshot))


def render_report(*, report_id: str) -> Report | None:
    """Render and issue one authorised report; None where another worker has it, it is done, or it failed.

    The bytes are stored before the row points at them; a failure is recorded on the row and tried again after a pause,
    up to RENDERING_TRIES times. What printing can never accept fails at once.
    """
    report = _claim(report_id)
    if report is None:
        return None
    try:
        content = render(report.snapshot, draft=False, photographs=photographs_of(report.snapshot))
        content = _signed(report, content)
        return _store_and_issue(report, ContentFile(content, name=f"{report.number}.pdf"))
    # Whatever goes wrong must be written where people see it, or the report would wait without a word.
    except Exception as error:
        logger.exception("Report %s could not be rendered", report.number)
        _note_failure(report, error)
        return None


@transaction.atomic
def _store_and_issue(claimed: Report, upload: ContentFile[bytes]) -> Report | None:
    """Store the bytes and issue the report with them, both or neither; None if the claim was lost meanwhile.

    The row is locked first, so that whoever is late stores nothing: the site's own role may not delete rows of files.
    """
    report = lock_report(claimed, without=("snapshot",))
    if not _is_still_ours(report, claimed):
        return None
    stored = store_file(upload=upload, actor=None, company=report.order.company)
    with kept_only_if_used(stored):
        _issue(report, stored)
    return report


def _claim(report_id: str) -> Report | None:
    """Take the row for the length of a lease; only one worker changes it."""
    now = timezone.now()
    lease = now + timedelta(seconds=settings.RENDERING_LEASE_SECONDS)
    with quick_commit():
        claimed = renderings_to_send(now).filter(pk=report_id, rendering_tries__lt=RENDERING_TRIES).update(
            rendering_state=RenderingState.RENDERING, rendering_lease=lease, rendering_tries=F("rendering_tries") + 1
        )
    return Report.objects.select_related("order__company").get(pk=report_id) if claimed == 1 else None


def _signed(report: Report, content: bytes) -> bytes:
    """The bytes with the signature; people who wait see that the report is being signed."""
    if not signs_documents():
        return content
    with quick_commit():
        _ours(report).update(rendering_state=RenderingState.SIGNING)
    return sign_document(content, reason=f"{report.number} 测试报告签发 Test report issued")


def _issue(report: Report, stored: StoredFile) -> None:
    """Point the locked row at the stored bytes, in the caller's transaction."""
    require_state("issue", report)
    report.file, report.state, report.issued_at = stored, ReportState.ISSUED, timezone.now()
    report.rendering_state, report.rendering_lease, report.rendering_error = RenderingState.STORED, None, ""
    save(report, "file", "state", "issued_at", "rendering_state", "rendering_lease", "rendering_error")
    note(report, report.order, "report.issued", None, before={"state": ReportState.AUTHORISED},
         after={"state": report.state, "number": report.number, "sha256": stored.sha256, "sm3": stored.sm3})
    replace_predecessor(report)
    # An order that was cancelled meanwhile has no turn to pass on; its report is issued all the same.
    # Nor has one whose decision stands: it goes back there, at once or when it is resumed.
    stage = report.order.held_stage if report.order.stage == Stage.ON_HOLD else report.order.stage
    if stage == Stage.REPORTING:
        set_turn(order=report.order, party=Party.DECISION)


def _is_still_ours(report: Report, claimed: Report) -> bool:
    return (report.state == ReportState.AUTHORISED and report.rendering_state in WORKING
            and report.rendering_tries == claimed.rendering_tries)


def _ours(claimed: Report) -> QuerySet[Report]:
    """The row, as long as the claim stands."""
    return Report.objects.filter(pk=claimed.pk, state=ReportState.AUTHORISED, rendering_state__in=WORKING,
                                 rendering_tries=claimed.rendering_tries)


def _note_failure(claimed: Report, error: Exception) -> None:
    """Queue the row again after a pause that doubles, or leave it failed where trying again is of no use."""
    is_final = isinstance(error, InvalidInput) or claimed.rendering_tries >= RENDERING_TRIES
    pause = FIRST_PAUSE * 2 ** (claimed.rendering_tries - 1)
    Report.objects.filter(pk=claimed.pk, state=ReportState.AUTHORISED, rendering_tries=claimed.rendering_tries).update(
        rendering_state=RenderingState.FAILED if is_final else RenderingState.QUEUED,
        rendering_lease=None if is_final else timezone.now() + pause, rendering_error=_words_for(error),
    )


def _words_for(error: Exception) -> str:
    error = as_refusal(error) or error
    if isinstance(error, DomainError):
        reason = error.extra.get("reason", "")
        return f"{error} {reason}".strip()
    return f"{type(error).__name__}: {error}"


def requeue_lost_renderings() -> int:
    """Send every waiting rendering whose worker or message was lost; returns how many were sent.

    One whose worker was lost as often as a rendering may be tried is left failed, for people to look at.
    """
    waiting = renderings_to_send()
    waiting.filter(rendering_tries__gte=RENDERING_TRIES).update(
        rendering_state=RenderingState.FAILED, rendering_lease=None,
        rendering_error=_("每次生成时工作进程均中断。"),
    )
    ids = [str(pk) for pk in waiting.values_list("pk", flat=True)]
    for report_id in ids:
        _send(report_id)
    return len(ids)


@transaction.atomic
def retry_rendering(*, report: Report, actor: User) -> Report:
    """Start a failed rendering again by hand, with all its tries."""
    report = lock_report(report)
    if not can_retry_rendering(actor, report):
        raise refuse(RETRY_ROLES)
    if report.state != ReportState.AUTHORISED or report.rendering_state != RenderingState.FAILED:
        raise NothingToRetry(field="rendering_state", extra={"rendering_state": report.rendering_state})
    report.rendering_state, report.rendering_tries, report.rendering_lease = RenderingState.QUEUED, 0, None
    report.rendering_error = ""
    save(report, "rendering_state", "rendering_tries", "rendering_lease", "rendering_error")
    note(report, report.order, "report.rendering_retried", actor, after={"number": report.number})
    enqueue(report)
    return report
