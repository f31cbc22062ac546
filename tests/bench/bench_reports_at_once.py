"""Many reports authorised at once: throughput beside the bare loop, latency, memory, and workers that are killed.

The usual report has 125 items. Only on PostgreSQL with Redis beside it, as in production.
"""

from __future__ import annotations

import copy
import hashlib
import json
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from products.orders.models import Order
from products.reports.models import Report
from products.reports.rendering import render
from products.reports.services import authorise_report, check_report, compile_report, requeue_lost_renderings
from products.reports.services.drafting import new_verification_code
from products.reports.states import RenderingState, ReportState
from products.results.states import Verdict
from tests.bench import world
from tests.bench.stopwatch import IS_QUICK, Times, figure, percentile, samples
from tests.bench.webpages import page_of
from tests.bench.workers import QUEUE_URL, Workers, surroundings, wait_until, workers
from tests.factories import orders
from tests.factories.people import PASSWORD
from tests.legs import ROOT, answers

AT_ONCE = 30 if IS_QUICK else 1000
BARE_ROUNDS = 8 if IS_QUICK else 60
TARGETS = {"per_second": 8.0, "share": 0.70, "p95": 1500, "memory": 300, "times_weasyprint": 12}


def figures() -> Iterator[dict[str, Any]]:
    """Everything in one run, so that the ratios compare like with like."""
    if connection.vendor != "postgresql" or not answers("127.0.0.1", 6379):
        return
    pattern = checked_report()
    bare = bare_loop(pattern.snapshot)
    yield line("reports: bare loop, typeset and sign, two processes", bare, "reports/s", 2 * BARE_ROUNDS)
    with workers() as running:
        yield latency(pattern)
        yield from throughput(pattern, running, bare)
        yield from faults(pattern, running)
    yield from beside_weasyprint(pattern.snapshot)


def line(name: str, value: float, unit: str, number: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "unit": unit, "samples": number, **more}


def checked_report() -> Report:
    """An order of 125 items tested once, its report ready to be authorised."""
    people = world.cast()
    order = world.order_in_testing()
    world.verify(order, world.record(order, Verdict.PASS))
    report = compile_report(order=orders.fresh(order), actor=people.tester2)
    return check_report(report=report, actor=people.verifier)


def copies(pattern: Report, number: int) -> list[Report]:
    """As many checked reports as asked for, each on an order and with a device of its own."""
    placed = [duplicate(pattern.order, id=None, number=f"B{uuid.uuid4().hex[:12]}") for _each in range(number)]
    Order.objects.bulk_create(placed)
    made = []
    for nth, order in enumerate(placed):
        snapshot = copy.deepcopy(pattern.snapshot)
        snapshot["order"]["number"], snapshot["device"]["model"] = order.number, f"DEMO-{nth}"
        code = snapshot["report"]["verification_code"] = new_verification_code()
        made.append(duplicate(pattern, id=uuid.uuid4(), order_id=order.pk, snapshot=snapshot, verification_code=code))
    return Report.objects.bulk_create(made)


def duplicate(row: Any, **changes: Any) -> Any:
    """An unsaved row with the same values but these."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**values, **changes})


def authorise(report: Report) -> Report:
    return authorise_report(report=report, actor=world.cast().signatory, password=PASSWORD)


def bare_loop(snapshot: dict[str, Any]) -> float:
    """Reports per second of two processes that do nothing but typeset and sign."""
    path = settings.DATA_DIR / "usual.json"
    path.write_text(json.dumps(with_number(snapshot)), encoding="utf-8")
    command = [sys.executable, "-m", "tests.bench.typesetting", str(path), str(BARE_ROUNDS)]
    processes = [subprocess.Popen([*command, name], cwd=ROOT, env=surroundings(), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True) for name in ("one", "other")]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
    outs = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        outs.append(float(process.communicate()[0]))
    return sum(BARE_ROUNDS / seconds for seconds in outs)


def with_number(snapshot: dict[str, Any]) -> dict[str, Any]:
    data = copy.deepcopy(snapshot)
    moment = timezone.localtime().isoformat(timespec="seconds")
    data["report"] |= {"number": "WAPI-T-BENCH", "issued_on": moment[:10], "authorised_at": moment}
    data["people"]["authorised"] = data["people"]["checked"]
    return data


def latency(pattern: Report) -> dict[str, Any]:
    """From the signatory's act to the stored and signed file, with nothing else in the queue."""
    times = Times()
    for report in copies(pattern, samples(30)):
        def act(report: Report = report) -> None:
            authorise(report)
            wait_until(lambda: is_issued(report), 60, 0.01)
        times.take(act)
    return figure("reports: authorised to stored and signed, idle queue", times, target_p95=TARGETS["p95"])


def is_issued(report: Report) -> bool:
    row = Report.objects.get(pk=report.pk)
    assert not row.rendering_error, row.rendering_error
    return row.state == ReportState.ISSUED


def throughput(pattern: Report, running: Workers, bare: float) -> Iterator[dict[str, Any]]:
    """All of them wait in the queue while the workers are stopped; then the clock runs until the last is stored."""
    ids = prepared(pattern, AT_ONCE)
    first = wait_for(ids, running, part=0.05)
    begin = time.perf_counter()
    wait_for(ids, running)
    rate = (len(ids) - first) / (time.perf_counter() - begin)
    yield line("reports: signed and stored per second, two workers", rate, "reports/s", len(ids),
               target=TARGETS["per_second"])
    yield line("reports: share of the bare loop", rate / bare, "ratio", len(ids), target=TARGETS["share"])
    yield line("reports: largest memory of a worker", max(running.peaks.values()) / 1024, "MB", len(ids),
               target=TARGETS["memory"])


def prepared(pattern: Report, number: int) -> list[uuid.UUID]:
    """Authorised at once by the service itself; the password is hashed cheaply, as people are not what is measured."""
    signatory = world.cast().signatory
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        signatory.set_password(PASSWORD)
        signatory.save(update_fields=["password"])
        ids = [authorise(report).pk for report in copies(pattern, number)]
    signatory.set_password(PASSWORD)
    signatory.save(update_fields=["password"])
    return ids


def wait_for(ids: list[uuid.UUID], running: Workers, part: float = 1.0) -> int:
    """Until this part of them is issued; how many are."""
    waiting = Report.objects.filter(pk__in=ids, state=ReportState.ISSUED)

    def is_enough() -> bool:
        running.children()
        return waiting.count() >= part * len(ids)

    # Seldom enough that asking does not take the processor from those who work.
    wait_until(is_enough, 600, 0.5)
    return waiting.count()


def faults(pattern: Report, running: Workers) -> Iterator[dict[str, Any]]:
    """Workers die every few seconds, children and whole; nothing may be lost, doubled or half done."""
    dice, kills = random.Random(2026), 0  # noqa: S311 - when to kill whom
    begin = time.perf_counter()
    ids = prepared(pattern, AT_ONCE)
    left = Report.objects.filter(pk__in=ids).exclude(state=ReportState.ISSUED)
    while left.exists():
        assert time.perf_counter() - begin < 600, "not done after 600 s"
        time.sleep(dice.uniform(2, 4))
        if left.count() > 5:
            running.kill_one(dice)
            kills += 1
        requeue_lost_renderings()
    yield line("reports: issued while workers were killed", len(ids), "reports", len(ids), kills=kills,
               seconds=round(time.perf_counter() - begin, 1), **faultless(ids))


def faultless(ids: list[uuid.UUID]) -> dict[str, int]:
    """Numbers without gap or double, every stored file whole, and no file that no report names."""
    reports = list(Report.objects.filter(state=ReportState.ISSUED).select_related("file"))
    numbers = sorted(int(report.number.rsplit("-", 1)[1]) for report in reports if report.number)
    assert numbers == list(range(1, len(reports) + 1)), "numbers are not gapless"
    for report in reports:
        assert report.file is not None
        assert report.rendering_state == RenderingState.STORED
        with report.file.content.open("rb") as stored:
            content = stored.read()
        assert hashlib.sha256(content).hexdigest() == report.file.sha256, report.number
        assert content.rstrip().endswith(b"%%EOF"), report.number
    assert len({report.file_id for report in reports}) == len(reports)
    assert sum(report.pk in set(ids) for report in reports) == len(ids)
    return {"gaps": 0, "doubles": 0, "half_files": 0}


def beside_weasyprint(snapshot: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same facts set by both engines in turn, in this process; warm, medians."""
    data, ours, theirs = with_number(snapshot), Times(), Times()
    render(data, draft=False)
    page_of(data)
    for nth in range(samples(5)):
        data["report"]["number"] = f"WAPI-T-BENCH-{nth}"
        ours.take(lambda: render(data, draft=False))
        theirs.take(lambda: page_of(data))
    medians = percentile(ours.processor, 0.5), percentile(theirs.processor, 0.5)
    yield figure("reports: typesetting alone", ours)
    yield figure("reports: the same document by WeasyPrint", theirs)
    yield line("reports: times faster than WeasyPrint", medians[1] / medians[0], "ratio", len(ours.wall),
               target=TARGETS["times_weasyprint"], queue=QUEUE_URL)
