"""Keeps what figures over years are drawn from: first tests and failed items, per order and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from products.orders.models import Order
from products.results.models import FailedItem, FirstTests
from products.results.selectors import PASSED_OR_FAILED, attempts_counting
from products.results.states import Verdict


class Counted(NamedTuple):
    """A record that counts, as far as counting asks."""

    item: int
    code: str
    version: int
    day: date
    has_passed: bool


def recount_results(order: Order) -> bool:
    """Bring the counts of a locked order up to date with its records; whether anything was wrong. Three queries."""
    rows = attempts_counting().filter(plan_item__order=order, verdict__in=PASSED_OR_FAILED)
    found = rows.order_by("plan_item_id", "ordinal", "revision").values_list(
        "plan_item_id", "plan_item__code", "version_id", "recorded_at", "verdict")
    counted = [Counted(item, code, version, timezone.localdate(at), verdict == Verdict.PASS)
               for item, code, version, at, verdict in found]
    changes = [_write_first_tests(order, counted), _write_failed_items(order, counted)]
    return any(changes)


def _write_first_tests(order: Order, counted: Iterable[Counted]) -> bool:
    first: dict[int, Counted] = {}
    for row in counted:
        first.setdefault(row.item, row)
    days: defaultdict[date, list[bool]] = defaultdict(list)
    for row in first.values():
        days[row.day].append(row.has_passed)
    wanted = {(day, len(passes), sum(passes)) for day, passes in days.items()}
    kept = {(row.day, row.tests, row.passes): row.pk for row in FirstTests.objects.filter(order=order)}
    if gone := [pk for key, pk in kept.items() if key not in wanted]:
        FirstTests.objects.filter(pk__in=gone).delete()
    FirstTests.objects.bulk_create([FirstTests(order=order, day=day, tests=tests, passes=passes)
                                    for day, tests, passes in sorted(wanted - kept.keys())])
    return wanted != kept.keys()


def _write_failed_items(order: Order, counted: list[Counted]) -> bool:
    passed = {(row.item, row.version) for row in counted if row.has_passed}
    days: defaultdict[tuple[int, str, date], list[bool]] = defaultdict(list)
    for row in counted:
        if not row.has_passed:
            days[row.item, row.code, row.day].append((row.item, row.version) in passed)
    wanted = {(*key, len(tests), any(tests)) for key, tests in days.items()}
    kept = {(row.plan_item_id, row.code, row.day, row.tests, row.is_flaky): row.pk
            for row in FailedItem.objects.filter(order=order)}
    if gone := [pk for key, pk in kept.items() if key not in wanted]:
        FailedItem.objects.filter(pk__in=gone).delete()
    FailedItem.objects.bulk_create([
        FailedItem(order=order, plan_item_id=item, code=code, day=day, tests=tests, is_flaky=is_flaky)
        for item, code, day, tests, is_flaky in sorted(wanted - kept.keys())])
    return wanted != kept.keys()
