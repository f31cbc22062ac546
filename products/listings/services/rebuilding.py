"""Makes the directory's index anew from the register, in steps that can be interrupted, and finds any drift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Q

from products.listings.models import Cell, DirectoryState, IndexEntry, Listing
from products.listings.querysets import EntryColumns
from products.listings.services.indexing import (
    entries_as_they_are,
    expected_entries,
    raise_version,
    read_places,
    write_entries,
)
from wapicert.database import TrigramIndex, run

STEP = 2000
WORDS = TrigramIndex("products_indexentry", "search_text", "listing_id", "directory_words")


class Drift(NamedTuple):
    """One way in which the index differs from the register."""

    kind: str  # missing, extra, differs, cell, words
    listing: str
    detail: str


def rebuild_directory(*, from_start: bool = False) -> Iterator[int]:
    """Bring every index entry in line, STEP listings a transaction; yields how many listings each step passed.

    A rebuild that was interrupted goes on where it ended. Searches stay answered meanwhile, since only what differs is
    written; an index without any entry is filled first and its fragments indexed then, which takes a third of the
    time. At the end entries without a listing are removed and the cube is counted from the entries.
    """
    DirectoryState.objects.get_or_create(pk=1, defaults={"version": 0})
    if from_start:
        DirectoryState.objects.filter(pk=1).update(rebuilt_to=None)
    is_empty = not IndexEntry.objects.exists()
    if is_empty:
        run(connection, WORDS.removal(connection.vendor))
    last = DirectoryState.objects.values_list("rebuilt_to", flat=True).get(pk=1) or 0
    listings = Listing.objects.order_by("pk").values_list("pk", flat=True)
    while ids := list(listings.filter(pk__gt=last)[:STEP]):
        last = ids[-1]
        rebuild_step(ids)
        yield len(ids)
    finish_rebuild(put_in_order=is_empty)


@transaction.atomic
def rebuild_step(ids: list[int]) -> None:
    """One step: the version's row first, so that whoever is changing one of these listings has finished."""
    raise_version()
    write_entries(Q(pk__gte=ids[0], pk__lte=ids[-1]))
    DirectoryState.objects.filter(pk=1).update(rebuilt_to=ids[-1])


@transaction.atomic
def finish_rebuild(*, put_in_order: bool) -> None:
    """Remove what has no listing, count the cube anew, and note that no rebuild is under way.

    What was filled from nothing is put in the order of companies, so that a search for one reads few pages.
    """
    raise_version()
    IndexEntry.objects.filter(~Q(listing__in=Listing.objects.all())).delete()
    Cell.objects.all().delete()
    Cell.objects.bulk_create(
        [Cell(code=code, number=number) for code, number in counted_cells().items()], batch_size=500
    )
    if connection.vendor == "postgresql":
        # What waits to be checked at the end of the transaction would keep the table from being put in order.
        connection.check_constraints()
        run(connection, ["CLUSTER products_indexentry USING entry_newest_of_company"] if put_in_order else [])
    run(connection, WORDS.commands(connection.vendor))
    if connection.vendor == "sqlite":
        run(connection, ["INSERT INTO directory_words(directory_words) VALUES ('rebuild')"])
    DirectoryState.objects.filter(pk=1).update(rebuilt_to=None)
    run(connection, ["ANALYZE"] if connection.vendor == "sqlite" else ["ANALYZE products_indexentry"])


def counted_cells() -> dict[int, int]:
    """The cube as the entries make it."""
    return dict(IndexEntry.objects.values_list("facet_code").annotate(number=Count("pk")).order_by())


def find_drift() -> Iterator[Drift | int]:
    """Every difference between register and index; in between, how many listings were compared."""
    places = read_places()
    last = 0
    while ids := list(Listing.objects.order_by("pk").values_list("pk", flat=True).filter(pk__gt=last)[:STEP]):
        last = ids[-1]
        entries = entries_as_they_are(ids)
        for right in expected_entries(Q(pk__gte=ids[0], pk__lte=last), places, may_give=False):
            yield from differences(right, entries.get(right.listing_id))
        yield len(ids)
    extra = IndexEntry.objects.exclude(listing__in=Listing.objects.all())
    yield from (Drift("extra", str(pk), "no such listing") for pk in extra.values_list("pk", flat=True))
    yield from cells_that_differ()
    yield from words_that_differ()


def differences(right: EntryColumns, entry: EntryColumns | None) -> Iterator[Drift]:
    """What is wrong with one listing's entry."""
    if entry is None:
        yield Drift("missing", str(right.listing_id), "not in the index")
    elif wrong := [name for name in EntryColumns._fields if getattr(entry, name) != getattr(right, name)]:
        yield Drift("differs", str(right.listing_id), ", ".join(wrong))


def cells_that_differ() -> Iterator[Drift]:
    """Cells whose number is not that of their entries."""
    right = Counter(counted_cells())
    cube = Counter(dict(Cell.objects.values_list("code", "number")))
    for code in sorted(right.keys() | cube.keys()):
        if right[code] != cube[code]:
            yield Drift("cell", str(code), f"{cube[code]} instead of {right[code]}")


def words_that_differ() -> Iterator[Drift]:
    """On SQLite the full-text index is a table of its own, which checks itself against the entries."""
    if connection.vendor != "sqlite":
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO directory_words(directory_words, rank) VALUES ('integrity-check', 1)")
    except DatabaseError as error:
        yield Drift("words", "directory_words", str(error))

