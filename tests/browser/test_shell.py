"""The shell of all pages and every component, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from members.people.services import issue_token
from tests.browser.places import SHELL
from tests.factories.people import PASSWORD

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(246, 248, 248)", "rgb(14, 20, 24)"


@pytest.mark.urls("tests.browser.design_urls")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_components_have_no_barriers_and_fit_the_screen(transactional_db, open_page, examine, language):
    assert examine(open_page("/design/", language=language), "design", language) == []


@pytest.mark.urls("tests.browser.design_urls")
def test_pages_of_the_shell_have_no_barriers_and_fit_the_screen(cast, examine_all):
    for user in (cast.vendor, cast.tester):
        issue_token(user=user, label="测试台 3 号")
    assert examine_all(SHELL, {}, cast) == []


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
