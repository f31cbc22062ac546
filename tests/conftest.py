"""The cast and the stage: who appears in tests, the browser, and the guards that tests take off to empty tables."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as made_up
from playwright.sync_api import Browser, sync_playwright

from products.listings.filters import kept_words
from products.listings.selectors.facets import kept_cube
from products.listings.selectors.register import kept_order
from tests.factories import catalogue as catalogue_factory
from tests.factories import people
from tests.seals import is_whole, listen, watched
from tests.stage import ASKS_NOTHING, COMMITS, STARTS_FROM, Stage, arrange, private, staged
from wapicert.conditional import shelf

stages: list[Stage] = []
# How quickly examples are made says nothing about the site, only about what else the machine does.
made_up.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
made_up.load_profile("patient")

# Playwright's loop lives in the test's own thread, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-quic", "--no-first-run", "--disable-dev-shm-usage", "--disable-gpu"]
CHROMIUMS = ["chromium", "chromium-browser", "google-chrome"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database-only`: the second leg of `make test` repeats what another database may answer otherwise."""
    parser.addoption("--database-only", action="store_true", help="only tests that ask the database something")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects, visibly in the count, what asks nothing of the database; brings the others into groups."""
    arrange(items)
    if not config.getoption("--database-only"):
        return
    asking = [item for item in items
              if item.stash[STARTS_FROM] != ASKS_NOTHING or "site" in getattr(item, "fixturenames", ())]
    chosen = {id(item) for item in asking}
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in chosen])
    items[:] = asking


@pytest.fixture(autouse=True)
def quick_and_private(settings: object, tmp_path: Path) -> Iterator[None]:
    """Settings of the test's own, and an empty cache."""
    for name, value in private(tmp_path).items():
        setattr(settings, name, value)
    # A page leaves its language active in the thread; the next request sets its own, the next test has none.
    translation.activate(settings.LANGUAGE_CODE)
    yield
    cache.clear()
    # Versions come back when a test is rolled back; what was kept by them must not.
    kept_cube.cache_clear()
    kept_order.cache_clear()
    kept_words.cache_clear()
    shelf.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of the process, with a stage for groups of tests."""
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            # No test pulls the plug of this database, so no commit need wait for the disk.
            cursor.execute(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" SET synchronous_commit = off')
            connection.close()
    stages.append(Stage(django_db_blocker))
    yield
    stages.pop().clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before a test and its fixtures: what its group starts from; the first test of a process finds no database yet."""
    wanted = item.stash[STARTS_FROM]
    if stages and wanted != ASKS_NOTHING:
        stages[0].prepare(wanted if isinstance(wanted, tuple) else ())


@pytest.fixture(autouse=True)
def guards_off_while_emptying(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit are followed by emptying all tables, which the guards would refuse."""
    if request.node.stash[STARTS_FROM] != COMMITS:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    stages[0].take_guards_off()


@pytest.fixture(scope="session", autouse=True)
def seals_watched() -> Iterator[None]:
    """The ways by which rows are written, with an eye on sealed ones."""
    leave = listen()
    yield
    leave()


@pytest.fixture(autouse=True)
def seals_kept(request: pytest.FixtureRequest, guards_off_while_emptying: None) -> Iterator[None]:
    """After a test: every sealed row that the site wrote is what an act says; `forges_rows` marks the exceptions."""
    starts_from = request.node.stash[STARTS_FROM]
    if starts_from == ASKS_NOTHING or request.node.get_closest_marker("forges_rows"):
        yield
        return
    request.getfixturevalue("transactional_db" if starts_from == COMMITS else "db")
    with watched() as watch:
        yield
    if is_whole():
        assert watch.forgotten() == []


@staged
def cast() -> SimpleNamespace:
    """One person per role, a second tester, and vendors of two companies; see factories.people."""
    return people.cast()


@staged
def catalogue() -> SimpleNamespace:
    """Device types, both editions and the reasons for rework; see factories.catalogue."""
    return catalogue_factory.load()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, named by CHROMIUM or found on the path; one for all tests of a process."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert program, "No Chromium was found; install it or name it by the variable CHROMIUM."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        chromium.close()
