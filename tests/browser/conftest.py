"""A real browser on a live server: opening pages as somebody, looking for strangers' hosts and barriers."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test.signals import template_rendered
from playwright.sync_api import Browser, BrowserContext, Page, expect

from members.people.models import User
from tests.browser.places import Place
from tests.factories.people import PASSWORD

SCREENSHOTS = Path(settings.BASE_DIR) / "var" / "screenshots"
OpenPage = Callable[..., Page]
PATIENCE = 60_000  # milliseconds; nothing waits that long but on a machine that does much else
expect.set_options(timeout=PATIENCE)
# What another theme, width or language can change of a page that was examined once; all other rules ask for what is
# the same in each.
OF_THE_DARK, OF_THE_PHONE = ["color-contrast", "link-in-text-block"], ["target-size", "scrollable-region-focusable"]
OF_THE_LANGUAGE = ["html-has-lang", "html-lang-valid", "document-title", "button-name", "link-name", "label"]
WIDE, PHONE = 1280, 360


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for a browser carries the marker."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", []):
            item.add_marker("browser")


@pytest.fixture
def foreign_requests() -> list[str]:
    """Addresses of other hosts that a page asked for; checked to be empty when the test ends."""
    return []


@pytest.fixture(scope="session")
def served(live_server: Any) -> Iterator[Any]:
    """The live server. Before it takes the database back, the threads that answered closed pages have ended."""
    yield live_server
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(30)


@pytest.fixture
def new_context(
    browser: Browser, served: Any, foreign_requests: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a separate visitor: language, scheme and width of the screen, signed in as `user` by session cookie."""
    home = urlsplit(served.url).netloc
    contexts: list[BrowserContext] = []

    def note(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != home:
            foreign_requests.append(request.url)

    def make(user: User | None = None, language: str = "zh-hans", scheme: str = "light", width: int = 1280,
             **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=served.url, color_scheme=scheme, viewport={"width": width, "height": 900},
            locale="zh-CN" if language == "zh-hans" else "en-GB", timezone_id="Asia/Shanghai",
            has_touch=width < 500, **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("request", note)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if user is not None:
            cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
        context.add_cookies([{"name": name, "value": value, "url": served.url}
                             for name, value in cookies.items()])
        return context

    yield make
    for context in contexts:
        context.close()
    assert foreign_requests == []


@pytest.fixture
def new_page(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A page of a new visitor, which notes in `console_errors` what its scripts and the policy complain of."""

    def make(**visitor: Any) -> Page:
        page = new_context(**visitor).new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.console_errors = errors  # type: ignore[attr-defined]  # Tests read it to find broken scripts and CSP.
        return page

    return make


@pytest.fixture
def open_page(new_page: Callable[..., Page]) -> OpenPage:
    """`open_page(path, user=None, language="zh-hans", scheme="light", width=1280)`: a page of a new visitor."""

    def open_it(path: str, **visitor: Any) -> Page:
        page = new_page(**visitor)
        page.goto(path)
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
def accessibility_findings(axe_source: str) -> Callable[..., list[str]]:
    """`accessibility_findings(page)`: serious and critical findings of all rules or of `rules`."""

    def look(page: Page, rules: list[str] | None = None) -> list[str]:
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(axe_source)
        options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False, "preload": False}
        if rules is not None:
            options["runOnly"] = {"type": "rule", "values": rules}
        outcome = page.evaluate("options => axe.run(document, options)", options)
        return [f"{finding['id']}: {node['target']} {node['failureSummary']}"
                for finding in outcome["violations"] if finding["impact"] in ("serious", "critical")
                for node in finding["nodes"]]

    return look


@pytest.fixture
def examine(
    accessibility_findings: Callable[..., list[str]], screenshot: Callable[[Page, str], None]
) -> Callable[..., list[str]]:
    """`examine(page)`: what stands in people's way on the page that is open, in both themes and widths."""

    def look(page: Page, name: str, language: str = "zh-hans", status: int = 200) -> list[str]:
        found = []
        for scheme, width in (("light", WIDE), ("dark", PHONE)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            screenshot(page, f"{name}-{width}-{scheme}-{language}")
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found += [f"{over} px too wide for {width}"] if over > 0 else []
            if language != "zh-hans":
                rules = OF_THE_LANGUAGE if width == WIDE else []
            else:
                rules = None if width == WIDE else OF_THE_DARK + OF_THE_PHONE
            found += accessibility_findings(page, rules) if rules != [] else []
        # A browser notes every answer that is no success.
        found += [text for text in page.console_errors  # type: ignore[attr-defined]
                  if status == 200 or f"status of {status}" not in text]
        return [f"{name} in {language}: {text}" for text in found]

    return look


@pytest.fixture
def examine_all(
    live_server: Any, new_page: Callable[..., Page], examine: Callable[..., list[str]]
) -> Callable[[list[Place], dict[str, Any], SimpleNamespace], list[str]]:
    """`examine_all(places, parts, cast)`: the same of every place in both languages, each by whom it is for.

    A page must be made of the template that its place names, so that the tables tell what was examined.
    """

    def look(places: list[Place], parts: dict[str, Any], cast: SimpleNamespace) -> list[str]:
        pages = {who: new_page(user=getattr(cast, who, None)) for who in {place.who for place in places}}
        found = []
        for place in places:
            page = pages[place.who]
            for language in ("zh-hans", "en"):
                page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language,
                                           "url": live_server.url}])
                found += open_place(page, place, place.path.format(**parts))
                found += examine(page, place.name, language, place.status)
                page.console_errors.clear()  # type: ignore[attr-defined]
        return found

    return look


def open_place(page: Page, place: Place, path: str) -> list[str]:
    """Go there; what is wrong with the answer."""
    made_of: set[str] = set()

    def note(template: Any, **about: Any) -> None:
        made_of.add(str(template.name))

    template_rendered.connect(note)
    answer = page.goto(path)
    template_rendered.disconnect(note)
    status = answer.status if answer else 0
    if (status, place.template in made_of) == (place.status, True):
        return []
    return [f"{place.name}: {status} made of {sorted(made_of)}"]


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """`screenshot(page, "bench-dark")`: with SCREENSHOTS=1 the whole page into var/screenshots/, for people."""

    def take(page: Page, name: str) -> None:
        if os.environ.get("SCREENSHOTS"):
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    return take
