"""The rows that a group of tests starts from, in one open transaction: each test is undone within it.

Tests are brought into groups by what they start from, so that cast and catalogue are written once for a group and not
once for a test. What a group starts from is decided for a module as a whole where one of its fixtures keeps rows for
the module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import Parameter, Signature, signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.utils import translation

from tests.factories.seeds import kept_seed, seed, standing
from wapicert import database

COMMITS, ASKS_NOTHING = "commits", "asks nothing"
STARTS_FROM: pytest.StashKey[str | tuple[str, ...]] = pytest.StashKey()
# What a group may start from, by module and name of its fixture; those that come together stand in this order.
builders: dict[str, Callable[..., Any]] = {}


def staged(build: Callable[..., Any]) -> Any:
    """Make the function a fixture with what it returns; the tests that ask for it are a group.

    Its parameters are the names of others of the kind, on which it stands.
    """
    name, below = f"{build.__module__}.{build.__name__}", list(signature(build).parameters)
    builders[name] = build

    def put_on_stage(**given: Any) -> Any:
        return seed(name, lambda: build(*[given[one] for one in below]))

    put_on_stage.__doc__ = build.__doc__
    put_on_stage.__dict__["stands"] = name
    put_on_stage.__dict__["__signature__"] = Signature(
        [Parameter(one, Parameter.KEYWORD_ONLY) for one in ("db", *below)])
    return pytest.fixture(name=build.__name__)(put_on_stage)


def private(folder: Path) -> dict[str, Any]:
    """Settings of every test: weak but quick password digests; files and cache in a folder of its own."""
    return {
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "MEDIA_ROOT": folder / "files",
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(folder)}},
        "STORAGES": {
            "default": {"BACKEND": "wapicert.storage.WholeFiles"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        "ACCOUNT_RATE_LIMITS": False,
        "SECOND_FACTOR": "off",
        "RATE_LIMITS": {},
        # Otherwise every client of a test would read all static files anew.
        "WHITENOISE_AUTOREFRESH": True,
    }


class Stage:
    """What stands in the open transaction of this process."""

    def __init__(self, blocker: Any) -> None:
        self.blocker = blocker
        self.atomic: transaction.Atomic | None = None
        self.has_guards = True

    def prepare(self, names: tuple[str, ...]) -> None:
        """Bring exactly these seeds into the database, beneath the test that follows."""
        self._put_guards_on()
        if tuple(standing) == names and (self.atomic is None) == (not names):
            return
        self.clear()
        if not names:
            return
        with (self.blocker.unblock(), TemporaryDirectory() as folder, override_settings(**private(Path(folder))),
              translation.override(settings.LANGUAGE_CODE)):
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            built: dict[str, Any] = {}
            for name in names:
                build = builders[name]
                given = [built[one] for one in signature(build).parameters]
                built[build.__name__] = seed(name, lambda build=build, given=given: build(*given))
                standing[name] = kept_seed(name)
            # Checks that wait for the end of the transaction are made now, not again in every test.
            connection.check_constraints()

    def take_guards_off(self) -> None:
        """Until the next test, so that tables with guards can be emptied."""
        self.has_guards = False
        for table in database.GUARDED:
            database.run(connection, database.removal(connection.vendor, table))

    def _put_guards_on(self) -> None:
        if self.has_guards:
            return
        with self.blocker.unblock():
            for table in database.GUARDED:
                database.run(connection, database.statements(connection.vendor, table))
        self.has_guards = True

    def clear(self) -> None:
        """Undo everything, so that the tables are empty."""
        standing.clear()
        if self.atomic is None:
            return
        with self.blocker.unblock():
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
        self.atomic = None


def needs(item: pytest.Item) -> str | tuple[str, ...]:
    """COMMITS, ASKS_NOTHING, or the names of the seeds that the test itself starts from."""
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    if names & {"transactional_db", "live_server"} or (marker and marker.kwargs.get("transaction")):
        return COMMITS
    if not marker and not names & {"db", "django_db_setup"}:
        return ASKS_NOTHING
    stand = {getattr(each[-1].func, "stands", None) for each in definitions_of(item)}
    return tuple(name for name in builders if name in stand)


def definitions_of(item: pytest.Item) -> Iterable[Any]:
    """The fixtures of a test, each with those of its name that it overrides before it."""
    return item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]


def keeps_rows_for_its_module(item: pytest.Item) -> bool:
    """Whether a fixture of wider scope than the test writes to the database."""
    return any(each[-1].scope in ("class", "module", "package") and "django_db_blocker" in each[-1].argnames
               for each in definitions_of(item))


def arrange(items: list[pytest.Item]) -> None:
    """Note on each test what it starts from; long tests first, then group by group, in their order otherwise."""
    own = {str(item.path) for item in items if keeps_rows_for_its_module(item)}
    for item in items:
        wanted = needs(item)
        item.stash[STARTS_FROM] = () if isinstance(wanted, tuple) and str(item.path) in own else wanted
    items.sort(key=lambda item: _place(item, str(item.path) in own))


def _place(item: pytest.Item, is_own: bool) -> tuple[int, tuple[str, ...]]:
    wanted = item.stash[STARTS_FROM]
    if "site" in getattr(item, "fixturenames", ()):
        return 0, ()
    if wanted == COMMITS:
        return 1, ()
    if isinstance(wanted, tuple):
        return (2, ()) if is_own else (3, wanted)
    return 4, ()
