"""What another edition would change in the plan of an accepted order: kept, changed, new and removed items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from products.orders.models import Order, PlanItem, Rebase
from products.orders.selectors.plan import PlannedItem, compute_plan
from products.orders.states import Inclusion, PlanChangeKind, RebaseState
from products.suites.models import Edition, ItemVersion
from products.suites.selectors import Content, asked_features, content_of, derived_features
from products.suites.states import Level
from wapicert.canonical import canonical_json

# A record counts on where all of this and the rule for its device type are the same; another parent, group or clause
# number changes no test.
DECIDES = ("name_zh", "requirement_zh", "requirement_en", "result_type", "measurements")
MOST_PLANS = 200


@dataclass(frozen=True)
class PlanChange:
    """One item of the old or the new plan, and what becomes of it; `planned` is None if the new edition lacks it."""

    code: str
    kind: PlanChangeKind
    item: PlanItem | None
    planned: PlannedItem | None

    @property
    def version(self) -> ItemVersion:
        """The item as it will be said, or as it was said if it is gone."""
        if self.planned is not None:
            return self.planned.item_version
        assert self.item is not None
        return self.item.item_version


@dataclass
class Known:
    """What orders that are compared one after the other share: what editions say, and the plan of a declaration."""

    contents: dict[int, list[Content]] = field(default_factory=dict)
    said: dict[tuple[int, str], dict[str, list[Any]]] = field(default_factory=dict)
    plans: dict[tuple[int, str], list[PlannedItem]] = field(default_factory=dict)

    def what_is_said(self, edition: Edition, device_type: str) -> dict[str, list[Any]]:
        """What a result on a device of the type rests on in the edition, by code; the edition is read once."""
        key = edition.pk, device_type
        if edition.pk not in self.contents:
            self.contents[edition.pk] = content_of(edition)
        if key not in self.said:
            self.said[key] = {row["code"]: [*(row[name] for name in DECIDES), row["applicability"].get(device_type)]
                              for row in self.contents[edition.pk]}
        return self.said[key]

    def plan_of(self, order: Order, edition: Edition) -> list[PlannedItem]:
        """The plan of an order's declaration, computed once where the same decides; a few hundred are kept."""
        frozen: dict[str, Any] = order.frozen_declaration or {}
        decides = [order.device.device_type.code, frozen.get("declared_features"), frozen.get("chosen"),
                   derived_features(frozen.get("specification", {}))]
        key = edition.pk, canonical_json(decides)
        if key not in self.plans:
            if len(self.plans) >= MOST_PLANS:
                self.plans.clear()
            self.plans[key] = planned_in(order, edition)
        return self.plans[key]


def plan_changes(order: Order, edition: Edition, known: Known | None = None) -> list[PlanChange]:
    """Each item that stands in the old plan or in the new one, in the new edition's order, then those that are gone.

    The declaration is the one that was frozen; what only the new edition asks counts as not declared. An item is kept
    when text, kind of result, limits and applicability are the same. Whoever compares many orders passes `known` on.
    """
    assert order.edition is not None
    known = known or Known()
    plan = known.plan_of(order, edition)
    old = {row.code: row for row in order.plan.select_related("item_version")}
    kind_of_device = order.device.device_type.code
    before = known.what_is_said(order.edition, kind_of_device)
    after = known.what_is_said(edition, kind_of_device)
    changes = [PlanChange(row.code, kind, old.get(row.code), row) for row in plan
               if (kind := _kind(old.get(row.code), row, before.get(row.code) == after[row.code])) is not None]
    gone = [row for code, row in old.items() if code not in after and row.inclusion == Inclusion.IN]
    return changes + [PlanChange(row.code, PlanChangeKind.REMOVED, row, None) for row in gone]


def _kind(item: PlanItem | None, planned: PlannedItem, is_same: bool) -> PlanChangeKind | None:
    was_in, is_in = item is not None and item.inclusion == Inclusion.IN, planned.inclusion == Inclusion.IN
    if is_in and was_in:
        return PlanChangeKind.KEPT if is_same else PlanChangeKind.CHANGED
    if is_in:
        return PlanChangeKind.NEW
    return PlanChangeKind.REMOVED if was_in else None


def planned_in(order: Order, edition: Edition) -> list[PlannedItem]:
    """The order's plan by another edition, from its frozen declaration."""
    frozen: dict[str, Any] = order.frozen_declaration or {}
    device_type = order.device.device_type
    asked = {feature.key for feature in asked_features(edition, device_type)}
    declared = frozen.get("declared_features", {})
    return compute_plan(
        edition=edition, device_type=device_type, specification=frozen.get("specification", {}),
        features={key: value for key, value in declared.items() if key in asked},
        chosen=_still_optional(order, edition, frozen.get("chosen", [])),
    )


def _still_optional(order: Order, edition: Edition, chosen: list[str]) -> list[str]:
    """The chosen items that the edition still leaves to choice."""
    rows = ItemVersion.objects.filter(edition=edition, code__in=chosen, applicability__level=Level.OPTIONAL,
                                      applicability__device_type=order.device.device_type)
    return list(rows.values_list("code", flat=True))


def counts_of_changes(changes: list[PlanChange]) -> dict[str, int]:
    """How many items are kept, changed, new and removed."""
    count = Counter(change.kind for change in changes)
    return {kind.value: count[kind] for kind in PlanChangeKind}


def dropped_among(changes: Iterable[PlanChange], failed: Collection[str]) -> list[str]:
    """The codes among `failed` that count now and would no longer: gone from the plan, or not counted any more."""
    return [change.code for change in changes if change.code in failed and change.item and change.item.is_counted
            and not (change.planned and change.planned.inclusion == Inclusion.IN and change.planned.is_counted)]


def rebases_of(order: Order) -> QuerySet[Rebase]:
    """The contract amendments that were proposed for the order, the newest first."""
    return order.rebases.select_related("from_edition", "to_edition", "proposed_by", "answered_by",
                                        "drop_allowed_by").order_by("-id")


def proposed_rebase(order: Order) -> Rebase | None:
    """The one that waits for the applicant's consent."""
    return rebases_of(order).filter(state=RebaseState.PROPOSED).first()
