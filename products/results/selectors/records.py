"""Records as pages list them by the hundred: read as plain rows, with what a second pair of eyes should look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from products.orders.models import Order
from products.results.models import Attempt, AttemptAct, Evidence
from products.results.states import AttemptState, state_after
from products.suites.models import ItemVersion

COLUMNS = (
    "pk", "plan_item_id", "plan_item__item_version_id", "ordinal", "revision", "verdict", "values",
    "version__hardware__version", "version__firmware__version", "tool__number", "remark", "overdue_since",
    "performed_at", "recorded_at", "recorded_by_id", "recorded_by__name",
)


@dataclass(slots=True)
class Record:
    """One attempt with what its row shows; `before` is the record of the same item that came before it."""

    pk: int
    plan_item_id: int
    item: ItemVersion
    ordinal: int
    revision: int
    verdict: str
    values: dict[str, dict[str, str]]
    hardware: str
    firmware: str
    tool: str
    remark: str
    overdue_since: date | None
    performed_at: datetime
    recorded_at: datetime
    recorder_id: int
    recorder: str
    state: AttemptState = AttemptState.SUBMITTED
    before: Record | None = None
    # Pieces of evidence on the record, or on its item as a whole.
    pieces: int = 0
    # Everybody who recorded a revision of this test (S1).
    recorders: set[int] = field(default_factory=set)


def records_of(order: Order) -> list[Record]:
    """All records of an order in the order of its plan, the oldest test first; six queries."""
    items = ItemVersion.objects.filter(pk__in=order.plan.values("item_version")).prefetch_related("measurements")
    versions = {item.pk: item for item in items}
    rows = Attempt.objects.filter(plan_item__order=order).order_by("plan_item__position", "ordinal", "revision")
    records = [_record(row, versions) for row in rows.values_list(*COLUMNS)]
    _add_states(records, order)
    _add_pieces(records, order)
    _add_neighbours(records)
    return records


def _record(row: Any, versions: dict[int, ItemVersion]) -> Record:
    """A row of COLUMNS, its item among those that were read once."""
    pk, plan_item, version, *rest = row
    return Record(pk, plan_item, versions[version], *rest)


def _add_states(records: Iterable[Record], order: Order) -> None:
    acts = AttemptAct.objects.filter(attempt__plan_item__order=order).order_by("id")
    newest = dict(acts.values_list("attempt_id", "kind"))
    for record in records:
        if kind := newest.get(record.pk):
            record.state = state_after(kind)


def _add_pieces(records: Iterable[Record], order: Order) -> None:
    """Evidence of the record itself, and evidence of the item that names no record."""
    pieces = Evidence.objects.filter(order=order, plan_item__isnull=False)
    count = Counter[tuple[int | None, int | None]](pieces.values_list("plan_item_id", "attempt_id"))
    for record in records:
        record.pieces = count[record.plan_item_id, record.pk] + count[record.plan_item_id, None]


def _add_neighbours(records: Iterable[Record]) -> None:
    before: dict[int, Record] = {}
    recorders: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for record in records:
        record.before = before.get(record.plan_item_id)
        before[record.plan_item_id] = record
        record.recorders = recorders[record.plan_item_id, record.ordinal]
        record.recorders.add(record.recorder_id)


def shown_values(record: Record) -> list[tuple[Any, str, str]]:
    """The measured values of a record in the item's order: measurement, value, unit."""
    return [(row, record.values[row.key]["value"], record.values[row.key].get("unit", ""))
            for row in record.item.measurements.all() if row.key in record.values]
