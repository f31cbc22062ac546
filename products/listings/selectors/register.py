"""Reads the public register itself. Every listing is public, in every state."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from django.db import connection

from products.listings.models import DirectoryState, Listing
from products.listings.querysets import BASIS_PATHS, Basis, ListingQuerySet
from products.listings.states import NOT_STATED

# What a listing's or a report's number may look like: letters, a dash, digits at the end.
NUMBER = re.compile(r"[A-Z][A-Z0-9-]{0,20}-[A-Z0-9-]{0,20}[0-9]{3}", re.ASCII)

# As many keys as a statement may name on every database.
PIECE = 5000


def directory_version() -> int:
    """The number that every change of the register raises; read it before the rows that it vouches for."""
    return DirectoryState.objects.values_list("version", flat=True).order_by("pk").first() or 0


def directory_tag() -> str:
    """The version with the stamp that was drawn for it; empty as long as nothing was ever listed.

    In plain SQL: every public answer begins with it, and the ORM would take four times as long as the database.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, stamp FROM products_directorystate WHERE id = 1")
        row = cursor.fetchone()
    return f"{row[0]}-{row[1]}" if row else ""


def listing_tag(number: str) -> str:
    """The same with the states of the reports of one listing's order, in one statement."""
    try:
        order = kept_order(number.upper())
    except Listing.DoesNotExist:
        order = None
    if order is None:
        return directory_tag()
    joined = "group_concat(r.state)" if connection.vendor == "sqlite" else "string_agg(r.state, ',')"
    sql = f"""SELECT version, stamp, (SELECT {joined} FROM products_report r WHERE r.order_id = %s)
        FROM products_directorystate WHERE id = 1"""  # noqa: S608 - a constant
    with connection.cursor() as cursor:
        cursor.execute(sql, [order])
        return str(cursor.fetchone())


def listings_numbered(query: str) -> list[int]:
    """The keys of listings that bear exactly this number, or whose report does; none for what is no whole number."""
    number = unicodedata.normalize("NFKC", query).strip().upper()
    if not NUMBER.fullmatch(number):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM products_listing WHERE listing_number = %s UNION ALL SELECT id FROM products_listing "
            "WHERE report_id = (SELECT id FROM products_report WHERE number = %s)", [number, number])
        return sorted({pk for (pk,) in cursor.fetchall()})


@lru_cache(maxsize=65536)
def kept_order(number: str) -> int | None:
    """The order whose reports a listing shows, None for records published before this system.

    Kept for good: a listing follows reports of its own order only. Raises Listing.DoesNotExist, which is not kept.
    """
    order: int | None = Listing.objects.values_list("report__order_id", flat=True).get(listing_number=number)
    return order


def listings_public() -> ListingQuerySet:
    """All listings with what a line shows, for everybody: an entry that ended stays findable."""
    return Listing.objects.with_facts()


def fitting_among(ids: Iterable[int], query: str, chosen: Mapping[str, Sequence[str]]) -> Iterator[int]:
    """Those of some listings that hold every word and fit what is chosen, by the names of the directory's filters.

    `chosen` holds values of facets, the `company`'s number, and the days `listed_after` and `listed_before`.
    """
    paths = {"company": "company__number", "listed_after": "listed_on__gte", "listed_before": "listed_on__lte"}
    rows = listings_public().matching(query).filter(
        **{path: chosen[name][0] for name, path in paths.items() if name in chosen}).order_by("pk")
    keys = sorted(ids)
    for start in range(0, len(keys), PIECE):
        piece = rows.filter(pk__in=keys[start : start + PIECE])
        for basis in (Basis(*values) for values in piece.values_list(*BASIS_PATHS)):
            if all(facet not in chosen or {*(says or (NOT_STATED,))} & {*chosen[facet]}
                   for facet, says in basis.facets):
                yield basis.listing_id


def listing_numbered(number: str) -> Listing | None:
    """One listing with its report, whatever the case of its letters."""
    rows = listings_public().select_related("report__file")
    return rows.filter(listing_number=number.strip().upper()).first()


def listings_like(listing: Listing, limit: int = 6) -> list[Listing]:
    """Other devices of the same company, newest first."""
    return list(listings_public().filter(company=listing.company_id).exclude(pk=listing.pk)[:limit])
