"""Rows that many tests start from: built once through the services, then put back as they were."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import wraps
from types import SimpleNamespace
from typing import Any, TypeVar

import time_machine
from django.db import connection, transaction
from psycopg.types.json import Jsonb

# Places in the history are given out anew, so that two seeds do not claim the same one.
NUMBERED_ANEW = {"members_entry"}
_kept: dict[tuple[str, str], tuple[Any, list[tuple[str, list[tuple[Any, ...]]]]]] = {}


def seed(name: str, build: Callable[[], Any]) -> Any:
    """What `build` returns, with its rows in the database; the first call of a process builds, later ones put back."""
    key = (connection.vendor, name)
    if key not in _kept:
        before = {table: set(rows) for table, (_columns, rows) in _tables().items()}
        built = build()
        after = _tables()
        changed = [table for table, rows in before.items() if not rows <= set(after[table][1])]
        assert not changed, f"{name} changes rows of {', '.join(changed)}, which putting back cannot repeat"
        _kept[key] = (built, [_insert(table, columns, [row for row in rows if row not in before[table]])
                              for table, (columns, rows) in after.items() if len(rows) > len(before[table])])
        return copy.deepcopy(built)
    built, inserts = _kept[key]
    # In one transaction, at whose end references are checked: tables come back in the order of their names.
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, rows in inserts:
            cursor.executemany(sql, rows)
    return copy.deepcopy(built)


Built = TypeVar("Built")


def kept(build: Callable[..., Built]) -> Callable[..., Built]:
    """A factory whose rows are put back when it is called with the cast alone, as long as nothing stands in their way.

    It builds as ever when it is asked for something special, when there are devices already (their numbers would be
    taken), and while the clock is moved (the rows would lie at another time).
    """

    @wraps(build)
    def build_or_put_back(cast: SimpleNamespace, *wishes: Any, **changes: Any) -> Built:
        stage = None if wishes or changes or time_machine.escape_hatch.is_travelling() else _bare_stage(cast)
        if stage is None:
            return build(cast, *wishes, **changes)
        return seed(f"{build.__module__}.{build.__name__} {stage}", lambda: build(cast))

    return build_or_put_back


def _bare_stage(cast: SimpleNamespace) -> tuple[Any, ...] | None:
    """What identifies the stage that rows may be put back on, by keys of cast and catalogue; None: it is not bare."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM products_device), (SELECT count(*) FROM products_tool), "
                       "(SELECT count(*) FROM products_storedfile), (SELECT count(*) FROM members_company), "
                       "(SELECT count(*) FROM members_user), (SELECT min(id) FROM products_itemversion), "
                       "(SELECT count(*) FROM products_itemversion)")
        devices, tools, files, *stage = cursor.fetchone()
    return None if devices or tools or files else (cast.vendor.pk, cast.company_a.pk, *stage)


def _tables() -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Every table of the two apps with its columns and rows; JSON as the database's own text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(("members_", "products_")):
                continue
            cursor.execute(f"SELECT * FROM {table}")
            columns = [column[0] for column in cursor.description]
            found[table] = (columns, [tuple(_hashable(value) for value in row) for row in cursor.fetchall()])
    return found


class Json(str):
    """JSON that PostgreSQL returned parsed, as text so that rows can be compared."""


def _hashable(value: Any) -> Any:
    if isinstance(value, dict | list):
        return Json(json.dumps(value, ensure_ascii=False))
    return value


def _insert(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> tuple[str, list[tuple[Any, ...]]]:
    skip = columns.index("id") if table in NUMBERED_ANEW else -1
    kept = [column for place, column in enumerate(columns) if place != skip]
    names = ", ".join(f'"{column}"' for column in kept)
    places = ", ".join(["%s"] * len(kept))
    values = [tuple(_sent(value) for place, value in enumerate(row) if place != skip) for row in rows]
    return f"INSERT INTO {table} ({names}) VALUES ({places})", values


def _sent(value: Any) -> Any:
    if isinstance(value, Json):
        return Jsonb(json.loads(value))
    return value
