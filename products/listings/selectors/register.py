"""Reads the public register itself. Every listing is public, in every state."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from members.companies.models import Company
from products.listings.models import DirectoryState, Listing
from products.listings.querysets import ListingQuerySet


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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.version, s.stamp, r.id, r.state FROM products_directorystate s LEFT JOIN (products_listing l "
            "JOIN products_report mine ON mine.id = l.report_id JOIN products_report r ON r.order_id = mine.order_id) "
            "ON l.listing_number = %s WHERE s.id = 1 ORDER BY r.id", [number.upper()])
        return str(cursor.fetchall())


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
