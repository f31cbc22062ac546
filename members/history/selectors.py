"""Reads the history and proves that a chain is whole."""

from __future__ import annotations

from django.db.models import QuerySet

from members.history.models import Chain, Entry


def entries_of(chain: str) -> QuerySet[Entry]:
    """The entries of one chain, oldest first."""
    return Entry.objects.filter(chain=chain).order_by("sequence")


def breaks_in(chain: str) -> list[int]:
    """The sequence numbers at which a chain does not fit: changed, missing or cut off entries (empty: whole)."""
    broken, previous, expected = [], "", 1
    for entry in entries_of(chain):
        if entry.sequence != expected or entry.previous_hash != previous or entry.computed_hash() != entry.hash:
            broken.append(entry.sequence)
        previous, expected = entry.hash, entry.sequence + 1
    head = Chain.objects.filter(name=chain).first()
    if head and (head.length != expected - 1 or head.head != previous):
        broken.append(expected)
    return broken
