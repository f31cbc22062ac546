"""Tells people of the acts that were appended to the history: each act once, and none is left out."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from members.history.models import Chain, Entry
from members.history.selectors import chains_untold, entries_untold
from members.history.services import note_told
from members.notices.services import notify
from products.notifications.selectors import Matter, matter_of, people_to_tell
from products.notifications.states import TOLD, Telling

# What the words of a notice never need.
UNSAID = frozenset({"object_id", "stage_before", "stage_now", "turn", "person", "proposer", "recorder",
                    "is_from_invitation", "is_amendment"})
logger = logging.getLogger(__name__)


def tell_people() -> int:
    """Write the notices of every act that nobody was told of yet; returns how many notices were asked for.

    The history is the outbox: an act and its entry are committed together, and a chain grows behind its lock without
    gaps, so "told up to here" per chain leaves nothing out. Notices and that mark are one transaction per chain: a
    worker that dies has told nothing, and two at once tell once. What fails keeps its chain waiting, not the others.
    """
    told, last = 0, ""
    while chains := chains_untold(after=last):
        waiting = entries_untold(chains, TOLD.keys())
        note_told([chain for chain in chains if chain.name not in waiting])
        told += sum(_tell_chain(chain, waiting[chain.name]) for chain in chains if chain.name in waiting)
        last = chains[-1].name
    return told


def _tell_chain(chain: Chain, entries: list[Entry]) -> int:
    """Tell of one chain's entries, all or none."""
    try:
        with transaction.atomic():
            told = sum(_tell(entry) for entry in entries)
            # The notices come first, so that the chain is locked for a moment only.
            if not note_told([chain]):
                transaction.set_rollback(True)
                return 0
            return told
    # A fault in one notice must not keep everybody else waiting; it is in the log, and tried again.
    except Exception:
        logger.exception("Nobody could be told of the acts in %s from entry %s on", chain.name, chain.told + 1)
        return 0


def _tell(entry: Entry) -> int:
    """Write the notices of one act."""
    matter = matter_of(entry)
    return sum(_notify(matter, telling) for telling in TOLD[entry.act] if telling.when(matter.facts))


def _notify(matter: Matter, telling: Telling) -> int:
    people = list(people_to_tell(telling.to, matter))
    if not people:
        return 0
    page, *parts = telling.link
    return notify(people=people, event=telling.event, key=f"entry-{matter.entry.pk}", facts=_words(matter, telling),
                  address=reverse(page, args=[matter.facts[part] for part in parts]))


def _words(matter: Matter, telling: Telling) -> dict[str, Any]:
    """What the template needs: the facts, and by when to act."""
    facts = {name: value for name, value in matter.facts.items() if name not in UNSAID}
    if telling.within is None:
        return facts
    return facts | {"due": timezone.localdate(matter.entry.at) + timedelta(days=telling.within())}
