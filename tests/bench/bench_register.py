"""Proving the register: a million entries and a hundred thousand listings, each row against its newest seal."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone

from members.history.models import Chain, Entry, Seal
from members.history.selectors import faults_in_history, faults_in_register
from members.history.selectors.verification import canonical_row
from members.history.services.opening import open_table
from products.failures.selectors import storage_lines
from products.listings.models import Listing
from products.management.generation import generate
from tests.bench import world
from tests.bench.stopwatch import IS_QUICK, Times, figure
from wapicert.seals import TABLES, RowDigest

LISTINGS = 1_000 if IS_QUICK else 100_000
# Acts on each listing, every one with the digest of the row that it left.
ACTS = 10
AT_ONCE = 500


def figures() -> Iterator[dict[str, Any]]:
    """History, rows, then everything that is proved each night; at last one altered row among all of them."""
    world.catalogue()
    for _number in generate(count=LISTINGS, companies=max(LISTINGS // 50, 20), seed=2026):
        pass
    _write(TABLES["listing"].digests())
    for name, table in TABLES.items():
        if name != "listing":
            open_table(table)
    facts = {"entries": Entry.objects.count(), "listings": LISTINGS, "seals": Seal.objects.count()}
    for name, lines in (("verify_history", faults_in_history), ("verify_register", faults_in_register),
                        ("verify_storage", storage_lines)):
        times = Times()
        found = times.take(lambda lines=lines: list(lines()))
        assert found == [], found[:3]
        yield figure(name, times, **facts)
    row = Listing.objects.order_by("pk")[LISTINGS // 2]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE products_listing SET model = 'FORGED' WHERE id = %s", [row.pk])
    times = Times()
    found = times.take(lambda: list(faults_in_register()))
    assert [fault.key for fault in found] == [f"listing:{row.listing_number}"], found
    yield figure("verify_register with one forged listing", times, **facts)


def _write(rows: Iterator[RowDigest]) -> None:
    """The acts on each listing, written past the service since that locks and queries per entry."""
    entries, heads, seals, at = [], [], [], timezone.now().replace(microsecond=0)
    for row in rows:
        previous, chain = "", row.key
        number = chain.partition(":")[2]
        for sequence in range(1, ACTS + 1):
            digest = row.digest if sequence == ACTS else sha256(f"{chain} {sequence}".encode()).hexdigest()
            after = {"rows": {row.key: f"{sequence}:{digest}"}, "since": "2026-11-01", "status": "valid"}
            values = (chain, sequence, at, 12, "S-12", ["DM"], "listing.status_set", "listing", number, {}, after,
                      "演示", "0" * 32, "10.0.0.1", "0.1.0", previous, "")
            previous = sha256(canonical_row(values).encode()).hexdigest()
            entries.append(Entry(**dict(zip(Entry.EXPORTED, [*values[:-1], previous], strict=True))))
        heads.append(Chain(name=chain, length=ACTS, head=previous))
        seals.append(Seal(key=row.key, number=ACTS, digest=row.digest, chain=chain, sequence=ACTS))
        if len(heads) == AT_ONCE:
            _save(entries, heads, seals)
            entries, heads, seals = [], [], []
    _save(entries, heads, seals)


def _save(entries: list[Entry], heads: list[Chain], seals: list[Seal]) -> None:
    Entry.objects.bulk_create(entries, batch_size=2000)
    Chain.objects.bulk_create(heads)
    Seal.objects.bulk_create(seals)
