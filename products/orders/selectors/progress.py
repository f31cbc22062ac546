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
from products.orders.states import Party, Stage

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
