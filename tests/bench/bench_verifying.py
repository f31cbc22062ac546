"""Verifying: the page of an order with 625 records, and 500 records verified in one request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from products.orders.models import Order
from products.results.models import Attempt
from products.results.services import rebuild_slots
from products.results.states import Verdict
from tests.bench import world
from tests.bench.caller import Caller, page_figures
from tests.bench.stopwatch import Times, figure, samples
from tests.factories import equipment, results

# One request verifies as many as this; an edition of 125 items gives four tests of each.
AT_ONCE, TESTS = 500, 4


def figures() -> Iterator[dict[str, Any]]:
    """The page with one record of each item waiting, all its records, then hundreds verified at once."""
    people = world.cast()
    verifier = Caller(people.verifier)
    order, _waiting = world.order_with_attempts(Verdict.INC)
    path = f"/lab/orders/{order.number}/verify/"
    yield from page_figures("lab: verifying, 125 of 625 records waiting", verifier, path, target_queries=20,
                            target_p95=150)
    yield from page_figures("lab: verifying, all 625 records", verifier, f"{path}?all=1", target_queries=20,
                            target_p95=150)
    attempt = order.plan.filter(attempts__isnull=False).first().attempts.first()
    yield from page_figures("lab: one record with its chain", verifier,
                            f"/lab/orders/{order.number}/attempts/{attempt.pk}/", target_queries=25, target_p95=150)
    times = Times()
    for _each in range(samples(10)):
        fresh = world.order_in_testing()
        ids = waiting_rows(fresh)
        times.take(lambda number=fresh.number, rows=ids: verify(verifier, number, rows))
        assert Attempt.objects.filter(plan_item__order=fresh, acts__isnull=True).count() == 0
    yield figure(f"page: verify {AT_ONCE} results in one request", times, target_p95=1000)


def verify(verifier: Caller, number: str, rows: list[int]) -> None:
    """As people do it, with the form of the page."""
    status, _headers, body = verifier.post_form(f"/lab/orders/{number}/verify/", {"attempt": rows})
    assert status == 302, body[:2000].decode()


def waiting_rows(order: Order) -> list[int]:
    """Four tests of every item, all of which wait; written in bulk, since recording refuses a second one."""
    version, tool, now = order.versions.get(), equipment.tool(world.cast().quality), timezone.now()
    Attempt.objects.bulk_create(
        Attempt(plan_item=item, ordinal=ordinal, verdict="PASS", version=version, tool=tool, performed_at=now,
                recorded_at=now, recorded_by=world.cast().tester,
                values={one.key: results.value_for(one) for one in item.item_version.measurements.all()})
        for item in results.planned(order) for ordinal in range(1, TESTS + 1))
    rebuild_slots(order=order)
    return list(Attempt.objects.filter(plan_item__order=order).values_list("pk", flat=True))
