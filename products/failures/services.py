"""Starts again what failed, notes what people found, and keeps what the nightly check of storage found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F

from members.history.services import append_entry
from members.notices.models import Notice
from members.notices.services import retry_mail as retry_notice
from members.people.models import User
from products.failures.errors import CommentMissing, FailureGone, FailureNotYours, NotRetriedByHand
from products.failures.models import Acknowledgement, StorageFault
from products.failures.permissions import can_acknowledge_failure, can_retry_failure
from products.failures.selectors import Failure, failure_of, storage_lines
from products.failures.states import FailureKind
from products.reports.models import Report
from products.reports.services import retry_rendering
from products.results.models import ImportJob
from products.results.services import retry_import
from products.subscriptions.models import OutgoingMail
from products.subscriptions.services import retry_mail
from products.webhooks.models import Delivery
from products.webhooks.services import retry_delivery
from wapicert.texts import CODE, REASON, takes_text

CHAIN = "failures"
MAILS = frozenset({FailureKind.NOTICE, FailureKind.SUBSCRIPTION})
CERTIFICATES, STORAGE = "certification.issue_certificates", "failures.check_storage"
OPEN_DATA, HEADS = "open_data.publish_open_data", "history.record_heads"


@takes_text(kind=CODE, key=CODE)
@transaction.atomic
def retry_failure(*, kind: str, key: str, actor: User) -> Failure:
    """Start it again with all its tries, and write that into the history.

    Refuses what does not fail any more, so that two people who press at once start it once; what is still tried by
    itself; and whoever may not.
    """
    failure = _existing(kind, key)
    if not can_retry_failure(actor, failure):
        raise _refusal(actor, failure)
    RETRIES[failure.kind](failure, actor)
    append_entry(chain=CHAIN, act="failure.retried", actor=actor, object_type="failure",
                 object_id=f"{failure.kind}:{failure.key}",
                 before=_facts(failure) | {"tries": failure.tries})
    return failure


@takes_text(kind=CODE, key=CODE, comment=REASON)
@transaction.atomic
def acknowledge_failure(*, kind: str, key: str, comment: str, actor: User) -> Acknowledgement:
    """Note that a person saw this failure and what is done; the same words of the same person are noted once."""
    if not can_acknowledge_failure(actor):
        raise FailureNotYours(field="actor")
    failure, text = _existing(kind, key), comment.strip()
    if not text:
        raise CommentMissing(field="comment")
    noted = failure.acknowledgement
    if noted is not None and (noted.by_id, noted.comment) == (actor.pk, text):
        return noted
    row = Acknowledgement.objects.create(kind=failure.kind, key=failure.key, occurrence=failure.occurrence,
                                         comment=text, by=actor)
    append_entry(chain=CHAIN, act="failure.acknowledged", actor=actor, object_type="failure",
                 object_id=f"{failure.kind}:{failure.key}", before=_facts(failure), reason=text)
    return row


def check_storage() -> int:
    """Compare everything stored with its digests and keep what is wrong; how many faults. Harmless when repeated."""
    return note_storage_faults(lines=storage_lines())


def note_storage_faults(*, lines: Iterable[str]) -> int:
    """Keep the faults of one whole check; those that are mended go."""
    found = {line[:500] for line in lines}
    with transaction.atomic():
        StorageFault.objects.exclude(line__in=found).delete()
        StorageFault.objects.filter(line__in=found).update(times=F("times") + 1)
        StorageFault.objects.bulk_create([StorageFault(line=line) for line in sorted(found)], ignore_conflicts=True)
    return len(found)


def _facts(failure: Failure) -> dict[str, Any]:
    """What the history keeps of a failure; a mail's subject and the post office's answer may name its recipient."""
    return {} if failure.kind in MAILS else {"what": failure.what, "reason": failure.reason}


def _existing(kind: str, key: str) -> Failure:
    failure = failure_of(kind, key)
    if failure is None:
        raise FailureGone(field="key")
    return failure


def _refusal(actor: User, failure: Failure) -> FailureNotYours | NotRetriedByHand:
    return NotRetriedByHand(field="key") if can_acknowledge_failure(actor) else FailureNotYours(field="actor")


def _send(task: str) -> None:
    transaction.on_commit(lambda: current_app.send_task(task, retry=False), robust=True)


def _again(name: str) -> Callable[[Failure, User], Any]:
    return lambda failure, actor: _send(name)


RETRIES: dict[FailureKind, Callable[[Failure, User], Any]] = {
    FailureKind.REPORT: lambda one, actor: retry_rendering(report=Report.objects.get(pk=one.key), actor=actor),
    FailureKind.CERTIFICATE: _again(CERTIFICATES),
    FailureKind.IMPORT: lambda one, actor: retry_import(job=ImportJob.objects.get(pk=one.key), actor=actor),
    FailureKind.NOTICE: lambda one, actor: retry_notice(notice=Notice.objects.get(pk=one.key)),
    FailureKind.SUBSCRIPTION: lambda one, actor: retry_mail(mail=OutgoingMail.objects.get(pk=one.key)),
    FailureKind.WEBHOOK: lambda one, actor: retry_delivery(delivery=Delivery.objects.get(pk=one.key)),
    FailureKind.STORAGE: _again(STORAGE),
    FailureKind.OPEN_DATA: _again(OPEN_DATA),
    FailureKind.HEADS: _again(HEADS),
}
