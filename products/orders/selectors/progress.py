"""Where orders stand, since when, whose turn it is, and how long each stage and each party took; from the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.utils import timezone

from members.history.models import Entry
from products.orders.models import Order
from products.orders.states import EXPECTED_DAYS, STEPPER, Party, Stage

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Interval:
    """A stretch of time with one stage and one party whose turn it was; `until` is None while it lasts."""

    stage: Stage
    turn: Party
    since: datetime
    until: datetime | None

    def length(self, now: datetime) -> timedelta:
        """How long it lasted, or has lasted until `now`."""
        return (self.until or now) - self.since


@dataclass(frozen=True)
class Step:
    """One step of the stepper: `state` is done, current, todo, or ended where the order was declined or cancelled."""

    stage: Stage
    state: str
    since: datetime | None
    days: float | None
    expected_days: int | None
    is_overdue: bool = False
    turn: Party | None = None
    turn_since: datetime | None = None

    @property
    def label(self) -> str:
        return str(self.stage.label)

    @property
    def turn_label(self) -> str:
        return str(self.turn.label) if self.turn else ""


def intervals_of(orders: Iterable[Order]) -> dict[int, list[Interval]]:
    """The intervals of each order by its id, oldest first. One query for all."""
    by_chain = {order.chain: order for order in orders}
    found: dict[int, list[Interval]] = {order.pk: [] for order in by_chain.values()}
    marks = Entry.objects.filter(chain__in=by_chain, object_type="order").order_by("chain", "sequence")
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in marks:
        if "stage" in entry.after:
            entries[entry.chain].append(entry)
    for chain, rows in entries.items():
        found[by_chain[chain].pk] = _intervals(rows)
    return found


def days_per_stage(order: Order, now: datetime | None = None) -> dict[Stage, float]:
    """Days that the order spent in each stage so far, the present one included."""
    return _days(intervals_of([order])[order.pk], lambda interval: interval.stage, now)


def days_per_party(order: Order, now: datetime | None = None) -> dict[Party, float]:
    """Days for which it was each party's turn so far."""
    return _days(intervals_of([order])[order.pk], lambda interval: interval.turn, now)


def stepper(order: Order, now: datetime | None = None) -> list[Step]:
    """The steps of one order; see `steppers`."""
    return steppers([order], now)[order.pk]


def steppers(orders: Iterable[Order], now: datetime | None = None) -> dict[int, list[Step]]:
    """The steps of each order by its id, in the order of `states.STEPPER`. One query for all.

    A returned order shows 待补正 in place of 已提交, an order on hold 暂停中 in place of the stage where it was; an
    order that ended before its time shows its end after the stage that it reached, and no further steps.
    """
    rows = list(orders)
    intervals, moment = intervals_of(rows), now or timezone.now()
    return {order.pk: _steps(order, intervals[order.pk], moment) for order in rows}


def _intervals(entries: list[Entry]) -> list[Interval]:
    """Entries that tell stage and turn, as intervals; one that changes neither is passed over."""
    moves: list[Entry] = []
    for entry in entries:
        if not moves or (entry.after["stage"], entry.after["turn"]) != (
            moves[-1].after["stage"], moves[-1].after["turn"]
        ):
            moves.append(entry)
    ends = [*(entry.at for entry in moves[1:]), None]
    return [
        Interval(Stage(entry.after["stage"]), Party(entry.after["turn"]), entry.at, end)
        for entry, end in zip(moves, ends, strict=True)
    ]


def _days(intervals: list[Interval], key: Callable[[Interval], K], now: datetime | None) -> dict[K, float]:
    sums: dict[K, float] = defaultdict(float)
    for interval in intervals:
        sums[key(interval)] += interval.length(now or timezone.now()) / timedelta(days=1)
    return dict(sums)


def _steps(order: Order, intervals: list[Interval], now: datetime) -> list[Step]:
    stage, place = Stage(order.stage), _place(order, intervals)
    done = [_passed(step, "done", intervals, now) for step in STEPPER[:place]]
    if stage in (Stage.DECLINED, Stage.CANCELLED):
        return [*done, _passed(STEPPER[place], "done", intervals, now), _passed(stage, "ended", intervals, now)]
    todo = [Step(step, "todo", None, None, EXPECTED_DAYS.get(step)) for step in STEPPER[place + 1:]]
    return [*done, _standing(order, intervals, now), *todo]


def _place(order: Order, intervals: list[Interval]) -> int:
    """The index in STEPPER at which the order stands or stopped."""
    stages = [Stage(order.held_stage or order.stage), *(interval.stage for interval in reversed(intervals))]
    for stage in stages:
        main = Stage.SUBMITTED if stage == Stage.RETURNED else stage
        if main in STEPPER:
            return STEPPER.index(main)
    return 0


def _passed(stage: Stage, state: str, intervals: list[Interval], now: datetime) -> Step:
    """A step that lies behind, with the time when it was first reached."""
    own = [interval for interval in intervals if interval.stage == stage]
    return Step(stage, state, own[0].since if own else None, _spent(stage, intervals, now), EXPECTED_DAYS.get(stage))


def _standing(order: Order, intervals: list[Interval], now: datetime) -> Step:
    """The step at which the order stands, with whose turn it is."""
    stage = Stage(order.stage)
    expected = EXPECTED_DAYS.get(stage)
    is_overdue = expected is not None and now - order.stage_since > timedelta(days=expected)
    state = "done" if stage == Stage.CLOSED else "current"
    return Step(
        stage, state, order.stage_since, _spent(stage, intervals, now), expected, is_overdue, Party(order.turn),
        order.turn_since,
    )


def _spent(stage: Stage, intervals: list[Interval], now: datetime) -> float | None:
    """Days in the stage, all stays together; None if it was never reached."""
    own = [interval.length(now) for interval in intervals if interval.stage == stage]
    return sum(own, timedelta()) / timedelta(days=1) if own else None
