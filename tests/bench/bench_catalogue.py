"""Loading the catalogue, the plan of an order, one entry of the history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from members.history.services import append_entry
from products.devices.models import DeviceType
from products.management.commands.load_catalogue import load_catalogue
from products.orders.selectors import compute_plan
from products.suites.models import Edition
from tests.bench import world
from tests.bench.stopwatch import Times, figure, repeated, samples
from tests.factories import orders


def figures() -> Iterator[dict[str, Any]]:
    """Loading comes first, since it needs the tables empty."""
    yield figure("load_catalogue into empty tables", loading(), committed=False)
    world.catalogue()
    yield figure("load_catalogue again", repeated(load_catalogue, 15))
    yield from plan()
    yield figure("append one entry to the history", repeated(entry, 200))


def loading() -> Times:
    """What a first load writes, taken back each time."""
    assert not Edition.objects.exists()
    times = Times()
    for _each in range(samples(7)):
        with transaction.atomic():
            times.take(load_catalogue)
            transaction.set_rollback(True)
    return times


def plan() -> Iterator[dict[str, Any]]:
    """Deciding on every item of the edition for one declaration."""
    kind, edition = DeviceType.objects.get(code="SEN"), world.edition()

    def compute() -> None:
        compute_plan(edition=edition, device_type=kind, specification=orders.SPECIFICATIONS["SEN"], features={},
                     chosen=set())

    with CaptureQueriesContext(connection) as queries:
        compute()
    count = len(queries)
    yield figure("compute the plan of 125 items", repeated(compute, 50), queries=count)


def entry() -> None:
    """As a service would, in a transaction of its own."""
    append_entry(chain="bench", act="bench.entry", actor=world.cast().tester, object_type="bench", object_id=1,
                 before={"state": "a"}, after={"state": "b"}, reason="演示")
