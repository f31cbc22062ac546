"""The laboratory's pages in a real browser: barriers, widths, strangers' hosts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

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
