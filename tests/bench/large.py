"""An edition of a thousand items, orders of it, and a file of a hundred thousand results."""

from __future__ import annotations

import csv
import io
from functools import cache

from django.utils import timezone

from products.orders.models import Order
from products.results.models import Attempt, AttemptAct
from products.results.services import rebuild_slots
from products.results.states import ActKind
from products.suites.importing import import_suite
from products.suites.models import Edition
from tests.bench import world
from tests.bench.stopwatch import IS_QUICK
from tests.factories import catalogue as catalogue_factory
from tests.factories import equipment, orders, results

ITEMS, TIMES = 1000, 5
ORDERS = 2 if IS_QUICK else 100


@cache
def edition() -> Edition:
    """A thousand judged items, all mandatory for sensors."""
    world.catalogue()
    data = catalogue_factory.suite()
    slug = "2026-large"
    data["editions"] = [data["editions"][0] | {
        "slug": slug, "label_zh": "演示千项版", "label_en": "Demonstration, a thousand items", "name_zh": None,
        "name_en": None, "origin": "proposed", "predecessor": "2024-03", "successor": None,
        "available_on": "2026-01-01", "active_on": "2026-01-01",
    }]
    model = next(row for row in data["items"] if row["result_type"] == "judged")
    data["items"] = [model | {"code": f"IOP-L{nth:04d}", "parent": None, "editions": [slug],
                              "applicability": {"SEN": {"level": "M"}}} for nth in range(ITEMS)]
    import_suite(data)
    return Edition.objects.get(slug=slug)


def order() -> Order:
    """An order of a thousand items, none recorded."""
    return orders.in_testing(world.cast(), edition=edition())


def order_with_attempts() -> Order:
    """A thousand items with five records each, the newest inconclusive, so that every row is a form."""
    made, people, now = order(), world.cast(), timezone.now()
    version, tool = made.versions.get(), equipment.tool(people.quality)
    attempts = Attempt.objects.bulk_create([
        Attempt(plan_item=item, ordinal=ordinal, verdict="INC", version=version, tool=tool, performed_at=now,
                recorded_at=now, recorded_by=people.tester)
        for item in results.planned(made) for ordinal in range(1, TIMES + 1)], batch_size=500)
    AttemptAct.objects.bulk_create(
        [AttemptAct(attempt=attempt, kind=ActKind.VERIFIED, actor=people.verifier, at=now) for attempt in attempts],
        batch_size=500)
    rebuild_slots(order=made)
    return orders.fresh(made)


def results_file(made: list[Order]) -> bytes:
    """A CSV with a result for every item of the orders."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["委托", "编号", "判定", "硬件", "固件", "工具", "测试时间", "备注"])
    when = timezone.localtime().strftime("%Y-%m-%d %H:%M:%S")
    for one in made:
        for item in results.planned(one):
            sheet.writerow([one.number, item.code, "通过", orders.HARDWARE, orders.FIRMWARE, equipment.NUMBER, when,
                            ""])
    return out.getvalue().encode()
