"""Takes a file of results, and saves it whole or not at all once it was checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from celery import current_app
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from members.history.services import append_entry
from members.people.models import User
from members.people.states import Role
from products.equipment.models import Tool
from products.equipment.selectors import overdue_since
from products.files.services import kept_only_if_used, store_file
from products.orders.models import Order, PlanItem
from products.orders.selectors import versions_of
from products.orders.states import Inclusion
from products.results import errors
from products.results.models import Attempt, Exclusion, ImportJob, ImportRow, Slot
from products.results.permissions import can_record_results
from products.results.selectors import imports_given_up
from products.results.services.checking import check_import, claim
from products.results.services.guards import order_in_testing, require_right
from products.results.services.recording import batch_facts
from products.results.services.slots import note_recorded, recompute_slots
from products.results.states import IMPORT_TRIES, IN_FORCE, ImportState
from products.suites.states import ResultType
from wapicert.errors import DomainError
from wapicert.sheets import SheetUnreadable
from wapicert.texts import CODE, takes_text

TASK = "results.process_import"
# So small a file is checked, and saved, while its sender waits.
AT_ONCE_BYTES, AT_ONCE_ROWS = 200_000, 500
# Objects rather than keys, as the digest of the batch names what they are called.
COPIED = ("plan_item", "ordinal", "verdict", "values", "version", "tool", "performed_at", "remark")


@takes_text(common=CODE)
def start_import(
    *, upload: File[bytes] | None, actor: User, order: Order | None = None, common: dict[str, Any] | None = None
) -> ImportJob:
    """Keep a file of results and have it checked, at once if it is small; nothing is recorded yet.

    `common` holds hardware, firmware, tool and performed_at (ISO) for rows that leave them empty; `order` is that of
    rows that name none. Refuses whoever does not test, and everything that storing a file refuses.
    """
    may = can_record_results(actor, order) if order else Role.TE in actor.role_codes
    require_right(may, roles="TE")
    with transaction.atomic():
        stored = store_file(upload=upload, actor=actor)
        with kept_only_if_used(stored):
            job = ImportJob.objects.create(order=order, actor=actor, file=stored, common=common or {})
        if stored.size > AT_ONCE_BYTES:
            _enqueue(job)
    if stored.size <= AT_ONCE_BYTES:
        check_import(job_id=str(job.pk))
        job.refresh_from_db()
    return job


@transaction.atomic
def save_import(*, job: ImportJob, actor: User) -> ImportJob:
    """Save what was checked, at once if it is little, otherwise by the worker; only who brought the file may."""
    job = _lock(job, actor, ImportState.CHECKED)
    job.state = ImportState.SAVING
    job.save(update_fields=["state"])
    if job.kept <= AT_ONCE_ROWS:
        return _save(job)
    _enqueue(job)
    return job


@transaction.atomic
def discard_import(*, job: ImportJob, actor: User) -> ImportJob:
    """Give a checked file up: nothing of it is saved."""
    job = _lock(job, actor, ImportState.CHECKED)
    job.rows.all().delete()
    job.state, job.finished_at = ImportState.DISCARDED, timezone.now()
    job.save(update_fields=["state", "finished_at"])
    return job


@transaction.atomic
def retry_import(*, job: ImportJob, actor: User) -> ImportJob:
    """Check a file anew that was given up because every worker that took it broke off; for the quality manager.

    What was checked of it is thrown away; saving it stays with whoever brought it.
    """
    require_right(Role.QM in actor.role_codes, roles="QM")
    found = imports_given_up().select_for_update(of=("self",)).filter(pk=job.pk).first()
    if found is None:
        raise errors.ImportNotReady(field="state", extra={"state": job.state})
    found.rows.all().delete()
    found.state, found.tries, found.lease, found.finished_at = ImportState.QUEUED, 0, None, None
    found.looked = found.kept = found.fault_count = 0
    found.faults = []
    found.save(update_fields=["state", "tries", "lease", "finished_at", "looked", "kept", "fault_count", "faults"])
    _enqueue(found)
    return found


def process_import(*, job_id: str) -> None:
    """What the worker does with a file: check it, or save it; harmless when run twice."""
    if check_import(job_id=job_id) is not None:
        return
    job = claim(job_id, ImportState.SAVING)
    if job is not None:
        with transaction.atomic():
            _save(ImportJob.objects.select_for_update().get(pk=job.pk))


def requeue_lost_imports() -> int:
    """Send every file again whose worker or message was lost; how many. One that killed each worker is given up."""
    working = ImportJob.objects.filter(state__in=[ImportState.QUEUED, ImportState.SAVING])
    free = working.filter(Q(lease__isnull=True) | Q(lease__lt=timezone.now()))
    for job in free.filter(tries__gte=IMPORT_TRIES):
        _refuse(job, SheetUnreadable(field="file"))
    ids = [str(pk) for pk in free.filter(tries__lt=IMPORT_TRIES).values_list("pk", flat=True)]
    for job_id in ids:
        current_app.send_task(TASK, args=[job_id], retry=False)
    return len(ids)


def _enqueue(job: ImportJob) -> None:
    """Send it after commit; if the broker is down that is logged, and the sweep sends it."""
    def send() -> None:
        current_app.send_task(TASK, args=[str(job.pk)], retry=False)

    transaction.on_commit(send, robust=True)


def _lock(job: ImportJob, actor: User, state: ImportState) -> ImportJob:
    found = ImportJob.objects.select_for_update().get(pk=job.pk)
    require_right(found.actor_id == actor.pk and Role.TE in actor.role_codes, roles="TE")
    if found.state != state:
        raise errors.ImportNotReady(field="state", extra={"state": found.state})
    return found


def _save(job: ImportJob) -> ImportJob:
    """Record every row in this transaction; if one cannot be, none is, and the file says why."""
    orders = ImportRow.objects.filter(job=job).order_by().values("plan_item__order").distinct()
    try:
        with transaction.atomic():
            # In one order for everybody, so that two files never wait for each other.
            for order in Order.objects.filter(pk__in=orders).order_by("pk"):
                _save_order(job, order)
    except DomainError as fault:
        return _refuse(job, fault)
    job.rows.all().delete()
    job.state, job.saved, job.lease, job.finished_at = ImportState.SAVED, job.kept, None, timezone.now()
    job.save(update_fields=["state", "saved", "lease", "finished_at"])
    return job


def _save_order(job: ImportJob, order: Order) -> None:
    """The rows of one order as attempts, its slots and one history entry with the digest of the batch."""
    require_right(can_record_results(job.actor, order), roles="TE")
    locked = order_in_testing(order)
    rows = _rows_of(job, locked)
    slots = {slot.plan_item_id: slot for slot in Slot.objects.filter(plan_item__order=locked)}
    _refuse_overtaken(locked, rows, slots)
    now = timezone.now()
    attempts = Attempt.objects.bulk_create([
        Attempt(**{name: getattr(row, name) for name in COPIED}, recorded_at=now, recorded_by=job.actor,
                overdue_since=overdue_since(row.tool, timezone.localtime(row.performed_at).date()))
        for row in rows
    ], batch_size=500)
    note_recorded([(slots[attempt.plan_item_id], attempt) for attempt in attempts])
    derived = PlanItem.objects.filter(order=locked, inclusion=Inclusion.IN,
                                      item_version__result_type=ResultType.DERIVED)
    recompute_slots(order=locked, plan_item_ids=list(derived.values_list("pk", flat=True)))
    append_entry(chain=locked.chain, act="results.recorded", actor=job.actor, object_type="order",
                 object_id=locked.number,
                 after=batch_facts(attempts) | {"file": job.file.name, "sha256": job.file.sha256})


def _rows_of(job: ImportJob, order: Order) -> list[ImportRow]:
    """The rows of one order with what they name, of which there is little: read once, not joined to every row."""
    rows = list(ImportRow.objects.filter(job=job, plan_item__order=order))
    items = PlanItem.objects.filter(order=order).in_bulk([row.plan_item_id for row in rows])
    versions = {version.pk: version for version in versions_of(order)}
    tools = Tool.objects.in_bulk({row.tool_id for row in rows})
    for row in rows:
        row.plan_item, row.version, row.tool = items[row.plan_item_id], versions[row.version_id], tools[row.tool_id]
    return rows


def _refuse_overtaken(order: Order, rows: Iterable[ImportRow], slots: Mapping[int, Slot]) -> None:
    """Raise ImportOvertaken if an item was recorded or excluded after the file was checked."""
    in_force = Exclusion.objects.filter(plan_item__order=order).filter(state__in=IN_FORCE)
    excluded = set(in_force.values_list("plan_item_id", flat=True))
    codes = [row.plan_item.code for row in rows
             if row.plan_item_id in excluded or slots[row.plan_item_id].row_version != row.slot_version]
    if codes:
        shown = "、".join(codes[:20])
        raise errors.ImportOvertaken(errors.ImportOvertaken.message % {"items": shown}, field="file")


def _refuse(job: ImportJob, fault: DomainError) -> ImportJob:
    job.rows.all().delete()
    job.state, job.lease, job.finished_at = ImportState.FAULTY, None, timezone.now()
    job.faults = [{"line": None, "cell": "", "place": "", "item": "", "code": fault.code, "message": str(fault.message),
                   "remedy": str(fault.remedy)}]
    job.fault_count = 1
    job.save(update_fields=["state", "lease", "finished_at", "faults", "fault_count"])
    return job
