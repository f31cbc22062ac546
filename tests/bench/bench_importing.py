"""A bench of a thousand items, rows saved while one works, and a file of 100,000 results (targets in the figures)."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.test import RequestFactory

from members.people.models import User
from products.orders.models import Order
from products.results.models import Attempt
from products.results.services import files, save_import, start_import
from products.results.states import ImportState
from tests.bench import large, register, world
from tests.bench.caller import TOKEN, Answer, Caller, page_figures
from tests.bench.stopwatch import Times, figure, samples
from tests.bench.web import PROCESSES, THREADS, web_server
from tests.factories import results

BATCH, ENGINEERS = 5, 20


def figures() -> Iterator[dict[str, Any]]:
    """The grid, then saving, then everybody at once, then a file."""
    people = world.cast()
    made = large.order_with_attempts()
    yield from page_figures("lab: bench of 1,000 items with 5 records each", Caller(people.tester),
                            f"/lab/orders/{made.number}/bench/", 30, target_queries=20, target_p95=300)
    yield from autosave(people.tester)
    yield from everybody(people.tester)
    yield from importing(people.tester)


def save(caller: Caller, order: Order, rows: list[dict[str, Any]], key: str) -> Answer:
    """As the bench's script does it."""
    request = RequestFactory().post(
        f"/lab/orders/{order.number}/bench/save/", saved(rows),
        content_type="application/json", headers={"X-CSRFToken": TOKEN, "Idempotency-Key": key})
    return caller._call(request)


def saved(rows: list[dict[str, Any]]) -> str:
    """The body that the bench's script sends."""
    return json.dumps({"rows": rows, "since": 10**6}, default=str)


def batches(order: Order) -> list[list[dict[str, Any]]]:
    """The order's items in small batches."""
    rows = [row | {"performed_at": row["performed_at"].isoformat()} for row in results.rows(order)]
    return [rows[start:start + BATCH] for start in range(0, len(rows), BATCH)]


def autosave(tester: User) -> Iterator[dict[str, Any]]:
    """One person, five rows at a time, in an order of a thousand."""
    caller, order, times = Caller(tester), large.order(), Times()
    for nth, rows in enumerate(batches(order)[:samples(100) + 2]):
        status, _headers, body = (times.take if nth > 1 else _run)(
            lambda rows=rows, nth=nth: save(caller, order, rows, f"a{nth}"))
        assert status == 201, body[:500]
    yield figure(f"bench: save {BATCH} rows of 1,000", times, target_p95=60)


def _run(act: Any) -> Any:
    return act()


def everybody(tester: User) -> Iterator[dict[str, Any]]:
    """Twenty engineers, each with an order of the own, saving a batch a second through web processes as in service.

    Each begins at a moment of the own within the second, as people do.
    """
    work = [(Caller(tester), order, batches(order)[:samples(20)])
            for order in (world.order_in_testing() for _each in range(ENGINEERS))]
    times, faults, gate, thrown = Times(), list[str](), threading.Barrier(ENGINEERS), register.dice()

    def engineer(caller: Caller, order: Order, own: list[list[dict[str, Any]]], pause: float) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        gate.wait()
        time.sleep(pause)
        for nth, rows in enumerate(own):
            started = time.perf_counter()
            line.request("POST", f"/lab/orders/{order.number}/bench/save/", saved(rows), caller.headers() | {
                "Content-Type": "application/json", "Idempotency-Key": f"{order.number}-{nth}"})
            answer = line.getresponse()
            body = answer.read().decode()
            times.wall.append((time.perf_counter() - started) * 1000)
            times.processor.append(0)
            if answer.status != 201:
                faults.append(body[:300])
            time.sleep(max(0, 1 - (time.perf_counter() - started)))

    with web_server() as port:
        for caller, order, _own in work:  # a site in service has its processes warm
            assert caller.fetch(port, f"/lab/orders/{order.number}/bench/") == 200
        threads = [threading.Thread(target=engineer, args=(*one, thrown.random())) for one in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    yield figure(f"bench: {ENGINEERS} engineers saving {BATCH} rows a second each", times, target_p95=200,
                 errors=len(faults), first_error=faults[0] if faults else None, processes=PROCESSES, threads=THREADS)


def held(name: str) -> int:
    """Megabytes of this process by the system's own books: VmRSS now, VmHWM at most."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) // 1024


def importing(tester: User) -> Iterator[dict[str, Any]]:
    """From the bytes to the last attempt; a worker alone holds some 120 MB before it begins."""
    made = [large.order() for _each in range(large.ORDERS)]
    content = large.results_file(made)
    expected = large.ORDERS * large.ITEMS
    before = held("VmRSS")
    # From here on the system notes the peak anew: what came before was the making of the orders.
    Path("/proc/self/clear_refs").write_text("5")
    started = time.perf_counter()
    job = start_import(upload=ContentFile(content, name="results.csv"), actor=tester)
    files.process_import(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.state == ImportState.CHECKED, job.faults[:3]
    checked = time.perf_counter() - started
    save_import(job=job, actor=tester)
    files.process_import(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.saved) == (ImportState.SAVED, expected), job.faults[:3]
    seconds = time.perf_counter() - started
    assert Attempt.objects.filter(plan_item__order__in=made).count() == expected
    yield {"name": f"import a file of {expected} results", "value": round(seconds, 1), "unit": "s", "samples": 1,
           "checked": round(checked, 1), "bytes": len(content),
           "target": 60,
           "memory_mb": held("VmHWM"), "memory_before_mb": before,
           "memory_grown_mb": held("VmHWM") - before, "target_memory_mb": 300,
           "load": round(os.getloadavg()[0], 1)}
