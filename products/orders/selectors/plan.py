"""The plan of an order: every item of the edition is in, optional or out, and the rule that decided is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from products.devices.models import DeviceType
from products.orders.errors import FeatureNotBoolean, FeatureUnknown, ItemNotOptional, ItemUnknown
from products.orders.models import Order, PlanItem
from products.orders.selectors.edition import edition_for
from products.orders.states import Inclusion, PlanReason
from products.suites.models import Applicability, Edition, Feature, ItemVersion
from products.suites.selectors import asked_features, derived_features, items_of
from products.suites.states import Level, ResultType


@dataclass(frozen=True)
class PlannedItem:
    """One item of an edition as a plan would hold it; has the names of a stored PlanItem, so that pages show both."""

    item_version: ItemVersion
    inclusion: Inclusion
    reason: PlanReason
    feature: Feature | None
    is_counted: bool

    @property
    def code(self) -> str:
        return self.item_version.code

    @property
    def position(self) -> int:
        return self.item_version.position

    def get_inclusion_display(self) -> str:
        return str(self.inclusion.label)

    def get_reason_display(self) -> str:
        return str(self.reason.label)


def compute_plan(
    *,
    edition: Edition,
    device_type: DeviceType,
    specification: Mapping[str, Any],
    features: Mapping[str, bool],
    chosen: Collection[str],
) -> list[PlannedItem]:
    """One row per item of the edition, in its order; the same input gives the same plan.

    `features` are those that the applicant declares (yes or no by key), `chosen` the codes of optional items. Refuses
    a feature that this edition does not ask of the type, and a code that is unknown or not optional. The number of
    queries does not grow with the items.
    """
    items = list(items_of(edition, device_type))
    rules = {item.pk: _rule_for(item) for item in items}
    holding = features_of(edition=edition, device_type=device_type, specification=specification, features=features)
    _require_optional(chosen, items, rules)
    rows = {item.pk: _decide(item, rules[item.pk], holding, chosen) for item in items}
    for parent, row in _derived(items, rules, rows).items():
        rows[parent] = row
    return [rows[item.pk] for item in items]


def features_of(
    *, edition: Edition, device_type: DeviceType, specification: Mapping[str, Any], features: Mapping[str, bool]
) -> dict[str, bool]:
    """Every feature that decides, by key: the declared ones, and those that follow from the specification.

    What follows from the specification cannot be declared otherwise; raises FeatureUnknown, FeatureNotBoolean.
    """
    asked = {feature.key for feature in asked_features(edition, device_type)}
    for key, value in features.items():
        if key not in asked:
            raise FeatureUnknown(field=f"features.{key}", extra={"feature": key})
        if not isinstance(value, bool):
            raise FeatureNotBoolean(field=f"features.{key}", extra={"feature": key})
    return {**dict.fromkeys(asked, False), **features, **derived_features(dict(specification))}


def plan_of(order: Order) -> QuerySet[PlanItem]:
    """The plan as it was frozen at acceptance, in the edition's order; empty before. One query."""
    return order.plan.select_related("item_version__category", "item_version__parent", "feature").order_by("position")


def preview_of(order: Order, edition: Edition | None = None) -> list[PlannedItem]:
    """The plan that acceptance would freeze now, in `edition` or the one that the order is for.

    Raises what `compute_plan` raises, and NoEditionInForce.
    """
    return compute_plan(
        edition=edition or edition_for(order), device_type=order.device.device_type,
        specification=order.product.specification, features=order.declaration.get("features", {}),
        chosen=order.declaration.get("chosen", []),
    )


def _rule_for(item: ItemVersion) -> Applicability | None:
    """The item's row for the type, from what `items_of` has read for that type."""
    return next(iter(item.applicability.all()), None)


def _require_optional(
    chosen: Iterable[str], items: Iterable[ItemVersion], rules: Mapping[int, Applicability | None]
) -> None:
    by_code = {item.code: rules[item.pk] for item in items}
    for code in chosen:
        if code not in by_code:
            raise ItemUnknown(field="chosen", extra={"item": code})
        rule = by_code[code]
        if rule is None or rule.level != Level.OPTIONAL:
            raise ItemNotOptional(field="chosen", extra={"item": code})


def _decide(
    item: ItemVersion, rule: Applicability | None, holding: Mapping[str, bool], chosen: Collection[str]
) -> PlannedItem:
    """The row of an item by itself; parents that are derived are decided by their children afterwards."""
    if rule is None:
        return PlannedItem(item, Inclusion.OUT, PlanReason.NOT_FOR_TYPE, None, False)
    if rule.level == Level.MANDATORY:
        return PlannedItem(item, Inclusion.IN, PlanReason.MANDATORY, None, True)
    if rule.level == Level.OPTIONAL:
        if item.code in chosen:
            return PlannedItem(item, Inclusion.IN, PlanReason.CHOSEN, None, False)
        return PlannedItem(item, Inclusion.OPTIONAL, PlanReason.NOT_CHOSEN, None, False)
    assert rule.feature is not None  # the constraint condition_names_a_feature
    if holding.get(rule.feature.key, False):
        return PlannedItem(item, Inclusion.IN, PlanReason.FEATURE_DECLARED, rule.feature, True)
    return PlannedItem(item, Inclusion.OUT, PlanReason.FEATURE_NOT_DECLARED, rule.feature, False)


def _derived(
    items: Iterable[ItemVersion], rules: Mapping[int, Applicability | None], rows: Mapping[int, PlannedItem]
) -> dict[int, PlannedItem]:
    """Rows of derived parents that apply to the type: in the plan with at least one child, counted with one that is."""
    children: dict[int, list[PlannedItem]] = defaultdict(list)
    for item in items:
        if item.parent_id and rows[item.pk].inclusion == Inclusion.IN:
            children[item.parent_id].append(rows[item.pk])
    return {
        item.pk: _parent(item, children[item.pk])
        for item in items if item.result_type == ResultType.DERIVED and rules[item.pk] is not None
    }


def _parent(item: ItemVersion, children: list[PlannedItem]) -> PlannedItem:
    if not children:
        return PlannedItem(item, Inclusion.OUT, PlanReason.NO_CHILD_IN_PLAN, None, False)
    is_counted = any(child.is_counted for child in children)
    return PlannedItem(item, Inclusion.IN, PlanReason.CHILD_IN_PLAN, None, is_counted)
