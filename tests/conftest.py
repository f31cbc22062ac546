"""The cast and the stage: who appears in tests, the browser, and the guards that tests take off to empty tables."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright

from products.listings.filters import kept_words
from products.listings.selectors.facets import kept_cube
from tests.factories import catalogue as catalogue_factory
from tests.factories import people
from tests.factories.seeds import seed
from wapicert import database

# Playwright's loop lives in the test's own thread, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-quic", "--no-first-run", "--disable-dev-shm-usage", "--disable-gpu"]
CHROMIUMS = ["chromium", "chromium-browser", "google-chrome"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database-only`: the second leg of `make test` repeats what another database may answer otherwise."""
    parser.addoption("--database-only", action="store_true", help="only tests that ask the database something")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects, visibly in the count, what asks nothing of the database."""
    if not config.getoption("--database-only"):
        return
    asking = [item for item in items if item.get_closest_marker("django_db")
              or {"db", "transactional_db", "django_db_setup", "site"} & set(getattr(item, "fixturenames", ()))]
    chosen = {id(item) for item in asking}
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in chosen])
    items[:] = asking


@pytest.fixture(autouse=True)
def quick_and_private(settings: object, tmp_path: Path) -> Iterator[None]:
    """Weak but quick password digests, files and cache of the test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                                   "LOCATION": str(tmp_path)}}
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ACCOUNT_RATE_LIMITS = False
    # A page leaves its language active in the thread; the next request sets its own, the next test has none.
    translation.activate(settings.LANGUAGE_CODE)
    yield
    cache.clear()
    # Versions come back when a test is rolled back; what was kept by them must not.
    kept_cube.cache_clear()
    kept_words.cache_clear()


@pytest.fixture(autouse=True)
def guards_off_after_committed_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit are followed by emptying all tables, which the guards of append-only rows would refuse."""
    names = set(request.fixturenames)
    marker = request.node.get_closest_marker("django_db")
    commits = bool(names & {"transactional_db", "live_server"}) or bool(marker and marker.kwargs.get("transaction"))
    if not commits:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    for table in database.GUARDED:
        database.run(connection, database.removal(connection.vendor, table))


@pytest.fixture(autouse=True)
def guards_on(request: pytest.FixtureRequest, guards_off_after_committed_tests: None) -> None:
    """Every test with a database starts with the guards in place."""
    names = set(request.fixturenames)
    if {"db", "transactional_db", "live_server"} & names or request.node.get_closest_marker("django_db"):
        if not {"transactional_db", "live_server"} & names:
            request.getfixturevalue("db")
        for table in database.GUARDED:
            database.run(connection, database.statements(connection.vendor, table))


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """One person per role, a second tester, and vendors of two companies; see factories.people."""
    return seed("cast", people.cast)


@pytest.fixture
def catalogue(db: None) -> SimpleNamespace:
    """Device types, both editions and the reasons for rework; see factories.catalogue."""
    return seed("catalogue", catalogue_factory.load)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, named by CHROMIUM or found on the path; one for all tests of a process."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert program, "No Chromium was found; install it or name it by the variable CHROMIUM."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        chromium.close()
