"""The documentation of the API, in a real browser: from this site alone, under its policy."""

from __future__ import annotations

from playwright.sync_api import expect


def test_show_documentation_of_the_api_needs_no_other_host(open_page, transactional_db, screenshot):
    page = open_page("/api/docs/")
    expect(page.locator("#operations-orders-orders_create")).to_be_visible()
    screenshot(page, "api-docs")
    assert page.console_errors == []


def test_open_an_operation_shows_its_headers_and_refusals(open_page, transactional_db):
    page = open_page("/api/docs/")
    operation = page.locator("#operations-orders-orders_submit_create")
    operation.locator(".opblock-summary").click()
    expect(operation.get_by_text("If-Match").first).to_be_visible()
    expect(operation.get_by_text("Refusal").first).to_be_visible()
    assert page.console_errors == []
