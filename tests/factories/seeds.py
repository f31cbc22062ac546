"""Rows that many tests start from: built once through the services, then put back as they were."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from types import SimpleNamespace
from typing import Any, TypeVar

import time_machine
from django.conf import UserSettingsHolder, settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

# Places in the history are given out anew, so that two seeds do not claim the same one.
NUMBERED_ANEW = {"members_entry"}
FILES = "products_storedfile"
# Whatever tests.conftest and Django's test runner set for every test; nothing that is built depends on it.
CHANGED_BY_ALL = {"PASSWORD_HASHERS", "MEDIA_ROOT", "CACHES", "STORAGES", "ACCOUNT_RATE_LIMITS", "SECOND_FACTOR",
                  "RATE_LIMITS", "ALLOWED_HOSTS", "WHITENOISE_AUTOREFRESH", "EMAIL_BACKEND", "DEBUG"}


@dataclass(frozen=True)
class Seed:
    """What was built: the result as pickled, the rows by table, and the content of files by name."""

    result: bytes
    inserts: list[tuple[str, list[str], list[tuple[Any, ...]]]]
    files: dict[str, bytes]


_kept: dict[tuple[str, str], Seed] = {}
# By name, what already lies beneath the running test (tests.stage).
standing: dict[str, Seed] = {}


def seed(name: str, build: Callable[[], Any]) -> Any:
    """What `build` returns, with its rows and files; the first call of a process builds, later ones put back.

    Neither way leaves anything to do after commit, so that a test finds the same whether it was the first or not.
    """
    key = (connection.vendor, name)
    if name in standing:
        _put_files_back(standing[name])
    elif key in _kept:
        _put_back(_kept[key])
    else:
        _kept[key] = _built(name, build)
    return pickle.loads(_kept[key].result)  # noqa: S301 - pickled by this process


def kept_seed(name: str) -> Seed:
    """What `seed` of that name keeps."""
    return _kept[connection.vendor, name]


def _built(name: str, build: Callable[[], Any]) -> Seed:
    before = {table: set(rows) for table, (_columns, rows) in _tables().items()}
    waiting = len(connection.run_on_commit)
    built = build()
    del connection.run_on_commit[waiting:]
    after = _tables()
    changed = [table for table, rows in before.items() if not rows <= set(after[table][1])]
    assert not changed, f"{name} changes rows of {', '.join(changed)}, which putting back cannot repeat"
    added = {table: [row for row in rows if row not in before[table]] for table, (_columns, rows) in after.items()}
    place = after[FILES][0].index("content")
    files = {row[place]: _content(row[place]) for row in added[FILES]}
    return Seed(pickle.dumps(built), [_insert(table, after[table][0], rows) for table, rows in added.items() if rows],
                files)


def _put_back(kept: Seed) -> None:
    _put_files_back(kept)
    # In one transaction, at whose end references are checked: tables come back in the order of their names.
    with transaction.atomic(), connection.cursor() as cursor, _trusted(cursor):
        for table, columns, rows in kept.inserts:
            names = ", ".join(f'"{column}"' for column in columns)
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", rows)


@contextmanager
def _trusted(cursor: Any) -> Iterator[None]:
    """Rows that stood before are not held against their references row by row, where PostgreSQL lets us say so."""
    if connection.vendor != "postgresql":
        yield
        return
    cursor.execute("SHOW is_superuser")
    may_say_so = cursor.fetchone() == ("on",)
    if may_say_so:
        cursor.execute("SET session_replication_role = replica")
    yield
    # After an error there is nothing to set: the transaction takes the setting back with all else.
    if may_say_so:
        cursor.execute("SET session_replication_role = origin")


def _put_files_back(kept: Seed) -> None:
    for name, content in kept.files.items():
        assert default_storage.save(name, ContentFile(content)) == name


def _content(name: str) -> bytes:
    with default_storage.open(name) as file:
        return bytes(file.read())


Built = TypeVar("Built")


def kept(build: Callable[..., Built]) -> Callable[..., Built]:
    """A factory whose rows are put back when it is called with the cast alone, as long as nothing stands in their way.

    It builds as ever when it is asked for something special, when there are devices already (their numbers would be
    taken), and while the clock is moved (the rows would lie at another time).
    """

    @wraps(build)
    def build_or_put_back(cast: SimpleNamespace, *wishes: Any, **changes: Any) -> Built:
        is_special = any(wish is not None for wish in (*wishes, *changes.values()))
        stage = None if is_special or time_machine.escape_hatch.is_travelling() else _bare_stage(cast)
        if stage is None:
            return build(cast, *wishes, **changes)
        return seed(f"{build.__module__}.{build.__name__} {stage}", lambda: build(cast))

    return build_or_put_back


def _bare_stage(cast: SimpleNamespace) -> tuple[Any, ...] | None:
    """What identifies the stage that rows may be put back on, by keys of cast and catalogue; None: it is not bare.

    Settings that a test changed and the day belong to it, since what is built depends on them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM products_device), (SELECT count(*) FROM products_tool), "
                       "(SELECT count(*) FROM products_storedfile), (SELECT count(*) FROM members_company), "
                       "(SELECT count(*) FROM members_user), (SELECT min(id) FROM products_itemversion), "
                       "(SELECT count(*) FROM products_itemversion)")
        devices, tools, files, *stage = cursor.fetchone()
    if devices or tools or files:
        return None
    return cast.vendor.pk, cast.company_a.pk, *stage, timezone.localdate(), _changed_settings()


def _changed_settings() -> tuple[tuple[str, str], ...]:
    """The settings that this test changed, but those that every test does."""
    layer, names = settings._wrapped, set()
    while isinstance(layer, UserSettingsHolder):
        names |= {name for name in vars(layer) if name.isupper()} | layer._deleted
        layer = layer.default_settings
    return tuple((name, repr(getattr(settings, name, None))) for name in sorted(names - CHANGED_BY_ALL))


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


def _insert(table: str, columns: list[str],
            rows: list[tuple[Any, ...]]) -> tuple[str, list[str], list[tuple[Any, ...]]]:
    skip = columns.index("id") if table in NUMBERED_ANEW else -1
    values = [tuple(_sent(value) for place, value in enumerate(row) if place != skip) for row in rows]
    return table, [column for place, column in enumerate(columns) if place != skip], values


def _sent(value: Any) -> Any:
    if isinstance(value, Json):
        return Jsonb(json.loads(value))
    return value
