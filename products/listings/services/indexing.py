"""Keeps the directory's index, cube and version in line with the register, in the transaction of each change.

The version's row is written before anything else of the index, and last in its transaction: writers take turns there,
so they can meet neither at a cell nor at a new place, and no two wait for each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from secrets import token_hex
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from products.listings.models import DirectoryState, FacetValue, IndexEntry, Listing, ListingChange
from products.listings.querysets import BASIS_PATHS, Basis, EntryColumns, entry_columns
from products.listings.states import FACETS, Places, packed

BATCH = 500
Facets = tuple[tuple[str, tuple[str, ...]], ...]
COLUMNS = EntryColumns._fields
UPSERT = (f"INSERT INTO products_indexentry ({', '.join(COLUMNS)}) VALUES %s "  # noqa: S608 - constants
          "ON CONFLICT (listing_id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:]))
ADD = ("INSERT INTO products_cell (code, number) VALUES %s "
       "ON CONFLICT (code) DO UPDATE SET number = products_cell.number + excluded.number")


def raise_version() -> None:
    """Make every page and answer that was cached before out of date; call it in the transaction of the change."""
    changes: dict[str, Any] = {"stamp": token_hex(8), "changed_at": timezone.now()}
    if not DirectoryState.objects.filter(pk=1).update(version=F("version") + 1, **changes):
        DirectoryState.objects.get_or_create(pk=1, defaults={"version": 0})
        DirectoryState.objects.filter(pk=1).update(version=F("version") + 1, **changes)


@transaction.atomic
def publish_changes(changes: Iterable[ListingChange]) -> list[ListingChange]:
    """Write what the public is told, with the index of the listings; last in the transaction but for its entries.

    The version comes first: its row stays locked until commit, so that no change with a lower id appears after one with
    a higher id, and a reader of the feed who asks for what came after an id misses nothing. Returns the changes, which
    the caller's act seals.
    """
    rows = list(changes)
    index_listings(change.listing for change in rows)
    return ListingChange.objects.bulk_create(rows, batch_size=BATCH)


@transaction.atomic
def index_listings(listings: Iterable[Listing]) -> int:
    """Write the index entries and cube cells of these saved listings and raise the version; returns how many differed.

    Call it at the end of the transaction that changed them: facts are read from the database.
    """
    ids = [listing.pk for listing in listings]
    raise_version()
    return sum(write_entries(Q(pk__in=ids[start : start + BATCH])) for start in range(0, len(ids), BATCH))


def write_entries(which: Q) -> int:
    """Bring the entries of these listings in line, with the cells that they leave and enter; returns how many differed.

    The caller holds the version's row.
    """
    right = expected_entries(which, read_places())
    before = entries_as_they_are([entry.listing_id for entry in right])
    changed = [entry for entry in right if before.get(entry.listing_id) != entry]
    moves = Counter(entry.facet_code for entry in changed)
    moves.subtract(before[entry.listing_id].facet_code for entry in changed if entry.listing_id in before)
    write_rows(UPSERT, changed)
    write_rows(ADD, [(code, number) for code, number in moves.items() if number])
    return len(changed)


def expected_entries(which: Q, places: Places, *, may_give: bool = True) -> list[EntryColumns]:
    """The entries that these listings should have, by id.

    A value that is new gets its place, or without leave is left out, which makes the entry differ.
    """
    codes: dict[Any, int] = {}
    rows = Listing.objects.filter(which).order_by("pk").values_list(*BASIS_PATHS)
    found = []
    for basis in map(Basis._make, rows):
        facets = basis.facets
        if facets not in codes:
            codes[facets] = packed(placed(facets, places, may_give=may_give), places)
        found.append(entry_columns(basis, codes[facets]))
    return found


def placed(facets: Facets, places: Places, *, may_give: bool) -> Facets:
    """The values that have a place, after giving one to those that are new."""
    for facet, values in facets:
        for value in values:
            if may_give and value not in places[facet]:
                places[facet][value] = give_place(facet, value)
    return tuple((facet, tuple(value for value in values if value in places[facet])) for facet, values in facets)


def entries_as_they_are(ids: list[int]) -> dict[int, EntryColumns]:
    """The entries in the database."""
    rows = IndexEntry.objects.filter(pk__in=ids).values_list(*COLUMNS)
    return {entry.listing_id: entry for entry in map(EntryColumns._make, rows)}


def write_rows(sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many rows a statement; `sql` has one place for all of them."""
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            place = f"({', '.join(['%s'] * len(batch[0]))})"
            cursor.execute(sql % ", ".join([place] * len(batch)), [value for row in batch for value in row])


def read_places() -> Places:
    """The places of all values."""
    places: Places = {facet: {} for facet in FACETS}
    for facet, value, place in FacetValue.objects.values_list("facet", "value", "place"):
        places[facet][value] = place
    return places


def give_place(facet: str, value: str) -> int:
    """The next free place of a facet; refuses a value for which the facet code has no room."""
    last = FacetValue.objects.filter(facet=facet).aggregate(last=Max("place"))["last"] or 0
    if last >= FACETS[facet].most:
        raise OverflowError(f"The facet {facet} has no place left for {value}; widen it in listings.states.FACETS.")
    FacetValue.objects.create(facet=facet, value=value, place=last + 1)
    return last + 1
