"""Watches which sealed rows a test lets the site write, and names those that no act sealed as they stand.

Rows that the test itself wrote last, past the services, are its own business.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.db import connection, models
from django.db.models.deletion import Collector

from members.history.models import Seal
from wapicert.seals import TABLES, Sealed, table_of

ROOT = str(Path(__file__).resolve().parent.parent)
TESTS, FOREIGN, HERE = f"{ROOT}/tests/", f"{ROOT}/.venv/", str(Path(__file__).resolve())


class Watch:
    """Who wrote each sealed row last: the place in the site's code, or nothing where the test did."""

    def __init__(self) -> None:
        self.written: dict[tuple[str, Any], str | None] = {}
        self.removed: dict[str, str | None] = {}

    def note(self, model: type[models.Model], rows: Iterable[models.Model]) -> None:
        """Note that these rows, or the rows that they are parts of, were written."""
        for table, column in owners_of(model):
            for row in rows:
                self.written[table.name, getattr(row, column)] = writer()

    def note_removal(self, table: Sealed, rows: Iterable[models.Model]) -> None:
        """Note that these rows are removed."""
        self.removed |= {table.key_of(row): writer() for row in rows}

    def forgotten(self) -> list[str]:
        """The rows that the site wrote or removed and no act sealed as they stand."""
        found = []
        for table in TABLES.values():
            wrote = {pk: place for (name, pk), place in self.written.items() if name == table.name and place}
            rows = {row.key: row for row in table.digests(sorted(wrote))}
            kept = dict(Seal.objects.filter(key__in=list(rows)).values_list("key", "digest"))
            found += [f"{key}: {wrote[row.pk]} wrote it, and no act sealed it so"
                      for key, row in rows.items() if kept.get(key) != row.digest]
        gone = {key: place for key, place in self.removed.items() if place}
        for seal in Seal.objects.filter(key__in=list(gone)).exclude(digest=""):
            table = TABLES[seal.key.partition(":")[0]]
            if not table.model._base_manager.filter(**{table.identity: seal.key.partition(":")[2]}).exists():
                found.append(f"{seal.key}: {gone[seal.key]} removed it, and no act says so")
        return found


watching: list[Watch] = []


def owners_of(model: type[models.Model]) -> Iterator[tuple[Sealed, str]]:
    """The sealed tables whose digests a row of the model changes, and its column with the key of their row."""
    if (table := table_of(model)) is not None:
        yield table, "pk"
    for table in TABLES.values():
        for owner, part, _columns in table.part_columns.values():
            if issubclass(model, part):
                yield table, owner


def writer() -> str | None:
    """The place in the site's code that writes; None where the test itself does."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(ROOT) and not name.startswith(FOREIGN) and name != HERE:
            return None if name.startswith(TESTS) else f"{name.removeprefix(ROOT + '/')}:{frame.f_lineno}"
        frame = frame.f_back
    return None


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch what is written inside."""
    watch = Watch()
    watching.append(watch)
    try:
        yield watch
    finally:
        watching.remove(watch)


def is_whole() -> bool:
    """Whether the database still answers: after an error inside a transaction nothing can be asked."""
    return not connection.needs_rollback and connection.connection is not None


def listen() -> Callable[[], None]:
    """Put the watch into the ways by which Django writes rows; returns what takes it out again."""
    saved, updated, inserted, collected = (
        models.Model.save_base, models.QuerySet.update, models.QuerySet.bulk_create, Collector.delete)

    def save_base(self: models.Model, *args: Any, **kwargs: Any) -> Any:
        made = saved(self, *args, **kwargs)
        for watch in watching:
            watch.note(type(self), [self])
        return made

    def update(self: Any, **kwargs: Any) -> int:
        rows = list(self._chain().order_by()) if watching and any(owners_of(self.model)) else []
        made = updated(self, **kwargs)
        for watch in watching:
            watch.note(self.model, rows)
        return made

    def bulk_create(self: Any, objs: Any, *args: Any, **kwargs: Any) -> Any:
        made = inserted(self, objs, *args, **kwargs)
        for watch in watching:
            watch.note(self.model, made)
        return made

    def delete(self: Collector) -> Any:
        groups = [*((model, list(rows)) for model, rows in self.data.items()),
                  *((rows.model, rows) for rows in self.fast_deletes if hasattr(rows, "model"))]
        for watch in watching:
            for model, rows in groups:
                if (table := table_of(model)) is not None:
                    watch.note_removal(table, list(rows))
                elif any(owners_of(model)):
                    watch.note(model, list(rows))
        return collected(self)

    setattr(models.Model, "save_base", save_base)  # noqa: B010 - mypy forbids the plain assignment
    setattr(models.QuerySet, "update", update)  # noqa: B010
    setattr(models.QuerySet, "bulk_create", bulk_create)  # noqa: B010
    setattr(Collector, "delete", delete)  # noqa: B010

    def leave() -> None:
        setattr(models.Model, "save_base", saved)  # noqa: B010
        setattr(models.QuerySet, "update", updated)  # noqa: B010
        setattr(models.QuerySet, "bulk_create", inserted)  # noqa: B010
        setattr(Collector, "delete", collected)  # noqa: B010

    return leave
