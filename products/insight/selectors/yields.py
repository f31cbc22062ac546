"""First-pass yield: of the items tested for the first time, how many passed at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import TruncMonth

from products.insight.selectors.scope import Scope
from products.results.models import FirstTests

# What the yield can be split by, and where that stands.
SPLITS = {"month": TruncMonth("day"), "type": F("order__device__device_type"), "edition": F("order__edition")}


@dataclass(frozen=True)
class Yield:
    """Items with a first test that came to a pass or fail, and those of them that passed."""

    key: Any
    tests: int
    passes: int

    @property
    def percent(self) -> float:
        """To one decimal."""
        return round(100 * self.passes / self.tests, 1)


def first_pass_yield(scope: Scope, split: str) -> list[Yield]:
    """By one of SPLITS, in the order of its key: a month's first day, or the id of a type or edition. One query."""
    rows = FirstTests.objects.filter(scope.orders("order__"), scope.days("day")).order_by().annotate(key=SPLITS[split])
    found = rows.values("key").annotate(all=Sum("tests"), passed=Sum("passes")).order_by("key")
    return [Yield(row["key"], row["all"], row["passed"]) for row in found]
