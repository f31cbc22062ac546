"""Figures of the laboratory over a million records on PostgreSQL: each chart made anew within different scopes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from members.companies.models import Company
from members.people.models import User
from products.devices.models import Device
from products.insight.rendering import CHARTS, trend_chart
from products.insight.selectors import Scope, measurements_numbered
from products.orders.models import Order
from products.results.services.counting import recount_results
from products.suites.models import Edition
from tests.bench import laboratory
from tests.bench.caller import Caller
from tests.bench.stopwatch import Times, figure, samples
from wapicert.conditional import shelf

TARGET, TURNS = 500, 60


def figures() -> Iterator[dict[str, Any]]:
    """Filling, then every chart, whole pages, and what a count of one order costs its verifier."""
    if connection.vendor != "postgresql":
        return
    with laboratory.given() as is_given:
        if not is_given:
            built = laboratory.fill()
            yield {"name": "insight: fill", "value": built["built_s"], "unit": "s", "samples": 1, **built}
        dice = random.Random(5)  # noqa: S311 - generated questions
        asked = [_scope(dice) for _each in range(samples(TURNS))]
        for name, draw in CHARTS.items():
            yield _drawn(f"insight: {name}", [lambda scope=scope, draw=draw: draw(scope) for scope in asked])
        measurements = list(measurements_numbered())
        devices = [Device.objects.get(pk=dice.choice(range(1, Device.objects.count() + 1))) for _scope in asked]
        yield _drawn("insight: trend", [lambda device=device, one=one: trend_chart(device, one, Scope())
                                        for device, one in zip(devices, cycle(measurements), strict=False)])
        yield from _pages()
        yield _recount(dice)


def _scope(dice: random.Random) -> Scope:
    """Everything, a year, or one type, edition or company, in turns thrown at random."""
    first = date(2019, 1, 1) + timedelta(days=dice.randrange(2400))
    kinds = [
        Scope, lambda: Scope(since=first, until=first + timedelta(days=365)),
        lambda: Scope(device_type=Device.objects.select_related("device_type").first().device_type),
        lambda: Scope(edition=Edition.objects.get(slug="2024-03")),
        lambda: Scope(company=dice.choice(Company.objects.filter(number__startswith="L"))),
    ]
    return dice.choice(kinds)()


def _drawn(name: str, acts: list[Any]) -> dict[str, Any]:
    times = Times()
    acts[0]()
    for act in acts:
        times.take(act)
    return figure(name, times, target_p95=TARGET)


def _pages() -> Iterator[dict[str, Any]]:
    """Whole pages over everything, with frame, tables and session."""
    caller = Caller(User.objects.get(username="verifier"))
    for page in ("yield", "failures", "stages", "flaky", "workload"):
        times, path = Times(), reverse("lab-figures-page", args=[page])
        for _each in range(samples(10)):
            shelf.clear()
            status, _headers, _body = times.take(lambda path=path: caller.get(path))
            assert status == 200
        yield figure(f"insight: page {page}", times)


def _recount(dice: random.Random) -> dict[str, Any]:
    """What verifying pays for the figures: one order's counts; they must be what was thrown."""
    times, numbers = Times(), Order.objects.order_by("pk").values_list("pk", flat=True)
    chosen = [Order.objects.get(pk=dice.choice(numbers)) for _each in range(samples(30))]
    for order in chosen:
        with transaction.atomic():
            assert times.take(lambda order=order: recount_results(order)) is False
    return figure("insight: counts of one order of 110 items", times)
