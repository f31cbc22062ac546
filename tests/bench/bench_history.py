"""Proving a history of a million entries: `manage.py verify_history` has a minute."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone

from members.history.models import Chain, Entry
from members.history.selectors import faults_in_history
from members.history.selectors.verification import canonical_row
from tests.bench.stopwatch import IS_QUICK, Times, figure
from wapicert import database

CHAINS = 200 if IS_QUICK else 20_000
LENGTH = 50
ROLES = ["TE"]
AFTER = {"attempts": 125, "digest": "5e" * 32, "items": [f"IOP-{number:02d}" for number in range(12)],
         "stage": "testing"}


def figures() -> Iterator[dict[str, Any]]:
    """One pass over everything, then one with a single altered character in the middle."""
    for first in range(0, CHAINS, 100):
        _write(range(first, min(first + 100, CHAINS)))
    times = Times()
    found = times.take(lambda: list(faults_in_history()))
    assert found == [], found[:3]
    yield figure("verify a history", times, entries=CHAINS * LENGTH, chains=CHAINS)
    database.run(connection, database.removal(connection.vendor, "members_entry"))
    name = f"order:{CHAINS // 2:06d}"
    Entry.objects.filter(chain=name, sequence=25).update(reason="演示。")
    times = Times()
    found = times.take(lambda: list(faults_in_history()))
    assert [(fault.kind, fault.chain, fault.sequence) for fault in found] == [("altered", name, 25)], found
    yield figure("verify a history with one altered character", times, entries=CHAINS * LENGTH, chains=CHAINS)


def _write(numbers: range) -> None:
    """A hundred chains, written past the service since that locks and queries per entry."""
    entries, heads, at = [], [], timezone.now().replace(microsecond=0)
    for number in numbers:
        previous, name = "", f"order:{number:06d}"
        for sequence in range(1, LENGTH + 1):
            values = (name, sequence, at, 12, "S-12", ROLES, "results.recorded", "order", name, {}, AFTER, "演示",
                      "0" * 32, "10.0.0.1", "0.1.0", previous, "")
            previous = sha256(canonical_row(values).encode()).hexdigest()
            entries.append(Entry(**dict(zip(Entry.EXPORTED, [*values[:-1], previous], strict=True))))
        heads.append(Chain(name=name, length=LENGTH, head=previous))
    Entry.objects.bulk_create(entries, batch_size=2000)
    Chain.objects.bulk_create(heads)
