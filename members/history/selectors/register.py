"""Compares rows with the seals in the history: what stands in a table must be what an act left there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Model, Q

from members.history.models import Entry, Seal
from wapicert.seals import TABLES, Sealed, table_of

# The act that seals what stood in a table when its seals began.
OPENED = "seal.opened"
ROWS_AT_ONCE = 2000
# Where seals have not begun, more rows than these are counted and not named.
MOST_UNSEALED = 20


class Agreement(StrEnum):
    """What the history says of a row as it stands."""

    AGREES = "agrees"
    DIFFERS = "differs"
    # No act wrote it: invented, or older than the seals of its table.
    UNSEALED = "unsealed"


@dataclass(frozen=True)
class RegisterFault:
    """One row that is not what the history says. `key` is its permanent name."""

    key: str
    detail: str

    def __str__(self) -> str:
        return f"{self.key}: {self.detail}"


class Newest(dict[str, str]):
    """The newest seal of each row, "number:digest" by the row's name, gathered while entries are read in any order."""

    def __init__(self) -> None:
        super().__init__()
        # Rows of which two entries claim the same place in the order of their seals.
        self.twice: set[str] = set()

    def take(self, seals: dict[str, str]) -> None:
        """Note the seals of one entry."""
        for key, seal in seals.items():
            known = self.get(key)
            if known is None or number_of(seal) > number_of(known):
                self[key] = seal
            elif number_of(seal) == number_of(known):
                self.twice.add(key)

    def take_from(self, after: Any) -> None:
        """Note the seals in an entry's `after`, which SQLite hands out as text."""
        if isinstance(after, str):
            after = json.loads(after) if '"rows"' in after else {}
        if seals := after.get("rows"):
            self.take(seals)


def number_of(seal: str) -> int:
    """How many seals the row had with this one."""
    return int(seal.partition(":")[0])


def newest_seals() -> Newest:
    """The newest seals of the whole history, in one pass over the entries that carry any."""
    newest = Newest()
    rows = Entry.objects.filter(after__has_key="rows").order_by().values_list("after", flat=True)
    for after in rows.iterator(chunk_size=ROWS_AT_ONCE):
        newest.take_from(after)
    return newest


def faults_in_register(newest: Newest | None = None) -> Iterator[RegisterFault]:
    """Every row that differs from its newest seal or has none, every seal whose row is gone, and a false index.

    `newest` are the seals of the history, where a pass over it has gathered them already; they are used up.
    """
    newest = newest_seals() if newest is None else newest
    yield from (RegisterFault(key, "two entries bear the same seal number") for key in sorted(newest.twice))
    yield from _faults_in_index(newest)
    for table in TABLES.values():
        yield from _faults_in_table(table, newest)
    for key, seal in sorted(newest.items()):
        if not seal.endswith(":"):
            yield RegisterFault(key, f"is gone; {_place(key)} left it")


def _faults_in_table(table: Sealed, newest: Newest) -> Iterator[RegisterFault]:
    """Each row against its newest seal, which is used up."""
    unsealed: list[str] = []
    for row in table.digests():
        seal = newest.pop(row.key, None)
        if seal is None or seal.endswith(":"):
            unsealed.append(row.key)
        elif not row.digest:
            yield RegisterFault(row.key, "cannot be read")
        elif seal.partition(":")[2] != row.digest:
            yield RegisterFault(row.key, f"differs from what {_place(row.key)} left")
    if len(unsealed) > MOST_UNSEALED and not has_seals(table.model):
        yield RegisterFault(table.name, f"{len(unsealed)} rows that no act wrote; their seals have not begun, "
                                        "see manage.py open_seals")
        return
    yield from (RegisterFault(key, "stands in the table, but no act wrote it") for key in unsealed)


def _faults_in_index(newest: Newest) -> Iterator[RegisterFault]:
    """The index over the seals, which single pages ask, against the history."""
    found = 0
    for key, number, digest in Seal.objects.order_by().values_list("key", "number", "digest").iterator(
            chunk_size=ROWS_AT_ONCE):
        if newest.get(key) == f"{number}:{digest}":
            found += 1
        else:
            yield RegisterFault(key, "the index of seals does not say what the history says")
    if found < len(newest):
        known = set(Seal.objects.values_list("key", flat=True))
        yield from (RegisterFault(key, "the index of seals does not know it") for key in sorted(newest.keys() - known))


def _place(key: str) -> str:
    seal = Seal.objects.filter(key=key).first()
    entry = Entry.objects.filter(chain=seal.chain, sequence=seal.sequence).first() if seal else None
    return f"{entry.act} ({entry.chain} #{entry.sequence})" if entry else "its newest act"


def rows_disagree(*rows: Model | None) -> bool:
    """Whether any of these rows is not what its newest act left: for a page or an answer about single objects.

    A row without a seal counts once the seals of its table have begun. The entries are asked, not only the index over
    them; that no newer entry is passed over is for `faults_in_register`. Five queries at most for rows of two tables.
    """
    return any(agreement in (Agreement.DIFFERS, Agreement.UNSEALED) and (
        agreement == Agreement.DIFFERS or has_seals(row.__class__))
        for row, agreement in agreements_of([row for row in rows if row is not None]))


def agreements_of(rows: Sequence[Model]) -> list[tuple[Model, Agreement]]:
    """What the history says of each row as it stands now."""
    found: dict[str, str] = {}
    keys: list[str] = []
    for row in rows:
        table = table_of(row.__class__)
        assert table is not None
        keys.append(table.key_of(row))
        found |= {one.key: one.digest for one in table.digests([row.pk])}
    seals = {seal.key: seal for seal in Seal.objects.filter(key__in=keys)}
    said = _said(seals.values())
    return [(row, Agreement.UNSEALED if key not in seals else
             Agreement.AGREES if found.get(key) and said.get(key) == f"{seals[key].number}:{found[key]}" else
             Agreement.DIFFERS) for row, key in zip(rows, keys, strict=True)]


def _said(seals: Iterable[Seal]) -> dict[str, str]:
    """The seals as the entries that the index names hold them, if these entries are whole."""
    places = Q()
    for seal in seals:
        places |= Q(chain=seal.chain, sequence=seal.sequence)
    entries = Entry.objects.filter(places) if places else Entry.objects.none()
    return {key: seal for entry in entries if entry.computed_hash() == entry.hash
            for key, seal in entry.after.get("rows", {}).items()}


def agreement_of(row: Model) -> Agreement:
    """What the history says of one row."""
    return agreements_of([row])[0][1]


def has_seals(model: type[Model]) -> bool:
    """Whether the seals of a table have begun, so that a row without one was written past the site."""
    table = table_of(model)
    return table is not None and Entry.objects.filter(
        act=OPENED, object_type="table", object_id=table.name).exists()
