"""Checks a file of results piece by piece: what is right waits as rows to be saved, what is wrong is named by cell."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from products.orders.models import Order
from products.orders.selectors import orders_visible_to
from products.orders.states import Stage
from products.results import errors
from products.results.models import ImportJob, ImportRow
from products.results.permissions import can_record_results
from products.results.selectors.sheets import COLUMNS, Line, entered_row, lines_of
from products.results.services.rows import Desk, Draft, check_row, desk_for
from products.results.services.slots import open_slots
from products.results.states import IMPORT_TRIES, ImportState
from wapicert.errors import DomainError
from wapicert.sheets import Account, CellOutside, text_in

# Lines that are checked and kept in one transaction: what a killed worker loses, and what memory holds at a time.
PIECE = 2000
MOST_FAULTS = 200
LEASE = timedelta(seconds=60)


def check_import(*, job_id: str) -> ImportJob | None:
    """Check a file from where an earlier run ended; None where another worker has it or there is nothing to do.

    Every piece is one transaction: rows, faults and how far it came. At the end the file can be saved, or its faults
    are kept and its rows are gone.
    """
    job = claim(job_id, ImportState.QUEUED)
    if job is None:
        return None
    # An earlier run is read through again up to where it ended, so the account is whole.
    account = Account()
    try:
        with job.file.content.open("rb") as content:
            if not job.total:
                job.total = sum(piece.count(b"\n") for piece in content.chunks()) if _is_text(job) else 0
            extension = job.file.name.rpartition(".")[2].lower()
            job.encoding, lines = lines_of(content.file, extension, account)
            checker = Checker(job)
            with closing(lines):
                for piece in _pieces(line for line in lines if line.number > job.looked):
                    checker.check(piece)
        if not job.kept and not job.fault_count:
            raise errors.SheetEmpty(field="file")
    except DomainError as fault:
        job.faults = [_told(fault, line=None, cell="", place="", item=""), *job.faults]
        job.fault_count += 1
    job.left_out = account.entries
    return _finish(job)


def claim(job_id: str, state: ImportState) -> ImportJob | None:
    """Take the job for the length of a lease, if it waits in this state; only one worker changes the row."""
    now = timezone.now()
    free = ImportJob.objects.filter(Q(lease__isnull=True) | Q(lease__lt=now), pk=job_id, state=state,
                                    tries__lt=IMPORT_TRIES)
    if free.update(lease=now + LEASE, tries=F("tries") + 1) != 1:
        return None
    return ImportJob.objects.select_related("actor", "file", "order").get(pk=job_id)


def _is_text(job: ImportJob) -> bool:
    return job.file.media_type.startswith("text/")


def _pieces(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while piece := list(itertools.islice(lines, PIECE)):
        yield piece


@transaction.atomic
def _finish(job: ImportJob) -> ImportJob:
    job.state = ImportState.FAULTY if job.fault_count else ImportState.CHECKED
    job.lease, job.tries = None, 0
    job.tally = dict(job.rows.order_by().values_list("verdict").annotate(Count("pk")))
    if job.fault_count:
        job.rows.all().delete()
        job.finished_at = timezone.now()
    job.save(update_fields=["state", "lease", "tries", "faults", "fault_count", "encoding", "finished_at", "tally",
                            "left_out"])
    return job


class Checker:
    """Checks pieces of one file; remembers orders and which items were seen, so that none comes twice."""

    def __init__(self, job: ImportJob) -> None:
        self.job = job
        self.orders: dict[str, Order | DomainError] = {}
        self.seen = set(job.rows.values_list("plan_item_id", flat=True))

    @transaction.atomic
    def check(self, lines: Sequence[Line]) -> None:
        """Check and keep one piece, and note how far the file is."""
        by_order: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            try:
                by_order[text_in(line.cells.get("order"))].append(line)
            except DomainError as fault:
                self._fault(line, [("order", fault)], [])
        rows: list[ImportRow] = []
        for number, group in by_order.items():
            rows += self._check_group(number, group)
        ImportRow.objects.bulk_create(rows, batch_size=500)
        job = self.job
        job.looked, job.kept, job.lease = lines[-1].number, job.kept + len(rows), timezone.now() + LEASE
        # A worker that lives goes on for as long as it takes; tries count those that were killed at one place.
        job.tries = 1
        job.save(update_fields=["looked", "kept", "lease", "tries", "total", "faults", "fault_count"])

    def _check_group(self, number: str, lines: Sequence[Line]) -> list[ImportRow]:
        order = self.orders.get(number) or self._find(number)
        self.orders[number] = order
        if isinstance(order, DomainError):
            self._fault(lines[0], [("order", order)], [])
            return []
        common = self.job.common
        named = [{"item": line.text_of("item"), "tool": line.text_of("tool") or common.get("tool")} for line in lines]
        desk = desk_for(order, self.job.actor, named)
        return [row for line in lines if (row := self._check_line(desk, line))]

    def _find(self, number: str) -> Order | DomainError:
        """The order of rows that name this number, open for results by this person; or why it is not."""
        order = orders_visible_to(self.job.actor).filter(number=number).first() if number else self.job.order
        if order is None:
            return errors.OrderUnknown(field="order")
        if not can_record_results(self.job.actor, order):
            return errors.NotPermitted(field="order")
        if order.stage != Stage.TESTING:
            return errors.OrderNotInTesting(field="order")
        open_slots(order=order)
        return order

    def _check_line(self, desk: Desk, line: Line) -> ImportRow | None:
        item = desk.plan.get(line.text_of("item"))
        asked = list(item.item_version.measurements.all()) if item else []
        given, cells = entered_row(line, self.job.common, asked)
        draft = check_row(desk, given)
        # A cell that could not be read is named once, as itself.
        unread = {name for name, _fault in cells}
        draft.faults = [fault for fault in draft.faults if fault.field not in unread]
        if draft.item is not None and draft.item.pk in self.seen:
            draft.faults.append(errors.DuplicateItem(field="item"))
        if cells or draft.faults or line.outside:
            keys = [one.key for one in asked]
            self._fault_outside(line)
            self._fault(line, cells + [(_column(fault.field, keys), fault) for fault in draft.faults], keys)
            return None
        assert draft.item is not None
        self.seen.add(draft.item.pk)
        return self._row(desk, line, draft)

    def _row(self, desk: Desk, line: Line, draft: Draft) -> ImportRow:
        assert draft.item is not None
        assert draft.performed_at is not None
        assert draft.version is not None
        assert draft.tool is not None
        # By keys, which Django sets five times as fast as objects.
        return ImportRow(
            job_id=self.job.pk, line=line.number, plan_item_id=draft.item.pk, slot_version=draft.item.slot.row_version,
            ordinal=desk.ordinals.get(draft.item.pk, 0) + 1, verdict=str(draft.verdict), values=draft.values,
            version_id=draft.version.pk, tool_id=draft.tool.pk, performed_at=draft.performed_at,
            remark=str(draft.given.get("remark") or ""),
        )

    def _fault(self, line: Line, faults: Iterable[tuple[str, DomainError]], keys: Sequence[str]) -> None:
        for column, fault in faults:
            self._tell(line, fault, COLUMNS.get(column, (column,))[0], line.name_of(column))

    def _fault_outside(self, line: Line) -> None:
        """Cells under no head, of which nobody knows what they mean."""
        for cell in line.outside:
            self._tell(line, CellOutside(shown=str(cell.value)[:40]), "", cell.name)

    def _tell(self, line: Line, fault: DomainError, column: str, place: str) -> None:
        self.job.fault_count += 1
        if len(self.job.faults) < MOST_FAULTS:
            self.job.faults.append(_told(fault, line=line.number, cell=column, place=place,
                                         item=line.text_of("item")[:20]))


def _column(field: str | None, keys: Sequence[str]) -> str:
    """The column of a fault's field: values stand by their place in the item."""
    parts = (field or "item").split(".")
    if parts[0] != "values" or len(parts) < 2:
        return parts[0] if parts[0] in COLUMNS else "item"
    place = keys.index(parts[1]) + 1 if parts[1] in keys else parts[1].removeprefix("value")
    return f"{'unit' if parts[-1] == 'unit' and len(parts) > 2 else 'value'}{place}"


def _told(fault: DomainError, *, line: int | None, cell: str, place: str, item: str) -> dict[str, Any]:
    return {"line": line, "cell": cell, "place": place, "item": item, "code": fault.code, "message": str(fault.message),
            "remedy": str(fault.remedy)}
