"""The bench grid and the order page: one row per planned item with its attempts, in a bounded number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, Max, Prefetch

from products.orders.models import Order, PlanItem, ReceivedVersion
from products.orders.states import Inclusion
from products.results.models import Attempt, AttemptAct, Evidence, Exclusion, Slot
from products.results.states import IN_FORCE, ActKind, ExclusionKind, ExclusionState, SlotState, Verdict
from products.suites.models import ItemVersion
from products.suites.states import ResultType

COUNTS = ("todo", "passed", "failed", "other")


@dataclass
class SlotRow:
    """A planned item as pages show it; without a slot of its own (nothing recorded yet) it stands at `todo`."""

    plan_item: PlanItem
    item: ItemVersion
    slot: Slot | None
    attempts: list[Attempt] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The item's code."""
        return self.plan_item.code

    @property
    def state(self) -> SlotState:
        """Where it stands."""
        return SlotState(self.slot.state) if self.slot else SlotState.TODO

    @property
    def verdict(self) -> Verdict | None:
        """The effective verdict; in state `reconfirm` the older one, to be shown greyed; None until verified."""
        return Verdict(self.slot.verdict) if self.slot and self.slot.verdict else None

    @property
    def row_version(self) -> int:
        """To be sent back as `slot_version`."""
        return self.slot.row_version if self.slot else 1

    @property
    def latest(self) -> Attempt | None:
        """The newest attempt, whatever became of it."""
        return self.attempts[-1] if self.attempts else None

    @property
    def effective(self) -> Attempt | None:
        """The attempt whose verdict counts."""
        key = self.slot.effective_id if self.slot else None
        return next((row for row in self.attempts if row.pk == key), None)

    @property
    def repeat_from(self) -> ReceivedVersion | None:
        """The version on which a signed scope wants it repeated."""
        return self.slot.repeat_from if self.slot else None

    @property
    def exclusion(self) -> Exclusion | None:
        """The exclusion that is proposed or approved."""
        return next((row for row in self.exclusions if row.state in IN_FORCE), None)

    @property
    def is_derived(self) -> bool:
        """Whether the verdict follows from children."""
        return self.item.result_type == ResultType.DERIVED


def slots_of(order: Order, *, everything: bool = False, counting_only: bool = False) -> list[SlotRow]:
    """One row per item in the plan, in its order; `everything` adds optional and left-out items.

    Ten queries whatever the number of items and attempts; attempts come oldest first with acts and people. With
    `counting_only` the rows hold no evidence and only the attempts that count, with their versions: five queries.
    """
    plan = PlanItem.objects.filter(order=order).order_by("position").select_related(
        "item_version__category", "feature", "slot__repeat_from__hardware", "slot__repeat_from__firmware"
    ).prefetch_related("item_version__measurements")
    rows = [
        SlotRow(item, item.item_version, getattr(item, "slot", None))
        for item in (plan if everything else plan.filter(inclusion=Inclusion.IN))
    ]
    if counting_only:
        effective = [row.slot.effective_id for row in rows if row.slot and row.slot.effective_id]
        _fill(rows, order, Attempt.objects.filter(pk__in=effective).prefetch_related(_versions()), ())
    else:
        pieces = Evidence.objects.filter(order=order, plan_item__isnull=False).select_related("file", "added_by")
        _fill(rows, order, attempts_of(order), pieces)
    return rows


def told_to_vendor(rows: Iterable[SlotRow]) -> list[SlotRow]:
    """The rows as the applicant may read them: verified records, approved exclusions, waivers that ask for consent."""
    return [replace(
        row, attempts=[one for one in row.attempts if any(act.kind == ActKind.VERIFIED for act in one.acts.all())],
        exclusions=[one for one in row.exclusions
                    if one.state == ExclusionState.APPROVED or one.kind == ExclusionKind.WAIVER],
    ) for row in rows]


def _fill(rows: list[SlotRow], order: Order, tests: Iterable[Attempt], pieces: Iterable[Evidence]) -> None:
    """Hang attempts, exclusions and evidence on their rows."""
    attempts, exclusions, evidence = defaultdict(list), defaultdict(list), defaultdict(list)
    for attempt in tests:
        attempts[attempt.plan_item_id].append(attempt)
    for exclusion in Exclusion.objects.filter(plan_item__order=order).select_related(
        "proposed_by", "verifier", "vendor", "quality_manager"
    ).order_by("-id"):
        exclusions[exclusion.plan_item_id].append(exclusion)
    for piece in pieces:
        evidence[piece.plan_item_id].append(piece)
    for row in rows:
        key = row.plan_item.pk
        row.attempts, row.exclusions, row.evidence = attempts[key], exclusions[key], evidence[key]


def attempts_of(order: Order) -> Iterable[Attempt]:
    """All attempts of an order, oldest test first within an item, with versions, tools, people and acts; six queries.

    Hundreds of attempts name the same few versions, tools and people, so each of those is read once, not joined to
    every row.
    """
    acts = AttemptAct.objects.prefetch_related("actor").order_by("id")
    return Attempt.objects.filter(plan_item__order=order).prefetch_related(
        _versions(), "tool", "recorded_by", "rig", Prefetch("acts", queryset=acts)
    ).order_by("plan_item_id", "ordinal", "revision")


def _versions() -> Prefetch[str, Any, Any]:
    """Each version that the attempts name, read once."""
    return Prefetch("version", queryset=ReceivedVersion.objects.select_related("hardware", "firmware"))


def counts_of(order: Order) -> dict[str, int]:
    """How many items of the plan are to do, passed, failed, or otherwise done (recorded only, excluded, INC).

    Parents are not counted: they only sum up their children, and one failure would show as two.
    """
    return counts_for([order.pk])[order.pk]


def counts_for(order_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """`counts_of` for many orders in one query; an order without a plan has zeros."""
    ids = list(order_ids)
    counts = {key: dict.fromkeys(COUNTS, 0) for key in ids}
    tested = PlanItem.objects.filter(order_id__in=ids, inclusion=Inclusion.IN).exclude(
        item_version__result_type=ResultType.DERIVED
    )
    groups = tested.order_by().values_list("order_id", "slot__state", "slot__verdict").annotate(number=Count("id"))
    for key, state, verdict, number in groups:
        counts[key][_group(state, verdict)] += number
    return counts


def _group(state: str | None, verdict: str | None) -> str:
    if state == SlotState.VERIFIED and verdict in (Verdict.PASS, Verdict.FAIL):
        return "passed" if verdict == Verdict.PASS else "failed"
    return "other" if state in (SlotState.VERIFIED, SlotState.EXCLUDED) else "todo"


def last_ordinals(plan_item_ids: Iterable[int]) -> dict[int, int]:
    """The ordinal of the newest test per item that has one."""
    rows = Attempt.objects.filter(plan_item_id__in=plan_item_ids).order_by().values_list("plan_item_id")
    return dict(rows.annotate(last=Max("ordinal")))


def participants_in(order: Order) -> set[int]:
    """The ids of all who recorded, verified, returned, corrected or excluded something on this order (S3, S4)."""
    people = set(Attempt.objects.filter(plan_item__order=order).values_list("recorded_by_id", flat=True))
    people |= set(AttemptAct.objects.filter(attempt__plan_item__order=order).values_list("actor_id", flat=True))
    consents = Exclusion.objects.filter(plan_item__order=order).values_list(
        "proposed_by_id", "verifier_id", "quality_manager_id", "vendor_id", "ended_by_id"
    )
    return people | {key for row in consents for key in row if key is not None}


def recorders_of(order: Order) -> set[int]:
    """The ids of all who recorded a result that may stand in the report (S2)."""
    return set(Attempt.objects.filter(plan_item__order=order).values_list("recorded_by_id", flat=True))
