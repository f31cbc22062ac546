"""What fails: by item, by the reason that was found, and items that passed and failed on one version."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum

from products.insight.selectors.scope import Scope
from products.results.models import AttemptAct, FailedItem
from products.results.selectors import ENDS
from products.rework.models import Reason, ReworkItem
from products.suites.models import ItemVersion

Ranking = list[tuple[str, int]]


def failures_by_item(scope: Scope) -> Ranking:
    """Codes of items with the number of failed tests that count, the most first. One query."""
    rows = _failed(scope).values("code").annotate(number=Sum("tests"))
    return _ranked(rows.values_list("code", "number"))


def flaky_items(scope: Scope) -> Ranking:
    """Codes of items with the number of orders in which one version both passed and failed, the most first.

    A correction is no second verdict, as only the corrected record counts. The failed test gives the day. One query.
    """
    rows = _failed(scope).filter(is_flaky=True).values("code").annotate(number=Count("plan_item", distinct=True))
    return _ranked(rows.values_list("code", "number"))


def failures_by_reason(scope: Scope) -> list[tuple[Reason | None, int]]:
    """Reasons with the number of failed tests in which they were found, the most first; None: not found yet.

    By the day on which the rework began. What a rework still holds of records that were corrected or thrown out does
    not count. Two queries.
    """
    ended = AttemptAct.objects.filter(attempt=OuterRef("attempt"), kind__in=ENDS)
    items = ReworkItem.objects.filter(
        ~Exists(ended), scope.moments("rework__opened_at"), scope.orders("rework__order__"))
    counts = dict(items.order_by().values_list("reason").annotate(number=Count("pk")))
    reasons = {reason.pk: reason for reason in Reason.objects.filter(pk__in=[key for key in counts if key])}
    rows = [(reasons[key] if key else None, number) for key, number in counts.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0].position if row[0] else -1))


def item_names(codes: Iterable[str]) -> dict[str, ItemVersion]:
    """The items by their codes, each as the newest edition that has it words it."""
    rows = ItemVersion.objects.filter(code__in=list(codes))
    return {row.code: row for row in rows.order_by(F("edition__available_on").asc(nulls_first=True))}


def _failed(scope: Scope) -> QuerySet[FailedItem]:
    return FailedItem.objects.filter(scope.days("day"), scope.orders("order__")).order_by()


def _ranked(rows: Iterable[tuple[str, int]]) -> Ranking:
    return sorted(rows, key=lambda row: (-row[1], row[0]))
