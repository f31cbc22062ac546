"""The members' pages in a real browser: barriers, widths, strangers' hosts, and the plan that follows the form."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from products.equipment.services import return_tool
from products.results.services import propose_exclusion
from products.suites.selectors import asked_features
from products.webhooks.services import register_webhook
from products.webhooks.states import Event
from tests.browser.places import PORTAL
from tests.factories import catalogue, certification, equipment, orders, people, rework
from tests.factories.seeds import seed


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    """A draft, a rework to answer with a waiver to accept, a grant, a borrowed tool and one that came back."""
    return seed("the members in a browser", build)


def build() -> SimpleNamespace:
    cast = people.cast()
    loaded = catalogue.load()
    answering = rework.with_vendor(cast)
    propose_exclusion(order=answering.order, item="FUN-01", kind="WAIVER", reason="演示：缺少设备", actor=cast.tester)
    hook = register_webhook(url="https://hooks.example.com/wapi", events=Event.values, actor=cast.vendor)
    hook.deliveries.create(event="order.moved", event_id="entry-7", occurred_at=timezone.now(), tries=2,
                           error="HTTP 503")
    equipment.lent(cast)
    return_tool(loan=equipment.lent(cast, "YS-200"), actor=cast.intake, condition="划痕一处", returned=["电源"])
    return SimpleNamespace(cast=cast, catalogue=loaded, draft=orders.drafted(cast), rework=answering,
                           granted=certification.granted(cast).order)


def test_pages_have_no_barriers_and_fit_the_screen(world: SimpleNamespace, examine_all: Any) -> None:
    parts = {"draft": world.draft.number, "answering": world.rework.order.number, "rework": world.rework.number,
             "granted": world.granted.number}
    mine = [replace(place, who="vendor") for place in PORTAL]
    assert examine_all(mine, parts, world.cast) == []


def test_refused_pages_have_no_barriers_in_the_dark_and_in_english(
    world: SimpleNamespace, open_page: Any, accessibility_findings: Any, screenshot: Any
) -> None:
    page = open_page("/my/apply/new/SEN/", user=world.cast.vendor, language="en", scheme="dark")
    page.locator("#id_name_zh").fill("演示")
    page.locator("#id_model").fill("DEMO-1")
    page.locator("#id_hardware").fill("V1")
    page.locator("#id_firmware").fill("1")
    page.locator("details:has(#id_spec_battery_life) > summary").click()
    page.locator("#id_spec_battery_life").fill("long")
    page.locator("#id_has_agreed").check()
    page.locator("button[value=submit]").click()
    page.locator(".refusals").wait_for()
    assert page.locator("#id_spec_battery_life").input_value() == "long"
    assert page.locator(".field.refused").count() >= 3
    screenshot(page, "portal-apply-refused-en-dark")
    page.set_viewport_size({"width": 360, "height": 900})
    screenshot(page, "portal-apply-refused-en-dark-360")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert accessibility_findings(page) == []


def test_plan_follows_what_is_declared(world: SimpleNamespace, open_page: Any) -> None:
    page = open_page("/my/apply/new/SEN/", user=world.cast.vendor)
    feature = asked_features(world.catalogue.edition, world.draft.device.device_type)[0]
    figure = page.locator("#plan .figure")
    before = figure.inner_text() if figure.count() else ""
    page.locator("#id_name_zh").fill("演示传感器")
    with page.expect_response("**/my/apply/preview/SEN/") as preview:
        page.locator(f"#id_feature_{feature.key}").check()
    assert preview.value.ok
    page.locator("#plan li.plan-in .reason", has_text=feature.name_zh).first.wait_for(state="attached")
    assert figure.inner_text() != before
    assert page.locator("#id_name_zh").input_value() == "演示传感器"
    assert page.console_errors == []
