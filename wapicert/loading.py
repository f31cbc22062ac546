"""Brings the rows of a table in line with data from a file, writing only what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Loaded(Generic[Row]):
    """The rows by their key, and how many had to be written."""

    rows: dict[Any, Row]
    created: int = 0
    changed: int = 0


def bring_in_line(model: type[Row], wanted: Iterable[dict[str, Any]], *, by: Sequence[str]) -> Loaded[Row]:
    """Create or change rows of `model` until each dictionary of `wanted` has its row; `by` names the key's fields.

    Rows that the data no longer names stay. Loading the same data again writes nothing. Three queries at most,
    however many rows. Related rows are given by id (`device_type_id`). A key of one field is bare, of several a tuple.
    """
    rows = {_key(row, by): row for row in model._default_manager.all()}
    fresh: list[Row] = []
    changed: list[Row] = []
    fields: set[str] = set()
    for values in wanted:
        candidate = model(**values)
        row = rows.get(_key(candidate, by))
        if row is None:
            rows[_key(candidate, by)] = candidate
            fresh.append(candidate)
        elif differing := [name for name in values if getattr(row, name) != getattr(candidate, name)]:
            for name in differing:
                setattr(row, name, getattr(candidate, name))
            fields.update(differing)
            changed.append(row)
    model._default_manager.bulk_create(fresh)
    if changed:
        model._default_manager.bulk_update(changed, sorted(fields))
    return Loaded(rows, len(fresh), len(changed))


def _key(row: Model, by: Sequence[str]) -> Any:
    values = tuple(getattr(row, name) for name in by)
    return values[0] if len(values) == 1 else values
