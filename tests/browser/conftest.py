"""A real browser on a live server: opening pages as somebody, looking for strangers' hosts and barriers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page

from members.people.models import User
from tests.factories.people import PASSWORD

SCREENSHOTS = Path(settings.BASE_DIR) / "var" / "screenshots"
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for a browser carries the marker."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", []):
            item.add_marker("browser")


@pytest.fixture
def foreign_requests() -> list[str]:
    """Addresses of other hosts that a page asked for; checked to be empty when the test ends."""
    return []


@pytest.fixture
def new_context(
    browser: Browser, live_server: Any, foreign_requests: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a separate visitor: language, scheme and width of the screen, signed in as `user` by session cookie."""
    home = urlsplit(live_server.url).netloc
    contexts: list[BrowserContext] = []

    def note(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != home:
            foreign_requests.append(request.url)

    def make(user: User | None = None, language: str = "zh-hans", scheme: str = "light", width: int = 1280,
             **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server.url, color_scheme=scheme, viewport={"width": width, "height": 900},
            locale="zh-CN" if language == "zh-hans" else "en-GB", timezone_id="Asia/Shanghai",
            has_touch=width < 500, **options,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("request", note)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if user is not None:
            cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}
                             for name, value in cookies.items()])
        return context

    yield make
    for context in contexts:
        context.close()
    assert foreign_requests == []


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext]) -> OpenPage:
    """`open_page(path, user=None, language="zh-hans", scheme="light", width=1280)`: a page of a new visitor."""

    def open_it(path: str, **visitor: Any) -> Page:
        page = new_context(**visitor).new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        page.console_errors = errors  # type: ignore[attr-defined]  # Tests read it to find broken scripts and CSP.
        return page

    return open_it


def session_of(user: User) -> str:
    """The key of a new session in which `user` is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """`sign_in(page, username)`: through the form, as people do."""

    def through_the_form(page: Page, username: str, password: str = PASSWORD) -> None:
        page.goto("/accounts/login/")
        page.locator("#id_login").fill(username)
        page.locator("#id_password").fill(password)
        page.locator("main form button.primary").click()
        page.wait_for_url(re.compile(r"^(?!.*/accounts/login/)"))

    return through_the_form


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility engine axe-core, out of its pinned package."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def accessibility_findings(axe_source: str) -> Callable[[Page], list[str]]:
    """`accessibility_findings(page)`: serious and critical findings, each with its rule and the place."""

    def look(page: Page) -> list[str]:
        page.evaluate(axe_source)
        outcome = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [f"{finding['id']}: {node['target']} {node['failureSummary']}"
                for finding in outcome["violations"] if finding["impact"] in ("serious", "critical")
                for node in finding["nodes"]]

    return look


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """`screenshot(page, "bench-dark")`: the whole page into var/screenshots/, for people to look at."""

    def take(page: Page, name: str) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take
