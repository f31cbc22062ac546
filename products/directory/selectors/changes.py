"""The public changes of the register: the newest first for people, in their own order for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.utils import timezone

from products.listings.models import ListingChange

PAGE = 50


@dataclass(frozen=True)
class ChangePage:
    """A page of changes, newest first, and the ids at its edges where there are more beyond them."""

    rows: list[ListingChange]
    older: int | None
    newer: int | None


def changes_public(
    *, kind: str | None = None, device_type: str | None = None, company: str | None = None
) -> QuerySet[ListingChange]:
    """All changes, or those of a kind, of a device type, of a company; with what a line shows."""
    wanted = {"kind": kind, "listing__device_type__code": device_type, "listing__company__number": company}
    rows = ListingChange.objects.select_related("listing__company", "listing__device_type", "listing__edition")
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def change_page(rows: QuerySet[ListingChange], *, before: int | None, after: int | None) -> ChangePage:
    """The page older than `before`, or next newer than `after`, or the newest; cut by id, at any depth alike."""
    if after is not None:
        found = list(rows.filter(id__gt=after).order_by("id")[: PAGE + 1])
        has_newer, found = len(found) > PAGE, found[:PAGE][::-1]
        return ChangePage(found, found[-1].pk if found else None, found[0].pk if has_newer else None)
    found = list((rows.filter(id__lt=before) if before is not None else rows).order_by("-id")[: PAGE + 1])
    has_older, found = len(found) > PAGE, found[:PAGE]
    return ChangePage(found, found[-1].pk if has_older else None,
                      found[0].pk if found and before is not None else None)


def changes_since(rows: QuerySet[ListingChange], since: int | date, size: int) -> tuple[list[ListingChange], bool]:
    """The changes after an id, or since a day began in UTC+8, in the order of their commit; whether there are more."""
    if isinstance(since, int):
        rows = rows.filter(id__gt=since)
    else:
        rows = rows.filter(at__gte=timezone.make_aware(datetime.combine(since, time.min)))
    found = list(rows.order_by("id")[: size + 1])
    return found[:size], len(found) > size
