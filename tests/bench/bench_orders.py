"""Pages of an order of 125 items with five records each, beside an empty view; target: 20 queries, p95 of 150 ms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from products.results.states import Verdict
from tests.bench import world
from tests.bench.caller import Caller, page_figures

# Of the pages that are looked at all day.
TARGET = {"target_queries": 20, "target_p95": 150}


def figures() -> Iterator[dict[str, Any]]:
    """An order that is tested on, then one whose tests are complete."""
    people = world.cast()
    order, waiting = world.order_with_attempts(Verdict.INC)
    lab, api = f"/lab/orders/{order.number}/", f"/api/v1/orders/{order.number}/"
    tester, vendor = Caller(people.tester), Caller(people.vendor)
    world.verify(order, waiting)
    yield from page_figures("lab: bench, every judged item to be filled in", tester, f"{lab}bench/", **TARGET)
    order, waiting = world.order_with_attempts(Verdict.PASS)
    world.verify(order, waiting)
    lab, api = f"/lab/orders/{order.number}/", f"/api/v1/orders/{order.number}/"
    yield from page_figures("lab: order", tester, lab, **TARGET)
    yield from page_figures("lab: bench, everything verified", tester, f"{lab}bench/", **TARGET)
    yield from page_figures("lab: history", tester, f"{lab}history/", **TARGET)
    yield from page_figures("vendor: order", vendor, f"/my/orders/{order.number}/", **TARGET)
    yield from page_figures("API: order", tester, api, **TARGET)
    yield from page_figures("API: plan", tester, f"{api}plan/", **TARGET)
    yield from page_figures("API: records, a page", tester, f"{api}attempts/", **TARGET)
