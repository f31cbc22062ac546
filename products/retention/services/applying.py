"""Removes what has run out: lot by lot, each in a transaction of its own with its entry in the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from members.history.services import append_entry
from products.equipment.models import Loan
from products.files.services import drop_removed_bytes, remove_files
from products.orders.models import Order
from products.results.models import Evidence, ImportJob
from products.retention.selectors import Rule, held, rules_that_end
from products.retention.services.turns import CHAIN, take_turn
from products.retention.states import FILES_AT_ONCE, ROWS_AT_ONCE, Kind
from products.rework.models import Answer
from wapicert.seals import table_of


@dataclass(frozen=True)
class Removal:
    """How much of a kind went, or would go."""

    kind: Kind
    days: int
    count: int


def apply_retention(*, now: datetime | None = None, is_dry_run: bool = False) -> list[Removal]:
    """Remove everything that has run out and is not held; returns how much of each kind, none left out.

    Safe to kill and to run twice: what went stays gone with its entry, the rest is found again. A dry run counts.
    """
    moment = now or timezone.now()
    done = [_apply(rule, moment, is_dry_run=is_dry_run) for rule in rules_that_end()]
    if not is_dry_run:
        drop_removed_bytes(now=moment)
    return done


def _apply(rule: Rule, now: datetime, *, is_dry_run: bool) -> Removal:
    assert rule.days is not None
    if is_dry_run:
        return Removal(rule.kind, rule.days, rule.rows_due(now, held()).count())
    count = 0
    while (gone := _remove_lot(rule, now)) > 0:
        count += gone
    return Removal(rule.kind, rule.days, count)


@transaction.atomic
def _remove_lot(rule: Rule, now: datetime) -> int:
    """One lot; what is held is asked anew for each, and nothing is held or removed beside it."""
    take_turn()
    rows = rule.rows_due(now, held()).order_by("pk")
    removes = REMOVERS.get(rule.kind)
    keys = list(rows.values_list("pk", flat=True)[:FILES_AT_ONCE if removes in FILE_REMOVERS else ROWS_AT_ONCE])
    # Whoever moved one of these orders meanwhile is waited for, and what they did is seen.
    orders = sorted({number for _key, number in _orders_of(rule.kind, keys)})
    list(Order.objects.select_for_update(of=("self",)).filter(number__in=orders).order_by("pk"))
    keys = list(rows.filter(pk__in=keys).values_list("pk", flat=True)) if orders else keys
    if not keys:
        return 0
    gone = list(rows.model._default_manager.filter(pk__in=keys)) if removes is None and table_of(rows.model) else []
    # The act comes first: it names the rows by their seals, while they still stand.
    if removes is None:
        _note_removed(rule.kind, len(keys), gone)
        rows.model._default_manager.filter(pk__in=keys).delete()
        return len(keys)
    count = removes(rule.kind, keys, now)
    _note_removed(rule.kind, count, [])
    return count


def _note_removed(kind: Kind, count: int, gone: list[Model]) -> None:
    append_entry(chain=CHAIN, act="retention.removed", actor=None, object_type="retention", object_id=kind,
                 after={"kind": kind, "count": count}, gone=gone)


def _orders_of(kind: Kind, keys: list[Any]) -> set[tuple[Any, str]]:
    """Each file with the number of every order that it goes with, each draft with its own."""
    if kind == Kind.DRAFTS:
        return set(Order.objects.filter(pk__in=keys).values_list("pk", "number"))
    if kind != Kind.ORDER_FILES:
        return set()
    return {
        *Evidence.objects.filter(file__in=keys).values_list("file_id", "order__number"),
        *ImportJob.objects.filter(file__in=keys, order__isnull=False).values_list("file_id", "order__number"),
        *Answer.files.through.objects.filter(storedfile__in=keys).values_list(
            "storedfile_id", "answer__rework__order__number"),
    }


def _order_files(kind: Kind, keys: list[Any], now: datetime) -> int:
    """Files go with an entry in the chain of the order that used them, so that its history explains the gap.

    A file that several ended orders used goes with the last of them by number.
    """
    number_of = dict(sorted(_orders_of(kind, keys), key=lambda pair: pair[1]))
    return sum(
        remove_files(keys=[key for key in keys if number_of[key] == number], kind=kind, chain=f"order:{number}",
                     object_type="files", object_id=kind, now=now)
        for number in sorted(set(number_of.values())))


def _other_files(kind: Kind, keys: list[Any], now: datetime) -> int:
    return remove_files(keys=keys, kind=kind, chain=CHAIN, object_type="files", object_id=kind, now=now)


def _drafts(kind: Kind, keys: list[Any], now: datetime) -> int:
    """An application goes; its chain stays and says that it did."""
    for order in Order.objects.filter(pk__in=keys).order_by("pk"):
        append_entry(chain=order.chain, act="order.draft_removed", actor=None, object_type="order",
                     object_id=order.number, before={"stage": order.stage}, after={"kind": kind, "count": 1},
                     gone=[order])
        order.delete()
    return len(keys)


def _loans(kind: Kind, keys: list[Any], now: datetime) -> int:
    return Loan.objects.filter(pk__in=keys).update(contact="")


def _sessions(kind: Kind, keys: list[Any], now: datetime) -> int:
    """Where people were signed in, and sessions that have run out."""
    count = UserSession.objects.filter(pk__in=keys).delete()[0]
    Session.objects.filter(expire_date__lt=now).delete()
    return int(count)


FILE_REMOVERS = (_order_files, _other_files)
REMOVERS: dict[Kind, Callable[[Kind, list[Any], datetime], int]] = {
    Kind.ORDER_FILES: _order_files, Kind.SHEETS: _other_files, Kind.LOOSE_FILES: _other_files, Kind.DRAFTS: _drafts,
    Kind.LOANS: _loans, Kind.SESSIONS: _sessions,
}
