"""Reads what failed and needs a person, from the states of the rows that failed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from members.history.selectors import faults_in_register, heads_late_since
from members.notices.rendering import words_of
from members.notices.selectors import notices_given_up
from products.certification.selectors import certifications_without_certificate
from products.failures.models import Acknowledgement, StorageFault
from products.failures.states import FailureKind
from products.files.selectors import files_not_as_stored
from products.open_data.selectors import release_that_failed
from products.reports.models import Report
from products.reports.selectors import reports_not_as_issued
from products.reports.states import WORKING, RenderingState, ReportState
from products.results.selectors import attempts_not_as_recorded, imports_given_up
from products.subscriptions.selectors import mails_given_up
from products.webhooks.selectors import deliveries_given_up

# A certificate is made within a minute; one that is missing for so long does not come by itself.
CERTIFICATE_MINUTES = 10
# A rendering that was sent so often and is still not there is shown while it is tried.
OFTEN = 2


@dataclass(frozen=True)
class Failure:
    """One thing that failed: what, since when, why, how often it was tried, and what a person can do."""

    kind: FailureKind
    key: str
    what: str
    since: datetime
    reason: str
    tries: int | None
    # Whether a person can start it again; otherwise it is still tried by itself.
    is_given_up: bool
    order: str = ""
    acknowledgement: Acknowledgement | None = None

    @property
    def occurrence(self) -> str:
        """What tells this failure from the next one of the same thing."""
        text = f"{self.since.isoformat()} {self.reason} {self.is_given_up}"
        return hashlib.sha256(text.encode()).hexdigest()


def failures() -> list[Failure]:
    """Everything that failed, the longest waiting first, each with the acknowledgement of this occurrence."""
    found = [one for kind in FailureKind for one in SOURCES[kind]()]
    noted: dict[tuple[str, str, str], Acknowledgement] = {}
    for row in Acknowledgement.objects.filter(key__in=[one.key for one in found]).select_related("by").order_by("id"):
        noted[row.kind, row.key, row.occurrence] = row
    shown = [replace(one, acknowledgement=noted.get((one.kind, one.key, one.occurrence))) for one in found]
    return sorted(shown, key=lambda one: (one.acknowledgement is not None, one.since, one.key))


def failure_of(kind: str, key: str) -> Failure | None:
    """The failure by its kind and key, while it lasts."""
    return next((one for one in failures() if (one.kind, one.key) == (kind, key)), None)


def storage_lines() -> Iterator[str]:
    """A line for each file, report, batch of results and row of the register that is not what it was.

    Reads every byte.
    """
    yield from (f"file {row.pk} {row.name}: {fault}" for row, fault in files_not_as_stored())
    yield from (f"report {report.number}: {fault}" for report, fault in reports_not_as_issued())
    for order, attempts in attempts_not_as_recorded():
        items = ", ".join(f"{row.plan_item.code} #{row.ordinal}.{row.revision} (id {row.pk})" for row in attempts)
        yield f"results {order.number}: {items or 'a recorded batch is gone'}"
    yield from (f"register {fault}" for fault in faults_in_register())


def _reports() -> Iterator[Failure]:
    waiting = Report.objects.filter(state=ReportState.AUTHORISED).select_related("order").defer("snapshot")
    failed = waiting.filter(rendering_state=RenderingState.FAILED)
    slow = waiting.filter(rendering_state__in=[RenderingState.QUEUED, *WORKING], rendering_tries__gte=OFTEN)
    for row in (failed | slow).order_by("authorised_at"):
        reason = row.rendering_error or _("工作进程多次中断，系统仍在自动重试。")
        yield Failure(FailureKind.REPORT, str(row.pk), row.number or row.order.number,
                      row.authorised_at or row.compiled_at, reason, row.rendering_tries,
                      row.rendering_state == RenderingState.FAILED, row.order.number)


def _certificates() -> Iterator[Failure]:
    before = timezone.now() - timedelta(minutes=CERTIFICATE_MINUTES)
    for row in certifications_without_certificate().filter(decided_at__lt=before):
        number = row.listing.listing_number if row.listing else row.order.number
        yield Failure(FailureKind.CERTIFICATE, str(row.pk), number, row.decided_at or row.state_since,
                      _("授予后证明仍未生成；系统每分钟重试，详情见工作进程的日志。"), None, True, row.order.number)


def _imports() -> Iterator[Failure]:
    for row in imports_given_up():
        said = "；".join(str(fault.get("message", "")) for fault in row.faults[:1])
        yield Failure(FailureKind.IMPORT, str(row.pk), row.file.name, row.created_at,
                      said or _("每次处理时工作进程均中断。"), row.tries, True, row.order.number if row.order else "")


def _notices() -> Iterator[Failure]:
    for row in notices_given_up():
        what = _("“%(subject)s”，收件人 %(number)s") % {
            "subject": words_of(row).subject, "number": row.recipient.staff_number}
        reason = (_("邮件服务器没有接受：%(error)s") % {"error": row.mail_error} if row.mail_error
                  else _("邮件服务器没有接受。"))
        yield Failure(FailureKind.NOTICE, str(row.pk), what, row.created_at, reason, row.mail_tries, True)


def _subscriptions() -> Iterator[Failure]:
    for row in mails_given_up():
        yield Failure(FailureKind.SUBSCRIPTION, str(row.pk), _("第%(number)s封订阅邮件") % {"number": row.pk},
                      row.created_at, _("邮件服务器没有接受。"), row.tries, True)


def _webhooks() -> Iterator[Failure]:
    for row in deliveries_given_up():
        what = f"{row.webhook.company.number} · {row.get_event_display()} · {row.event_id}"
        yield Failure(FailureKind.WEBHOOK, str(row.pk), what, row.occurred_at,
                      _("接收方没有接受：%(error)s") % {"error": row.error or "–"}, row.tries, True)


def _storage() -> Iterator[Failure]:
    for row in StorageFault.objects.order_by("found_at", "pk"):
        yield Failure(FailureKind.STORAGE, str(row.pk), row.line, row.found_at,
                      _("内容与存档时的摘要不符，或文件已不存在。请停止使用，并从备份恢复。"), row.times, True)


def _open_data() -> Iterator[Failure]:
    if (row := release_that_failed()) is not None:
        yield Failure(FailureKind.OPEN_DATA, str(row.pk), _("开放数据"), row.started_at,
                      _("最近一次发布没有完成，公开的仍是上一次的数据；系统每晚重试，详情见工作进程的日志。"), None,
                      True)


def _heads() -> Iterator[Failure]:
    if (since := heads_late_since()) is not None:
        yield Failure(FailureKind.HEADS, "heads", str(settings.HEADS_ROOT.name), since,
                      _("历史链头未能存放到数据库之外；系统每天重试，详情见工作进程的日志。请检查磁盘空间。"), None,
                      True)


SOURCES: dict[FailureKind, Callable[[], Iterable[Any]]] = {
    FailureKind.REPORT: _reports, FailureKind.CERTIFICATE: _certificates, FailureKind.IMPORT: _imports,
    FailureKind.NOTICE: _notices, FailureKind.SUBSCRIPTION: _subscriptions, FailureKind.WEBHOOK: _webhooks,
    FailureKind.STORAGE: _storage, FailureKind.OPEN_DATA: _open_data, FailureKind.HEADS: _heads,
}
