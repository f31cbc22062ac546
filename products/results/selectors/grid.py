"""The bench's grid as plain facts: a row per planned item with its newest record, whatever lies behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from products.orders.models import Order, PlanItem
from products.orders.states import Inclusion
from products.results.models import Attempt, AttemptAct, Evidence, Exclusion, Slot
from products.results.states import IN_FORCE, AttemptState, SlotState, Verdict
from products.suites.models import Measurement
from products.suites.states import ResultType


class AskedValue(NamedTuple):
    """A value that an item asks for."""

    key: str
    name_zh: str
    name_en: str
    type: str
    unit: str
    choices: list[str] | None
    comparator: str
    limit: Decimal | None


class Newest(NamedTuple):
    """The newest record of an item: what, on which versions, with what, by whom, when."""

    id: int
    ordinal: int
    revision: int
    verdict: str
    values: dict[str, dict[str, str]]
    remark: str
    hardware: str
    firmware: str
    tool: str
    performed_at: datetime
    recorded_at: datetime
    recorded_by: str
    recorder_id: int


@dataclass(slots=True)
class GridRow:
    """One planned item as the grid shows it; `comment` says why its newest record was returned or is in doubt."""

    plan_item_id: int
    item_version_id: int
    code: str
    name_zh: str
    name_en: str
    category: str
    origin: str
    result_type: str
    state: str
    verdict: str
    row_version: int
    newest: Newest | None
    newest_state: str = AttemptState.SUBMITTED
    comment: str = ""
    attempts: int = 0
    evidence: int = 0
    exclusion: tuple[str, str] | None = None
    values: list[AskedValue] = field(default_factory=list)

    @property
    def is_derived(self) -> bool:
        """Whether the verdict follows from children."""
        return self.result_type == ResultType.DERIVED

    @property
    def is_judged(self) -> bool:
        """Whether a person says the verdict."""
        return self.result_type in (ResultType.JUDGED, ResultType.JUDGED_WITH_VALUES)

    @property
    def is_open(self) -> bool:
        """Whether it takes a result: nothing stands, a repeat is asked for, or the last test was inconclusive."""
        if self.is_derived or self.exclusion:
            return False
        is_inconclusive = self.state == SlotState.VERIFIED and self.verdict == Verdict.INC
        return is_inconclusive or self.state in (SlotState.TODO, SlotState.RECONFIRM)

    @property
    def may_be_excluded(self) -> bool:
        """Whether an exclusion can be proposed."""
        is_waiting = self.state in (SlotState.TODO, SlotState.RECONFIRM)
        return not self.is_derived and is_waiting and not self.exclusion


PLANNED = (
    "pk", "item_version_id", "code", "item_version__name_zh", "item_version__name_en", "item_version__category__code",
    "item_version__origin", "item_version__result_type", "slot__state", "slot__verdict", "slot__row_version",
)
NEWEST = tuple(f"slot__latest__{name}" for name in (
    "id", "ordinal", "revision", "verdict", "values", "remark", "version__hardware__version",
    "version__firmware__version", "tool__number", "performed_at", "recorded_at", "recorded_by__name", "recorded_by_id",
))


def grid_of(order: Order, codes: Collection[str] | None = None) -> list[GridRow]:
    """A row per item in the plan, in its order; `codes` picks some. Six queries however many items and records.

    Reads columns, not objects: a thousand items with five records each would otherwise be six thousand objects of
    which the page shows a line each.
    """
    plan = PlanItem.objects.filter(order=order, inclusion=Inclusion.IN)
    plan = plan if codes is None else plan.filter(code__in=codes)
    rows = [_row(found) for found in plan.order_by("position").values_list(*PLANNED, *NEWEST)]
    by_item = {row.plan_item_id: row for row in rows}
    # Named items are few and go by their keys; all items go by the order, which is one comparison for the database.
    scope: dict[str, Any] = {"order": order} if codes is None else {"pk__in": list(by_item)}
    _fill_counts(by_item, scope)
    _fill_comments(rows, scope)
    _fill_values(rows, plan)
    return rows


def _row(found: tuple[Any, ...]) -> GridRow:
    planned, newest = found[:len(PLANNED)], found[len(PLANNED):]
    *facts, state, verdict, row_version = planned
    facts += [state or SlotState.TODO, verdict or "", row_version or 1, Newest(*newest) if newest[0] else None]
    return GridRow(*facts)


def _fill_counts(rows: dict[int, GridRow], scope: dict[str, Any]) -> None:
    """Numbers of records and of pieces of evidence, and the exclusion in force."""
    within = {f"plan_item__{name}": value for name, value in scope.items()}
    for model, name in ((Attempt, "attempts"), (Evidence, "evidence")):
        counted = model.objects.filter(**within).order_by().values_list("plan_item_id").annotate(Count("pk"))
        for key, number in counted:
            if key in rows:
                setattr(rows[key], name, number)
    in_force = Exclusion.objects.filter(**within).filter(state__in=IN_FORCE)
    for key, kind, state in in_force.values_list("plan_item_id", "kind", "state"):
        if key in rows:
            rows[key].exclusion = (kind, state)


def _fill_comments(rows: Iterable[GridRow], scope: dict[str, Any]) -> None:
    """What became of the newest records."""
    within = {f"plan_item__{name}": value for name, value in scope.items()}
    newest = Slot.objects.filter(**within, latest__isnull=False).values("latest_id")
    acts = AttemptAct.objects.filter(attempt_id__in=newest).order_by("id").values_list("attempt_id", "kind", "comment")
    last = {key: (kind, comment) for key, kind, comment in acts}
    for row in rows:
        if row.newest and row.newest.id in last:
            row.newest_state, row.comment = last[row.newest.id]


def _fill_values(rows: Iterable[GridRow], plan: QuerySet[PlanItem]) -> None:
    asked: dict[int, list[AskedValue]] = defaultdict(list)
    of_plan = Measurement.objects.filter(item_version_id__in=plan.order_by().values("item_version_id"))
    for key, *facts in of_plan.order_by("position").values_list("item_version_id", *AskedValue._fields):
        asked[key].append(AskedValue(*facts))
    for row in rows:
        row.values = asked[row.item_version_id]

