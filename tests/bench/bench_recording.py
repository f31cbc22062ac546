"""Recording and verifying 125 results at once, through the API and through the pages; target: 500 ms each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from products.orders.models import Order
from products.orders.states import Stage
from products.results.models import Attempt
from tests.bench import world
from tests.bench.caller import Answer, Caller
from tests.bench.stopwatch import Times, figure, samples
from tests.factories import equipment, results

ORDERS = 15
TARGET = {"target_p95": 500}
Take = Callable[[Callable[[], Answer]], Answer]


class ByApi:
    """As a test rig does it."""

    name, recorded, verified = "API", 201, 200

    def rows(self, order: Order) -> Any:
        return results.rows(order)

    def record(self, caller: Caller, order: Order, rows: Any) -> Answer:
        return caller.post_json(f"/api/v1/orders/{order.number}/attempts/", rows)

    def verify(self, caller: Caller, order: Order, ids: list[int]) -> Answer:
        return caller.post_json(f"/api/v1/orders/{order.number}/attempts/verify/", {"attempts": ids})


class ByPage:
    """As people do it, with the form of the bench."""

    name, recorded, verified = "page", 302, 302

    def rows(self, order: Order) -> Any:
        fields = {"tool": equipment.NUMBER, "version": order.versions.get().pk,
                  "performed_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}
        for row in results.rows(order):
            code = row["item"]
            fields |= {f"verdict.{code}": row["verdict"] or "", f"slot_version.{code}": 1, f"remark.{code}": ""}
            fields |= {f"value.{code}.{key}": value["value"] for key, value in row["values"].items()}
        return fields

    def record(self, caller: Caller, order: Order, rows: Any) -> Answer:
        return caller.post_form(f"/lab/orders/{order.number}/bench/", rows)

    def verify(self, caller: Caller, order: Order, ids: list[int]) -> Answer:
        return caller.post_form(f"/lab/orders/{order.number}/verify/", {"attempt": ids})


def figures() -> Iterator[dict[str, Any]]:
    """Every sample is an order of its own, since a result is recorded once."""
    for way in (ByApi(), ByPage()):
        recording, verifying, counts = Times(), Times(), list[int]()
        once(way, counting(counts), counting(counts))
        for _each in range(samples(ORDERS)):
            once(way, recording.take, verifying.take)
        yield figure(f"{way.name}: record 125 results", recording, queries=counts[0], **TARGET)
        yield figure(f"{way.name}: verify 125 results", verifying, queries=counts[1], **TARGET)


def counting(counts: list[int]) -> Take:
    """Runs an act and notes its queries, which would falsify its time."""
    def take(act: Callable[[], Answer]) -> Answer:
        with CaptureQueriesContext(connection) as queries:
            answer = act()
        counts.append(len(queries))
        return answer

    return take


def once(way: ByApi | ByPage, take_recording: Take, take_verifying: Take) -> None:
    """Record and verify one order."""
    people, order = world.cast(), world.order_in_testing()
    tester, verifier, rows = Caller(people.tester), Caller(people.verifier), way.rows(order)
    status, _headers, body = take_recording(lambda: way.record(tester, order, rows))
    assert status == way.recorded, body[:2000].decode()
    ids = list(Attempt.objects.filter(plan_item__order=order).values_list("pk", flat=True))
    assert len(ids) == world.RESULTS
    status, _headers, body = take_verifying(lambda: way.verify(verifier, order, ids))
    assert status == way.verified, body[:2000].decode()
    assert Order.objects.get(pk=order.pk).stage == Stage.COMPLETE
