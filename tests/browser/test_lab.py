"""The laboratory's pages in a real browser: barriers, widths, strangers' hosts, and the bench by keyboard."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from products.results.models import Attempt
from products.results.services import propose_exclusion
from tests.factories import catalogue, certification, equipment, orders, people, reports, results, rework

WIDTHS = [1280, 360]


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    """An order on the bench, one with a finding to send, one with a scope to sign, a checked report, a grant."""
    cast = people.cast()
    catalogue.load()
    catalogue.draft_edition(editor=cast.editor)
    equipment.tool(cast.quality)
    testing = orders.in_testing(cast)
    results.recorded(testing, cast, ["IOP-01"])
    results.verified(testing, cast, ["IOP-07"])
    propose_exclusion(order=testing, item="FUN-01", kind="WAIVER", reason="演示：无此接口", actor=cast.tester)
    return SimpleNamespace(
        cast=cast, submitted=orders.submitted(cast), testing=testing, open=rework.opened(cast).order,
        claimed=rework.fix_claimed(cast).order, checked=reports.checked(cast).order,
        granted=certification.granted(cast).order,
    )


def pages(world: SimpleNamespace) -> list[tuple[str, str, str]]:
    """Name, person and address of each template in a state that shows its forms."""
    def of(order: Any, tail: str = "") -> str:
        return f"/lab/orders/{order.number}/{tail}"

    return [
        ("queues", "verifier", "/lab/"), ("queue-empty", "verifier", "/lab/?queue=held"),
        ("tools", "quality", "/lab/tools/"), ("editions", "approver", "/lab/editions/"),
        ("order-submitted", "intake", of(world.submitted)),
        ("order-testing", "intake", of(world.testing)), ("bench", "tester", of(world.testing, "bench/")),
        ("verify", "verifier", of(world.testing, "verify/")), ("rework-open", "tester", of(world.open, "rework/")),
        ("rework-claimed", "verifier", of(world.claimed, "rework/")),
        ("report", "signatory", of(world.checked, "report/")),
        ("decision", "decider", of(world.granted, "decision/")), ("history", "auditor", of(world.granted, "history/")),
    ]


def test_pages_have_no_barriers_and_fit_the_screen(
    world: SimpleNamespace, new_context: Any, accessibility_findings: Any, screenshot: Any
) -> None:
    people_by_name = {who: new_context(user=getattr(world.cast, who)).new_page() for _n, who, _a in pages(world)}
    findings = []
    for name, who, address in pages(world):
        page = people_by_name[who]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            screenshot(page, f"lab-{name}-{width}")
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            findings += [f"{name} at {width}: {over} px too wide"] if over > 0 else []
        findings += [f"{name}: {finding}" for finding in accessibility_findings(page)]
    assert findings == []


def test_bench_is_filled_and_sent_by_keyboard_alone(world: SimpleNamespace, open_page: Any) -> None:
    page = open_page(f"/lab/orders/{world.testing.number}/bench/", user=world.cast.tester)
    rows = page.locator("tr[data-row]")
    codes = [rows.nth(number).locator("th").inner_text() for number in range(3)]
    rows.nth(0).locator("input[type=radio]").first.focus()
    page.keyboard.press("p")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("f")
    assert page.locator(f'input[name="verdict.{codes[0]}"][value=PASS]').is_checked()
    assert page.locator(f'input[name="verdict.{codes[1]}"][value=FAIL]').is_checked()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("i")
    assert page.locator(f'input[name="verdict.{codes[0]}"][value=INC]').is_checked()
    measured = page.locator("tr[data-row]", has=page.locator(".value input")).first
    code = measured.locator("th").inner_text()
    measured.locator("input[type=radio]").first.focus()
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    for box in range(measured.locator(".value input").count()):
        assert measured.locator(".value input").nth(box).evaluate("box => box === document.activeElement")
        page.keyboard.type("100")
        page.keyboard.press("Enter")
    page.keyboard.type("演示：键盘录入")
    page.keyboard.press("Control+Enter")
    page.locator(".messages").wait_for()
    saved = dict(Attempt.objects.filter(plan_item__order=world.testing).values_list("plan_item__code", "verdict"))
    assert {name: saved.get(name) for name in (codes[0], codes[1], code)} == {
        codes[0]: "INC", codes[1]: "FAIL", code: "PASS"}
    assert Attempt.objects.get(plan_item__order=world.testing, plan_item__code=code).remark == "演示：键盘录入"
    assert page.console_errors == []
