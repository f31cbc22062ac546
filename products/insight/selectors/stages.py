"""How many days orders spend in each stage, with the alliance and with the vendor; and what waits now, for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum
from django.utils import timezone

from products.insight.selectors.scope import Scope
from products.orders.models import Order, StageTime
from products.orders.states import ENDED, Party, Stage

DAY = 24 * 3600
# Stages as an order passes through them; drafts are the vendor's own affair.
PASSED = [Stage.SUBMITTED, Stage.RETURNED, Stage.ACCEPTED, Stage.TESTING, Stage.ON_HOLD, Stage.COMPLETE,
          Stage.REPORTING, Stage.DECIDED]
PARTIES = [Party.INTAKE, Party.VENDOR, Party.LABORATORY, Party.SIGNATORY, Party.DECISION]
# Whole days that an order has waited at most, for the groups of its age; the last group has no end.
AGES = [2, 5, 10, 20]


@dataclass(frozen=True)
class StageDays:
    """Orders that left a stage at least once, and their mean days in it while it was each side's turn."""

    stage: Stage
    orders: int
    alliance: float
    vendor: float


def days_by_stage(scope: Scope) -> list[StageDays]:
    """The stages of PASSED over orders submitted in the period; a stretch that lasts still does not count.

    One query.
    """
    rows = StageTime.objects.filter(scope.orders("order__"), scope.moments("order__submitted_at"),
                                    order__submitted_at__isnull=False).order_by().values("stage")
    found = {row["stage"]: row for row in rows.annotate(
        orders=Count("pk"), alliance=Sum("alliance_seconds"), vendor=Sum("vendor_seconds"))}
    return [StageDays(stage, found[stage]["orders"], *(
        round(found[stage][side] / found[stage]["orders"] / DAY, 1) for side in ("alliance", "vendor")))
        for stage in PASSED if stage in found]


def waiting_by_party(scope: Scope, now: datetime | None = None) -> list[tuple[Party, list[int]]]:
    """Open orders by whose turn it is, counted by the days since then: one number per group of AGES and one beyond.

    The scope's days do not matter, as everything that waits waits now. One query.
    """
    return [(party, counts) for party, counts in zip(PARTIES, _by_age(scope, "turn", PARTIES, now), strict=True)]


def waiting_by_stage(scope: Scope, now: datetime | None = None) -> list[tuple[Stage, list[int]]]:
    """The same by stage, counted by the days since the stage began."""
    return [(stage, counts) for stage, counts in zip(PASSED, _by_age(scope, "stage", PASSED, now), strict=True)]


def _by_age(scope: Scope, field: str, keys: Sequence[str], now: datetime | None) -> list[list[int]]:
    moment, counts = now or timezone.now(), Counter[tuple[str, int]]()
    rows = Order.objects.filter(scope.orders()).exclude(stage__in=[*ENDED, Stage.DRAFT])
    for key, since in rows.order_by().values_list(field, f"{field}_since"):
        days = (moment - since).days
        counts[key, sum(days > most for most in AGES)] += 1
    return [[counts[key, place] for place in range(len(AGES) + 1)] for key in keys]
