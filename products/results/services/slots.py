"""Keeps the slots, the cache of where each item stands, and proves that it can be rebuilt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Prefetch

from members.history.services import append_entry
from members.people.models import User
from products.orders.models import Order, PlanItem, ReceivedVersion
from products.orders.services.moves import lock_order
from products.orders.states import Inclusion
from products.results.models import Attempt, AttemptAct, Exclusion, Slot
from products.results.selectors import Standing, derived_standing, last_ordinals, standing_of
from products.results.services.counting import recount_results
from products.results.states import ExclusionState, SlotState
from products.suites.states import ResultType

CACHED = ["state", "verdict", "latest", "effective", "row_version"]


def open_slots(*, order: Order) -> None:
    """Give every item of the plan its slot; does nothing where they are open already."""
    missing = PlanItem.objects.filter(order=order, inclusion=Inclusion.IN, slot__isnull=True)
    Slot.objects.bulk_create([Slot(plan_item=item) for item in missing], ignore_conflicts=True)


@transaction.atomic
def rebuild_slots(*, order: Order) -> list[str]:
    """Compute every slot again from attempts, acts, exclusions and signed repeats; the codes that were wrong."""
    locked = lock_order(order)
    open_slots(order=locked)
    recount_results(locked)
    return recompute_slots(order=locked)


def recompute_slots(*, order: Order, plan_item_ids: Collection[int] | None = None) -> list[str]:
    """Bring the slots of a locked order up to date, those given with their parents or all; the codes that changed.

    A slot that changes raises its row_version, by which a stale page is recognised. Reads no more than it needs:
    saving three results of a thousand must not read a thousand.
    """
    slots = Slot.objects.filter(plan_item__order=order).select_related("plan_item__item_version")
    named = list(slots if plan_item_ids is None else slots.filter(plan_item_id__in=plan_item_ids))
    touched = [slot for slot in named if not _is_derived(slot)]
    changed = _written(_apply(touched, _standings(touched)))
    above = {slot.plan_item.item_version.parent_id for slot in touched} - {None}
    above |= {slot.plan_item.item_version_id for slot in named if _is_derived(slot)}
    # A parent may be the child of another; their standings come from the database, hence one level after the other.
    while above:
        parents = list(slots.filter(plan_item__item_version_id__in=above))
        changed += _written(_apply(parents, _derived(order, parents)))
        above = {slot.plan_item.item_version.parent_id for slot in parents} - {None}
    return [slot.plan_item.code for slot in changed]


def _is_derived(slot: Slot) -> bool:
    return slot.plan_item.item_version.result_type == ResultType.DERIVED


def _written(changed: list[Slot]) -> list[Slot]:
    """Write what was changed; an upsert of whole rows takes a third of the time of bulk_update's CASE for each."""
    Slot.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=CACHED)
    return changed


def _standings(slots: Iterable[Slot]) -> dict[int, Standing]:
    """The standing of each slot's item, from its records; three queries."""
    rows = list(slots)
    ids = [slot.plan_item_id for slot in rows]
    attempts = defaultdict(list)
    acts = Prefetch("acts", queryset=AttemptAct.objects.only("id", "kind", "attempt_id"))
    for attempt in Attempt.objects.filter(plan_item_id__in=ids).prefetch_related(acts).order_by():
        attempts[attempt.plan_item_id].append(attempt)
    approved = Exclusion.objects.filter(plan_item_id__in=ids, state=ExclusionState.APPROVED)
    excluded = set(approved.values_list("plan_item_id", flat=True))
    return {
        slot.pk: standing_of(attempts[slot.plan_item_id], is_excluded=slot.plan_item_id in excluded,
                             repeat_after=slot.repeat_after)
        for slot in rows
    }


def _derived(order: Order, parents: Iterable[Slot]) -> dict[int, Standing]:
    """The standings of parents from their children as the database has them."""
    rows = list(parents)
    children = defaultdict(list)
    found = Slot.objects.filter(
        plan_item__order=order, plan_item__item_version__parent_id__in=[row.plan_item.item_version_id for row in rows]
    ).values_list("plan_item__item_version__parent_id", "state", "verdict")
    for parent, state, verdict in found:
        children[parent].append((state, verdict))
    return {slot.pk: derived_standing(children[slot.plan_item.item_version_id]) for slot in rows}


def _apply(slots: Iterable[Slot], standings: dict[int, Standing]) -> list[Slot]:
    """Write the standings into the slots in memory; those that differ."""
    changed = []
    for slot in slots:
        to_be = standings[slot.pk]
        if (slot.state, slot.verdict, slot.latest_id, slot.effective_id) == (
            to_be.state, to_be.verdict, to_be.latest_id, to_be.effective_id
        ):
            continue
        slot.state, slot.verdict = to_be.state, to_be.verdict
        slot.latest_id, slot.effective_id = to_be.latest_id, to_be.effective_id
        slot.row_version += 1
        changed.append(slot)
    return changed


def note_recorded(pairs: Iterable[tuple[Slot, Attempt]]) -> None:
    """Bring slots of a locked order up to date after a test was recorded that nobody has looked at yet.

    What `standing_of` would say of them, without reading the records of hundreds of items again.
    """
    changed = []
    for slot, attempt in pairs:
        slot.state, slot.verdict, slot.latest, slot.effective = SlotState.RECORDED, "", attempt, None
        slot.row_version += 1
        changed.append(slot)
    _written(changed)


@transaction.atomic
def require_repeats(
    *, order: Order, plan_items: Iterable[PlanItem], version: ReceivedVersion, actor: User
) -> list[str]:
    """Ask for items to be tested again on `version`, as a signed scope says; for topics above, which ask the right.

    What stands so far no longer counts and is shown greyed, until the item is recorded on that version or a later
    one. The codes asked for.
    """
    locked = lock_order(order)
    open_slots(order=locked)
    ids = [item.pk for item in plan_items]
    slots = list(Slot.objects.filter(plan_item_id__in=ids, plan_item__order=locked).select_related("plan_item"))
    last = last_ordinals(ids)
    for slot in slots:
        slot.repeat_from, slot.repeat_after = version, last.get(slot.plan_item_id, 0)
    Slot.objects.bulk_update(slots, ["repeat_from", "repeat_after"])
    recompute_slots(order=locked, plan_item_ids=ids)
    codes = [slot.plan_item.code for slot in slots]
    append_entry(chain=locked.chain, act="results.repeats_required", actor=actor, object_type="order",
                 object_id=locked.number, after={"items": codes, "version": version.ordinal})
    return codes


@transaction.atomic
def lift_repeats(*, order: Order, actor: User | None) -> list[str]:
    """Let the older results stand again where a repeat was asked for and none was recorded; for topics above.

    Used when a rework ends without its retest: each result keeps the version that it was measured on. The codes.
    """
    locked = lock_order(order)
    waiting = Slot.objects.filter(plan_item__order=locked, state=SlotState.RECONFIRM, repeat_after__gt=0)
    slots = list(waiting.select_related("plan_item"))
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(repeat_from=None, repeat_after=0)
    recompute_slots(order=locked, plan_item_ids=[slot.plan_item_id for slot in slots])
    codes = [slot.plan_item.code for slot in slots]
    if codes:
        append_entry(chain=locked.chain, act="results.repeats_lifted", actor=actor, object_type="order",
                     object_id=locked.number, after={"items": codes})
    return codes
