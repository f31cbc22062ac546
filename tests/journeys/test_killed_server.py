"""A server that is killed while a tester types: nothing that was acknowledged is missing, nothing is twice."""

from __future__ import annotations

import signal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.road import Road
from tests.journeys.site import wait_until
from tests.journeys.test_by_browser import PATIENCE, Person

pytestmark = pytest.mark.browser
# Rows that one keystroke fills: judged, and without values.
PLAIN = """rows => rows.filter(row => row.querySelector("input[type=radio]") && !row.querySelector("[name^='value.']"))
    .map(row => row.dataset.row)"""
CLOSED = "rows => rows.map(row => row.dataset.closed)"


def type_pass(page: Page, codes: list[str]) -> None:
    for code in codes:
        page.locator(f"tr[data-row='{code}'] input[type=radio]").first.focus()
        page.keyboard.press("p")


def test_server_killed_while_a_tester_types_loses_no_row_and_saves_none_twice(site, people, browser):
    road = Road(people, "DEMO-KILL-BENCH")
    road.apply()
    road.accept()
    tester = Person(browser, site, "lab")
    number = road.order_path.strip("/").rpartition("/")[2]
    page = tester.open(f"/lab/orders/{number}/bench/")
    codes = page.locator("tr[data-row]").evaluate_all(PLAIN)[:18]
    type_pass(page, codes[:6])
    expect(page.locator(f"tr[data-closed='{codes[0]}']")).to_be_visible(timeout=PATIENCE)
    # The next batch is on its way, and more is typed, when the server dies.
    type_pass(page, codes[6:12])
    site.stop("web", signal.SIGKILL)
    # Derived items take no results and are closed from the first.
    acknowledged = set(page.locator("tr[data-closed]").evaluate_all(CLOSED)) & set(codes)
    type_pass(page, codes[12:])
    site.start("web")
    wait_until(site.is_ready, seconds=300, what="the site is ready again")
    expect(page.locator("tr.unsaved")).to_have_count(0, timeout=PATIENCE)
    found = [row["item"] for row in people["lab"].get(f"{road.order_path}attempts/?page_size=100")["results"]]
    assert sorted(found) == sorted(codes)
    assert codes[0] in acknowledged
    assert tester.errors == []
    tester.context.close()
