"""Which tables are sealed, and the digest of a whole row: what an act says of the rows that it leaves behind.

A model is sealed by the decorator `sealed`. `members.history` writes the digests into the history and compares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar

from django.db import models

Model = TypeVar("Model", bound=type[models.Model])
TABLES: dict[str, Sealed] = {}
ROWS_AT_ONCE = 500
# What a table calls the number by which its rows are known for ever, where it is not sealed itself.
NUMBERS = ("number", "code", "slug")
# Defaults that make a new value each time but are always equal.
EMPTY: tuple[Any, ...] = (dict, list)


@dataclass(frozen=True)
class RowDigest:
    """A row by its permanent name, and the digest over its columns; empty where the row cannot be read."""

    key: str
    digest: str
    pk: Any


@dataclass(frozen=True)
class Sealed:
    """One sealed table: the column that names its rows for ever, and what of a row the digest covers.

    Every column but those `without` (derived, or changed without an act); of some only what `read` makes of the value.
    `parts` are related rows that belong to the row and have no seal of their own.
    """

    name: str
    model: type[models.Model]
    identity: str
    without: frozenset[str] = frozenset()
    read: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    # Which rows are sealed at all; empty: every row.
    where: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> models.QuerySet[Any]:
        """The rows that are sealed."""
        return self.model._base_manager.filter(**self.where)

    @cached_property
    def columns(self) -> Columns:
        """The columns of the table itself."""
        return Columns.of(self.model, self.without, self.read)

    @cached_property
    def part_columns(self) -> dict[str, tuple[str, type[models.Model], Columns]]:
        """Of each part: the column that points to the row, the model, and its columns but the id."""
        found: dict[str, tuple[str, type[models.Model], Columns]] = {}
        for name in self.parts:
            relation: Any = self.model._meta.get_field(name)
            part = relation.related_model
            without = frozenset({relation.field.name, part._meta.pk.name})
            found[name] = relation.field.attname, part, Columns.of(part, without, {})
        return found

    def key_of(self, row: models.Model) -> str:
        """The permanent name of a row, also of one that is about to go."""
        return f"{self.name}:{getattr(row, self.identity)}"

    def digests(self, pks: Sequence[Any] | None = None) -> Iterator[RowDigest]:
        """The digests of all rows, or of these, as the database holds them now."""
        for chunk in self._chunks(pks):
            try:
                yield from self._read(chunk)
            # Whoever writes past the site may write what no column of the kind can hold.
            except (ValueError, TypeError, ArithmeticError, UnicodeError):
                for pk in chunk:
                    yield from self._read_one(pk)

    def _chunks(self, pks: Sequence[Any] | None) -> Iterator[list[Any]]:
        if pks is not None:
            yield from (list(pks[start : start + ROWS_AT_ONCE]) for start in range(0, len(pks), ROWS_AT_ONCE))
            return
        every = self.rows.order_by("pk").values_list("pk", flat=True)
        chunk = list(every[:ROWS_AT_ONCE])
        while chunk:
            yield chunk
            chunk = list(every.filter(pk__gt=chunk[-1])[:ROWS_AT_ONCE])

    def _read(self, pks: list[Any]) -> list[RowDigest]:
        columns, paths = self.columns, ["pk", self.identity, *self.columns.paths]
        chosen = self.rows.filter(pk__in=pks) if len(pks) > 1 else self.rows.filter(pk=pks[0])
        rows = [(row[0], row[1], columns.facts(row[2:])) for row in chosen.order_by("pk").values_list(*paths)]
        for name, (owner, part, part_columns) in self.part_columns.items():
            found: dict[Any, list[str]] = {}
            for line in part._base_manager.filter(**{f"{owner}__in": pks}).values_list(owner, *part_columns.paths):
                found.setdefault(line[0], []).append(_json(part_columns.facts(line[1:])))
            for pk, _identity, facts in rows:
                if lines := found.get(pk):
                    facts[name] = sorted(lines)
        return [RowDigest(f"{self.name}:{identity}", sha256(_json(facts).encode()).hexdigest(), pk)
                for pk, identity, facts in rows]

    def _read_one(self, pk: Any) -> list[RowDigest]:
        try:
            return self._read([pk])
        except (ValueError, TypeError, ArithmeticError, UnicodeError):
            return [RowDigest(f"{self.name}:{identity}", "", pk) for identity in self.rows.filter(
                pk=pk).values_list(self.identity, flat=True)]


@dataclass(frozen=True)
class Columns:
    """The columns that a digest covers, where each is read, and its default.

    A column that holds its default is left out of the digest, so that a column added later changes no digest of a row
    that does not use it.
    """

    names: tuple[str, ...]
    paths: tuple[str, ...]
    defaults: tuple[Any, ...]
    read: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, model: type[models.Model], without: frozenset[str], read: Mapping[str, Callable[[Any], Any]]
    ) -> Columns:
        """All columns of the model but these; related rows are read by their permanent number."""
        fields = [one for one in model._meta.concrete_fields if one.name not in without]
        if unknown := (without | read.keys()) - {one.name for one in model._meta.concrete_fields}:
            raise LookupError(f"{model.__name__} has no column {', '.join(sorted(unknown))}")
        return cls(tuple(one.name for one in fields), tuple(map(_path, fields)), tuple(map(_default, fields)), read)

    def facts(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """What the digest covers of one row."""
        found = {name: value for name, value, default in zip(self.names, values, self.defaults, strict=True)
                 if value != default}
        for name in self.read.keys() & found.keys():
            found[name] = self.read[name](found[name])
        return found


def sealed(
    name: str, *, identity: str = "pk", without: Iterable[str] = (), parts: Iterable[str] = (),
    read: Mapping[str, Callable[[Any], Any]] | None = None, where: Mapping[str, Any] | None = None,
) -> Callable[[Model], Model]:
    """Seal the rows of a model; every act that writes one passes it to `append_entry` as `rows`."""
    def register(model: Model) -> Model:
        TABLES[name] = Sealed(name, model, identity, frozenset(without), read or {}, tuple(parts), where or {})
        return model
    return register


def text_digest(value: str) -> str:
    """For a column that must not leave the database even as part of a digest that others could try values against."""
    return sha256(value.encode()).hexdigest()


def table_of(model: type[models.Model]) -> Sealed | None:
    """The sealed table of a model; None where it has no seals."""
    return next((table for table in TABLES.values() if issubclass(model, table.model)), None)


def _path(column: models.Field[Any, Any]) -> str:
    """Where a column is read: a related row by its permanent number, where it has one."""
    target = column.related_model
    if not isinstance(target, type) or not issubclass(target, models.Model):
        return column.attname
    table = table_of(target)
    if table is not None:
        return column.attname if table.identity == "pk" else f"{column.name}__{table.identity}"
    unique = {one.name for one in target._meta.concrete_fields if one.unique and not one.null}
    number = next((one for one in NUMBERS if one in unique), None)
    return f"{column.name}__{number}" if number else column.attname


def _default(column: models.Field[Any, Any]) -> Any:
    if column.has_default() and callable(column.default) and column.default not in EMPTY:
        return None
    return column.get_default()


def _text(value: Any) -> str:
    """Moments in UTC to the last digit, dates, numbers and ids as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_text).encode
