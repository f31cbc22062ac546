"""Where an item stands, derived from its attempts, their acts and its exclusions: the rule behind the slots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from products.results.models import Attempt
from products.results.states import AttemptState, SlotState, Verdict

# An attempt that was corrected or thrown out counts for nothing, but stays readable.
DEAD = frozenset({AttemptState.SUPERSEDED, AttemptState.INVALIDATED})
UNVERIFIED = frozenset({AttemptState.SUBMITTED, AttemptState.RETURNED})
# A verdict with which an item is done; INC is none.
SETTLED = frozenset({Verdict.PASS, Verdict.FAIL, Verdict.REC})


@dataclass(frozen=True)
class Standing:
    """What a slot caches: state, effective verdict (blank until verified), newest and effective attempt."""

    state: SlotState
    verdict: str = ""
    latest_id: int | None = None
    effective_id: int | None = None


def standing_of(attempts: Iterable[Attempt], *, is_excluded: bool, repeat_after: int) -> Standing:
    """The standing of an item that is tested itself.

    The newest test that was neither corrected nor thrown out decides, among those after the ordinal `repeat_after`
    at which a signed scope asked for a repeat. Until a repeat is recorded the older verdict stands greyed
    (`reconfirm`).
    """
    rows = sorted(attempts, key=lambda row: (row.ordinal, row.revision))
    latest = rows[-1].pk if rows else None
    live = [row for row in rows if row.state not in DEAD]
    counted = [row for row in live if row.ordinal > repeat_after]
    if is_excluded:
        return Standing(SlotState.EXCLUDED, "", latest)
    if counted and counted[-1].state in UNVERIFIED:
        return Standing(SlotState.RECORDED, "", latest)
    if counted:
        return Standing(SlotState.VERIFIED, counted[-1].verdict, latest, counted[-1].pk)
    if not repeat_after:
        return Standing(SlotState.TODO, "", latest)
    older = [row for row in live if row.state not in UNVERIFIED]
    if older:
        return Standing(SlotState.RECONFIRM, older[-1].verdict, latest, older[-1].pk)
    return Standing(SlotState.RECONFIRM, "", latest)


def derived_standing(children: Iterable[tuple[str, str]]) -> Standing:
    """The standing of a parent from the (state, verdict) of its children in the plan.

    FAIL as soon as one child fails; PASS when all have passed (excluded children do not count, recorded-only ones
    do not fail); excluded when all are.
    """
    rows = list(children)
    states, verdicts = {state for state, _ in rows}, {verdict for state, verdict in rows if state == SlotState.VERIFIED}
    if Verdict.FAIL in verdicts:
        return Standing(SlotState.VERIFIED, Verdict.FAIL)
    for state in (SlotState.RECONFIRM, SlotState.TODO, SlotState.RECORDED):
        if state in states:
            return Standing(state)
    if not verdicts:
        return Standing(SlotState.EXCLUDED if rows else SlotState.TODO)
    for verdict in (Verdict.INC, Verdict.PASS):
        if verdict in verdicts:
            return Standing(SlotState.VERIFIED, verdict)
    return Standing(SlotState.VERIFIED, Verdict.REC)
