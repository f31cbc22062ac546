"""What is measured: a cast, an edition all of whose items fall on one type, orders of 125 results, a full register."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from types import SimpleNamespace

from django.db import connection

from members.companies.models import Company
from products.devices.models import DeviceType
from products.devices.states import BANDS, GENERATIONS
from products.listings.models import Listing
from products.listings.services import index_listings
from products.listings.states import ListingStatus, Source
from products.orders.models import Order
from products.results.models import Attempt
from products.results.services import correct_attempt
from products.results.states import CorrectionReason, Verdict
from products.rework.services import verify_results
from products.suites.importing import import_suite
from products.suites.models import Category, Edition
from products.suites.states import ResultType
from tests.factories import catalogue as catalogue_factory
from tests.factories import equipment, listings, orders, people, results

RESULTS, ATTEMPTS, LISTINGS = 125, 5, 10_000
JUDGED = (ResultType.JUDGED, ResultType.JUDGED_WITH_VALUES)


@cache
def cast() -> SimpleNamespace:
    """Everybody, and a tool."""
    everybody = people.cast()
    equipment.tool(everybody.quality)
    return everybody


@cache
def catalogue() -> SimpleNamespace:
    """The catalogue as it comes with the software."""
    return catalogue_factory.load()


@cache
def edition() -> Edition:
    """In force for new orders: every item is mandatory for sensors, and 125 of them take a result."""
    catalogue()
    data = catalogue_factory.suite()
    slug = "2026-bench"
    data["editions"] = [data["editions"][0] | {
        "slug": slug, "label_zh": "演示测量版", "label_en": "Demonstration, for measuring", "name_zh": None,
        "name_en": None, "origin": "proposed", "predecessor": "2024-03", "successor": None,
        "available_on": "2026-01-01", "active_on": "2026-01-01",
    }]
    everywhere = {"editions": [slug], "applicability": {"SEN": {"level": "M"}}}
    data["items"] = [row | everywhere for row in data["items"]]
    while sum(row["result_type"] != ResultType.DERIVED for row in data["items"]) < RESULTS:
        data["items"].append(data["items"][0] | {"code": f"IOP-B{len(data['items'])}", "parent": None})
    import_suite(data)
    return Edition.objects.get(slug=slug)


def order_in_testing() -> Order:
    """An order of 125 results, none recorded."""
    edition()
    order = orders.in_testing(cast(), edition=edition())
    assert len(results.planned(order)) == RESULTS
    return order


def record(order: Order, verdict: str) -> list[Attempt]:
    """One round over all items."""
    return results.recorded(order, cast(), verdicts={item.code: verdict for item in results.planned(order)})


def verify(order: Order, attempts: Iterable[Attempt]) -> None:
    """By the verifier."""
    verify_results(order=order, attempts=attempts, actor=cast().verifier)


def order_with_attempts(last: str) -> tuple[Order, list[Attempt]]:
    """125 items with five records each: tests without a verdict, then `last`, which waits for its verifier.

    Items whose verdict follows from values stand after the first test, so their first record is corrected instead.
    """
    order = order_in_testing()
    first = record(order, Verdict.INC)
    verify(order, [attempt if is_judged(attempt) else corrected(attempt) for attempt in first])
    codes = [attempt.plan_item.code for attempt in first if is_judged(attempt)]
    for verdict in [Verdict.INC] * (ATTEMPTS - 2):
        verify(order, results.recorded(order, cast(), codes, dict.fromkeys(codes, verdict)))
    waiting = results.recorded(order, cast(), codes, dict.fromkeys(codes, last))
    assert Attempt.objects.filter(plan_item__order=order).count() == RESULTS * ATTEMPTS
    return orders.fresh(order), waiting


def is_judged(attempt: Attempt) -> bool:
    """Whether a person says the verdict."""
    return attempt.plan_item.item_version.result_type in JUDGED


def corrected(attempt: Attempt) -> Attempt:
    """The record after its corrections, the fifth in all."""
    for _each in range(ATTEMPTS - 1):
        attempt = correct_attempt(attempt=attempt, row={}, reason=CorrectionReason.TYPING, text="演示：笔误",
                                  actor=cast().tester)
    return attempt


@cache
def full_register() -> None:
    """The published records and 10,000 generated listings of 400 generated companies; the same in every run."""
    catalogue()
    listings.published()
    dice = random.Random(2026)  # noqa: S311 - generated test data
    companies = [Company(number=f"B{nth:05d}", name_zh=f"演示{_word(dice)}{_word(dice)}科技有限公司",
                         short_name_zh=f"演示{_word(dice)}", name_en=f"Demo {nth} Ltd.", is_demonstration=True)
                 for nth in range(400)]
    Company.objects.bulk_create(companies)
    kinds, categories = list(DeviceType.objects.all()), list(Category.objects.values_list("code", flat=True))
    index_listings(Listing.objects.bulk_create(
        [_listing(dice, nth, companies, kinds, categories) for nth in range(LISTINGS)], batch_size=500))
    if connection.vendor == "postgresql":
        # The server does this by itself within a minute.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _word(dice: random.Random) -> str:
    return "".join(dice.choice("联信通达华创云海安博宏远智网芯视源恒")
                   for _each in range(2))


def _listing(
    dice: random.Random, nth: int, companies: list[Company], kinds: list[DeviceType], categories: list[str]
) -> Listing:
    kind = dice.choice(kinds)
    on = date(2020, 1, 1) + timedelta(days=dice.randrange(2500))
    return Listing(
        listing_number=f"WAPI-B-9{nth:05d}", source=Source.TESTED_HERE, company=dice.choice(companies),
        device_type=kind, name_zh=f"演示{kind.name_zh}", name_en=f"Demo {kind.name_en}",
        model=f"DEMO-{kind.code}-{dice.randrange(10**5):05d}", bands=BANDS[: dice.randint(1, 3)],
        generation=dice.choice(GENERATIONS), edition=catalogue().edition, hardware="V1.0", firmware="1.0.0",
        categories_passed=categories[: dice.randint(1, len(categories))], status=dice.choice(ListingStatus.values),
        listed_on=on, sort_date=on, is_demonstration=True,
    )
