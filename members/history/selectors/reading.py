"""Reads the history of one chain or one object."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import F, OuterRef, QuerySet, Subquery

from members.history.models import Chain, Entry


def entries_of(chain: str) -> QuerySet[Entry]:
    """The entries of one chain, oldest first."""
    return Entry.objects.filter(chain=chain).order_by("sequence")


def entries_about(object_type: str, object_id: str) -> QuerySet[Entry]:
    """What was done to one object, in whichever chain it stands, oldest first."""
    return Entry.objects.filter(object_type=object_type, object_id=object_id).order_by("at", "id")


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


def heads_changed_since(known: Mapping[str, int]) -> list[Chain]:
    """The chains that are longer than the lengths known of them, by name."""
    return [chain for chain in Chain.objects.order_by("name").iterator() if chain.length != known.get(chain.name, 0)]


def chains_untold(*, after: str = "", most: int = 500) -> list[Chain]:
    """Chains with entries of which nobody was told yet, by name, from the one that follows `after`."""
    return list(Chain.objects.filter(told__lt=F("length"), name__gt=after).order_by("name")[:most])


def entries_untold(chains: Collection[Chain], acts: Collection[str]) -> dict[str, list[Entry]]:
    """By chain, the entries of these acts that the chains held when they were read and nobody was told of."""
    seen = {chain.name: chain.length for chain in chains}
    told = Subquery(Chain.objects.filter(name=OuterRef("chain")).values("told"))
    rows = Entry.objects.filter(chain__in=list(seen), act__in=list(acts), sequence__gt=told)
    found: dict[str, list[Entry]] = {}
    for entry in rows.order_by("chain", "sequence"):
        # What was appended meanwhile is for the next time.
        if entry.sequence <= seen[entry.chain]:
            found.setdefault(entry.chain, []).append(entry)
    return found
