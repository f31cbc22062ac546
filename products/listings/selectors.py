"""Reads the public register: search, facets with counts, pages cut by key. Every listing is public, in every state."""

from __future__ import annotations

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, Case, CharField, Count, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Substr

from members.companies.models import Company
from products.listings.errors import CursorInvalid
from products.listings.models import DirectoryState, Listing
from products.listings.querysets import ListingQuerySet
from products.listings.states import NOT_STATED

PAGE_SIZE = 25
# Longer than any cursor that we give out: eighty characters of a model, four bytes each, in base64.
CURSOR_LIMIT = 600
# Columns of each order and whether they fall; the last one is unique, so that a page ends at one place only. What has
# no date or no model stands last in every order.
ORDERINGS: dict[str, list[tuple[str, bool]]] = {
    "-listed_on": [("sort_date", True), ("id", True)],
    "listed_on": [("is_undated", False), ("sort_date", False), ("id", False)],
    "model": [("is_unnamed", False), ("sort_model", False), ("id", False)],
    "-model": [("sort_model", True), ("id", True)],
}
DEFAULT_ORDERING = "-listed_on"
# What a facet reads from a row of the histogram, and the lookup that a single value needs.
COLUMNS = {
    "type": "device_type__code",
    "band": "bands_text",
    "generation": "generation",
    "category": "categories_text",
    "year": "listed_on__year",
    "edition": "edition__slug",
    "status": "status",
}
LISTS = frozenset({"band", "category"})
# The year of a date as both databases write it; SQLite would ask Python for the year of every row.
YEAR = Substr(Cast("listed_on", CharField()), 1, 4)

Selections = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Page:
    """A page of listings and the cursors of its neighbours (None: there is none)."""

    rows: list[Listing]
    next: str | None
    previous: str | None


def directory_version() -> int:
    """The number that every change of the register raises; read it before the rows that it vouches for."""
    return DirectoryState.objects.values_list("version", flat=True).order_by("pk").first() or 0


def listings_public() -> ListingQuerySet:
    """All listings with what a line shows, for everybody: an entry that ended stays findable."""
    return Listing.objects.with_facts()


def listing_numbered(number: str) -> Listing | None:
    """One listing with its report, whatever the case of its letters."""
    rows = listings_public().select_related("report__file")
    return rows.filter(listing_number=number.strip().upper()).first()


def listings_like(listing: Listing, limit: int = 6) -> list[Listing]:
    """Other devices of the same company, newest first."""
    return list(listings_public().filter(company=listing.company_id).exclude(pk=listing.pk)[:limit])


def companies_listed(query: str = "") -> QuerySet[Company, Any]:
    """Companies that have listings, with their count `listed`, by number; `query` is part of a name."""
    found = Company.objects.filter(listings__isnull=False).annotate(listed=Count("listings")).order_by("number")
    if query := query.strip().replace("\x00", ""):
        found = found.filter(
            Q(name_zh__icontains=query) | Q(short_name_zh__icontains=query) | Q(name_en__icontains=query)
        )
    return found


def selected(rows: ListingQuerySet, selections: Selections) -> ListingQuerySet:
    """The listings that have, for each facet, one of the values selected."""
    for facet, values in selections.items():
        if chosen := list(values):
            rows = rows.filter(_condition(facet, chosen))
    return rows


def _condition(facet: str, values: list[str]) -> Q:
    column = COLUMNS[facet]
    stated = [value for value in values if value != NOT_STATED]
    condition = Q(pk__in=[])
    if facet in LISTS:
        for value in stated:
            condition |= Q(**{f"{column}__contains": f"|{value}|"})
    elif stated:
        condition |= Q(**{f"{column}__in": stated})
    if NOT_STATED in values:
        condition |= Q(**({column: ""} if facet in LISTS else {_nullable(column): True}))
    return condition


def _nullable(column: str) -> str:
    return f"{column.partition('__')[0]}__isnull"


def facet_counts(rows: ListingQuerySet, selections: Selections) -> tuple[int, dict[str, dict[str, int]]]:
    """How many listings the selections leave, and per facet how many each value would; one query.

    `rows` are narrowed by everything but the facets. A facet's counts ignore its own selection, since its values are
    alternatives; what a listing does not state counts under NOT_STATED.
    """
    chosen = {facet: set(values) for facet, values in selections.items() if values}
    tallies: dict[str, dict[Any, int]] = {facet: defaultdict(int) for facet in COLUMNS}
    total = 0
    columns = COLUMNS | {"year": YEAR}
    for *row, number in rows.order_by().values_list(*columns.values()).annotate(number=Count("pk")):
        cells = dict(zip(COLUMNS, row, strict=True))
        misses = [facet for facet, wanted in chosen.items() if wanted.isdisjoint(_values(facet, cells[facet]))]
        if not misses:
            total += number
        for facet in COLUMNS if not misses else misses if len(misses) == 1 else ():
            tallies[facet][cells[facet]] += number
    return total, {facet: _by_value(facet, tally) for facet, tally in tallies.items()}


def _by_value(facet: str, tally: Mapping[Any, int]) -> dict[str, int]:
    """What was counted by cell, by the values that the cells hold; a list counts under each of its values."""
    counts: dict[str, int] = {}
    for cell, number in tally.items():
        for value in _values(facet, cell):
            counts[value] = counts.get(value, 0) + number
    return counts


@lru_cache(maxsize=4096)
def _values(facet: str, cell: Any) -> frozenset[str]:
    if cell is None or cell == "":
        return frozenset({NOT_STATED})
    return frozenset(cell.strip("|").split("|")) if facet in LISTS else frozenset({str(cell)})


def page_of(
    rows: ListingQuerySet, *, ordering: str = DEFAULT_ORDERING, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page:
    """One page, cut by comparing with the row at its edge: the last page costs as much as the first; one query.

    Raises CursorInvalid for a cursor of another order or none of ours.
    """
    columns = ORDERINGS[ordering]
    backwards, edge = _read_cursor(cursor, ordering) if cursor else (False, None)
    rows = _with_order(rows, columns)
    if edge:
        rows = rows.filter(_beyond(columns, edge, backwards))
    rows = rows.order_by(*(f"-{name}" if falls != backwards else name for name, falls in columns))
    found = list(rows[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next = bool(found) and (backwards or has_more)
    has_previous = bool(found) and (has_more if backwards else edge is not None)
    return Page(
        found,
        _cursor_at(found[-1], ordering, backwards=False) if has_next else None,
        _cursor_at(found[0], ordering, backwards=True) if has_previous else None,
    )


def _with_order(rows: ListingQuerySet, columns: list[tuple[str, bool]]) -> ListingQuerySet:
    conditions = {"is_undated": Q(listed_on__isnull=True), "is_unnamed": Q(model__isnull=True)}
    needed = {name: conditions[name] for name, _falls in columns if name in conditions}
    return rows.annotate(
        **{
            name: Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
            for name, condition in needed.items()
        }
    )


def _beyond(columns: list[tuple[str, bool]], edge: list[Any], backwards: bool) -> Q:
    condition, equal = Q(pk__in=[]), Q()
    for (name, falls), value in zip(columns, edge, strict=True):
        condition |= equal & Q(**{f"{name}__{'lt' if falls != backwards else 'gt'}": value})
        equal &= Q(**{name: value})
    return condition


def _cursor_at(row: Listing, ordering: str, *, backwards: bool) -> str:
    values = [getattr(row, name) for name, _falls in ORDERINGS[ordering]]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    text = json.dumps([backwards, ordering, *plain], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, ordering: str) -> tuple[bool, list[Any]]:
    try:
        if len(cursor) > CURSOR_LIMIT:
            raise ValueError(cursor)
        padded = cursor + "=" * (-len(cursor) % 4)
        backwards, of_ordering, *plain = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        columns = ORDERINGS[ordering]
        if of_ordering != ordering or len(plain) != len(columns) or not isinstance(backwards, bool):
            raise ValueError(cursor)
        return backwards, [_read_value(name, value) for (name, _falls), value in zip(columns, plain, strict=True)]
    except (ValueError, TypeError, binascii.Error) as error:
        raise CursorInvalid(field="cursor") from error


def _read_value(name: str, value: Any) -> Any:
    """A value of a cursor if it is one that `_cursor_at` can have written; otherwise raises ValueError."""
    if name == "sort_date":
        return date.fromisoformat(value)
    if name == "sort_model":
        is_ours = isinstance(value, str) and "\x00" not in value and bool(value.encode() or True)
    elif name == "id":
        is_ours = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    else:
        is_ours = isinstance(value, bool)
    if not is_ours:
        raise ValueError(value)
    return value
