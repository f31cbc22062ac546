"""Figures that everybody may see: listings over time, devices per edition, days from application to report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from django.db.models import CharField, Count, Max, Min
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from products.devices.models import DeviceType
from products.listings.models import Listing
from products.listings.selectors import directory_version
from products.orders.models import Order
from products.reports.states import ReportState
from products.suites.models import Edition
from products.suites.selectors import editions_public

# A median of fewer is no statement, and could be one company's own figure.
FEWEST = 3
ISSUED = (ReportState.ISSUED, ReportState.REPLACED, ReportState.WITHDRAWN)


@dataclass(frozen=True)
class ListedByYear:
    """Listings by the year of their date and type; `undated` state no date, `demonstration` are invented."""

    years: list[str]
    types: list[tuple[DeviceType | None, list[int]]]
    undated: int
    demonstration: int


@dataclass(frozen=True)
class Waiting:
    """Orders by the year of their first report: how many, and the median of days; None below FEWEST."""

    years: list[str]
    numbers: list[int]
    medians: list[float | None]
    demonstration: int


def figures_state() -> tuple[object, ...]:
    """What the figures depend on."""
    issued = Order.objects.filter(reports__state__in=ISSUED).aggregate(Count("pk"), Max("reports__issued_at"))
    return directory_version(), *issued.values()


def listed_by_year() -> ListedByYear:
    """Counted in one query; years between the first and the last are there even when nothing was listed in them."""
    year = Substr(Cast("listed_on", CharField()), 1, 4)
    rows = Listing.objects.order_by().values_list(year, "device_type", "is_demonstration").annotate(number=Count("pk"))
    found: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    undated = demonstration = 0
    for when, kind, invented, number in rows:
        demonstration += number if invented else 0
        if when is None:
            undated += number
        else:
            found[kind][when] += number
    years = _years([when for by_year in found.values() for when in by_year])
    types: list[tuple[DeviceType | None, list[int]]] = [
        (kind, [found[kind.pk][when] for when in years]) for kind in DeviceType.objects.all() if kind.pk in found]
    if None in found:
        types.append((None, [found[None][when] for when in years]))
    return ListedByYear(years, types, undated, demonstration)


def listed_by_edition() -> list[tuple[Edition, int]]:
    """Each public edition, oldest first, with its listings. Two queries."""
    counts = dict(Listing.objects.filter(edition__isnull=False).order_by().values_list("edition")
                  .annotate(number=Count("pk")))
    return [(edition, counts.get(edition.pk, 0)) for edition in editions_public().order_by("slug")]


def days_to_report() -> Waiting:
    """Calendar days in UTC+8 from the application's submission to its first report, by the year of that report."""
    rows = (Order.objects.filter(reports__state__in=ISSUED, submitted_at__isnull=False).order_by()
            .annotate(issued=Min("reports__issued_at")).values_list("submitted_at", "issued", "is_demonstration"))
    found: dict[str, list[int]] = defaultdict(list)
    demonstration = 0
    for submitted, issued, invented in rows:
        first, last = timezone.localdate(submitted), timezone.localdate(issued)
        found[str(last.year)].append((last - first).days)
        demonstration += invented
    years = _years(list(found))
    return Waiting(years, [len(found[year]) for year in years],
                   [median(found[year]) if len(found[year]) >= FEWEST else None for year in years], demonstration)


def _years(found: list[str]) -> list[str]:
    """Every year from the first to the last."""
    return [str(year) for year in range(int(min(found)), int(max(found)) + 1)] if found else []
