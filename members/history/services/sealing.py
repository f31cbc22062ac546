"""Seals rows: an entry carries the digests of the whole rows that its act leaves behind, counted per row."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from django.db.models import Model

from members.history.models import Entry, Seal
from wapicert.seals import Sealed, table_of

PLACE = ["number", "digest", "chain", "sequence"]


def next_seals(rows: Iterable[Model], gone: Iterable[Model] = ()) -> list[Seal]:
    """The seals that the next entry carries, as the database holds the rows now; locked to the end of the transaction.

    A row of a table that is not sealed is a mistake of the caller.
    """
    digests: dict[str, str] = {}
    for table, found in _by_table(rows):
        digests |= {row.key: row.digest for row in table.digests(sorted({row.pk for row in found}))}
    for table, found in _by_table(gone):
        digests |= {table.key_of(row): "" for row in found}
    if not digests:
        return []
    seals = _locked(digests.keys())
    if missing := sorted(digests.keys() - seals.keys()):
        # Another transaction may be first with the same row: whose row stands is then locked like the others.
        Seal.objects.bulk_create([Seal(key=key, number=0, sequence=0) for key in missing], ignore_conflicts=True)
        seals |= _locked(missing)
    for key, digest in digests.items():
        seals[key].number += 1
        seals[key].digest = digest
    return [seals[key] for key in sorted(digests)]


def keep_seals(seals: list[Seal], entry: Entry) -> None:
    """Write where the newest seals stand."""
    for seal in seals:
        seal.chain, seal.sequence = entry.chain, entry.sequence
    if len(seals) == 1:
        seals[0].save(update_fields=PLACE)
    elif seals:
        Seal.objects.bulk_create(seals, update_conflicts=True, unique_fields=["key"], update_fields=PLACE,
                                 batch_size=500)


def _locked(keys: Iterable[str]) -> dict[str, Seal]:
    rows = Seal.objects.select_for_update().filter(key__in=list(keys)).order_by("key")
    return {seal.key: seal for seal in rows}


def _by_table(rows: Iterable[Model]) -> list[tuple[Sealed, list[Model]]]:
    found: list[tuple[Sealed, list[Model]]] = []
    # By the class that a row says to be of: whoever is signed in comes as a lazy object.
    ordered = sorted(rows, key=lambda row: row.__class__.__name__)
    for model, some in groupby(ordered, key=lambda row: row.__class__):
        table = table_of(model)
        if table is None:
            raise LookupError(f"{model.__name__} is not sealed")
        found.append((table, list(some)))
    return found
