"""The shell of all pages and every component, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from members.people.services import issue_token
from tests.factories.people import PASSWORD

# Every pair of language, theme and width once; all eight would show nothing more.
SETTINGS = [("zh-hans", "light", 1280), ("zh-hans", "dark", 360), ("en", "light", 360), ("en", "dark", 1280)]
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(246, 248, 248)", "rgb(14, 20, 24)"


@pytest.mark.urls("tests.browser.design_urls")
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: "-".join(map(str, setting)))
def test_show_components_in_each_setting_has_no_barrier(open_page, accessibility_findings, screenshot, setting):
    language, scheme, width = setting
    page = open_page("/design/", language=language, scheme=scheme, width=width)
    screenshot(page, f"design-{width}-{scheme}-{language}")
    assert accessibility_findings(page) == []
    assert page.console_errors == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


PAGES = [
    ("/accounts/login/", None), ("/accounts/password/reset/", None), ("/accounts/signup/", None),
    ("/no-such-page/", None), ("/accounts/me/", "vendor"), ("/accounts/password/change/", "tester"),
    ("/accounts/logout/", "tester"),
]


@pytest.mark.parametrize("page_of", PAGES, ids=lambda page_of: page_of[0])
def test_show_page_of_the_shell_has_no_barrier(open_page, cast, accessibility_findings, screenshot, page_of):
    path, user = page_of
    if user:
        issue_token(user=getattr(cast, user), label="测试台 3 号")
    for width, scheme in ((1280, "light"), (360, "dark")):
        page = open_page(path, user=getattr(cast, user or "", None), width=width, scheme=scheme)
        screenshot(page, f"shell{path.replace('/', '-')}{width}")
        assert accessibility_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_switch_theme_is_kept_on_the_next_page(open_page, transactional_db):
    page = open_page("/accounts/login/")
    assert page.evaluate(BACKGROUND) == LIGHT
    page.locator("[data-switch-theme]").click()
    assert page.evaluate(BACKGROUND) == DARK
    page.goto("/accounts/password/reset/")
    assert page.evaluate(BACKGROUND) == DARK
    assert page.locator("[data-switch-theme]").get_attribute("aria-pressed") == "true"


def test_switch_language_stays_on_the_page(open_page, transactional_db):
    page = open_page("/accounts/login/?next=/my/")
    page.locator('button[name="language"]').click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/accounts/login/?next=/my/")
    page.locator('button[name="language"]').click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_use_shell_without_script_follows_the_system_and_signs_in(open_page, cast):
    page = open_page("/accounts/login/?next=/accounts/me/", scheme="dark", java_script_enabled=False)
    assert page.locator("[data-switch-theme]").is_hidden()
    page.locator("#id_login").fill("vendor")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button.primary").click()
    page.wait_for_url("**/accounts/me/")
    page.locator("details.menu > summary").click()
    page.locator('details.menu form[action="/accounts/logout/"] button').click()
    expect(page.locator('.tools a[href="/accounts/login/"]')).to_be_visible()


def test_sign_in_with_a_wrong_password_says_so_and_keeps_the_name(open_page, cast):
    page = open_page("/accounts/login/")
    page.locator("#id_login").fill("vendor")
    page.locator("#id_password").fill("wrong")
    page.locator("main button.primary").click()
    expect(page.locator(".refusals")).to_be_focused()
    expect(page.locator("#id_login")).to_have_value("vendor")


def test_issue_token_in_the_browser_copies_and_revokes_it(open_page, cast, sign_in, screenshot):
    page = open_page("/accounts/login/")
    sign_in(page, "vendor")
    page.goto("/accounts/me/")
    page.locator("#id_label").fill("产线测试台")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main .form button.primary").click()
    expect(page.locator("#secret")).to_contain_text(".")
    screenshot(page, "shell-token-issued")
    page.locator("table .button.danger").click()
    expect(page.locator(".messages")).to_contain_text("产线测试台")
    assert page.locator("table").count() == 0


def test_leave_page_by_keyboard_reaches_the_content_first(open_page, transactional_db):
    page = open_page("/accounts/login/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_open_account_menu_closes_by_escape(open_page, cast):
    page = open_page("/accounts/me/", user=cast.tester)
    page.locator("details.menu > summary").click()
    page.keyboard.press("Escape")
    expect(page.locator("details.menu")).not_to_have_attribute("open", "")
    expect(page.locator("details.menu > summary")).to_be_focused()
