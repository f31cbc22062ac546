"""The plan: which rule puts each item in, aside or out, and what is refused."""

from __future__ import annotations

import pytest

from products.orders.errors import FeatureNotBoolean, FeatureUnknown, ItemNotOptional, ItemUnknown
from products.orders.selectors import compute_plan, features_of, plan_of, preview_of
from products.orders.states import Inclusion, PlanReason, Stage
from products.suites.models import Edition
from tests.factories.orders import SPECIFICATIONS, accepted, drafted, fresh

pytestmark = pytest.mark.django_db


def plan(world, device_type="SEN", *, edition=None, specification=None, features=None, chosen=()):
    rows = compute_plan(
        edition=edition or world.catalogue.edition, device_type=world.catalogue.types[device_type],
        specification=SPECIFICATIONS[device_type] if specification is None else specification,
        features=features or {}, chosen=chosen,
    )
    return {row.code: row for row in rows}


def decided(row):
    return (row.inclusion, row.reason, row.feature.key if row.feature else None, row.is_counted)


@pytest.mark.parametrize(("code", "expected"), [
    ("IOP-01", (Inclusion.IN, PlanReason.MANDATORY, None, True)),
    ("IOP-02", (Inclusion.OUT, PlanReason.NOT_FOR_TYPE, None, False)),
    ("IOP-09", (Inclusion.IN, PlanReason.FEATURE_DECLARED, "band_2_4", True)),
    ("IOP-10", (Inclusion.OUT, PlanReason.FEATURE_NOT_DECLARED, "band_5", False)),
    ("INT-37", (Inclusion.IN, PlanReason.FEATURE_DECLARED, "phy_n", True)),
    ("INT-38", (Inclusion.OUT, PlanReason.FEATURE_NOT_DECLARED, "phy_ac", False)),
    ("INT-40", (Inclusion.OPTIONAL, PlanReason.NOT_CHOSEN, None, False)),
    ("FUN-28", (Inclusion.OUT, PlanReason.FEATURE_NOT_DECLARED, "sleep", False)),
    ("FUN-RT", (Inclusion.IN, PlanReason.CHILD_IN_PLAN, None, True)),
    ("PER-15", (Inclusion.IN, PlanReason.FEATURE_DECLARED, "battery", True)),
])
def test_plan_tells_the_rule_that_decided(code, expected, world):
    assert decided(plan(world)[code]) == expected


def test_plan_has_every_item_of_the_edition_in_its_order(world):
    codes = list(world.catalogue.edition.items.order_by("position").values_list("code", flat=True))
    assert len(codes) == 125
    assert list(plan(world)) == codes


@pytest.mark.parametrize(("is_declared", "inclusion"), [(True, Inclusion.IN), (False, Inclusion.OUT)])
def test_plan_follows_a_declared_feature(is_declared, inclusion, world):
    row = plan(world, features={"sleep": is_declared})["FUN-28"]
    assert (row.inclusion, row.feature.key, row.is_counted) == (inclusion, "sleep", is_declared)


def test_plan_puts_a_chosen_optional_item_in_without_counting_it(world):
    row = plan(world, chosen=["INT-40"])["INT-40"]
    assert decided(row) == (Inclusion.IN, PlanReason.CHOSEN, None, False)


@pytest.mark.parametrize(("applies_to", "expected"), [
    ("SEN", (Inclusion.OUT, PlanReason.NO_CHILD_IN_PLAN, None, False)),
    ("AP", (Inclusion.OUT, PlanReason.NOT_FOR_TYPE, None, False)),
])
def test_plan_leaves_a_derived_parent_out_without_a_child(applies_to, expected, world):
    parent = world.catalogue.edition.items.get(code="FUN-RT")
    parent.applicability.exclude(device_type__code=applies_to).delete()
    for child in parent.children.all():
        child.applicability.all().delete()
    assert decided(plan(world)["FUN-RT"]) == expected


def test_plan_counts_a_derived_parent_only_with_a_counted_child(world):
    parent = world.catalogue.edition.items.get(code="FUN-RT")
    for child in parent.children.all():
        child.applicability.all().delete()
    child = parent.children.get(code="FUN-RT-02")
    child.applicability.create(device_type=world.catalogue.types["SEN"], level="O")
    assert plan(world)["FUN-RT"].inclusion == Inclusion.OUT
    assert decided(plan(world, chosen=["FUN-RT-02"])["FUN-RT"]) == (
        Inclusion.IN, PlanReason.CHILD_IN_PLAN, None, False)


def test_plan_of_a_type_without_items_is_all_out(world):
    assert {row.reason for row in plan(world, "CHIP").values()} == {PlanReason.NOT_FOR_TYPE}


@pytest.mark.parametrize(("features", "error", "field"), [
    ({"teleport": True}, FeatureUnknown, "features.teleport"),
    ({"band_5": True}, FeatureUnknown, "features.band_5"),  # follows from the specification, is not asked
    ({"video": True}, FeatureUnknown, "features.video"),  # asked of cameras, not of sensors
    ({"sleep": "yes"}, FeatureNotBoolean, "features.sleep"),
    ({"sleep": 1}, FeatureNotBoolean, "features.sleep"),
])
def test_plan_refuses_a_feature_that_is_not_asked(features, error, field, world):
    with pytest.raises(error) as refusal:
        plan(world, features=features)
    assert refusal.value.field == field


@pytest.mark.parametrize(("chosen", "error"), [
    ("XXX-99", ItemUnknown),
    ("IOP-01", ItemNotOptional),  # mandatory
    ("IOP-02", ItemNotOptional),  # not for sensors
    ("FUN-28", ItemNotOptional),  # conditional
    ("FUN-13", ItemNotOptional),  # optional for access points only
])
def test_plan_refuses_a_chosen_item_that_is_not_optional(chosen, error, world):
    with pytest.raises(error) as refusal:
        plan(world, chosen=["INT-40", chosen])
    assert (refusal.value.field, refusal.value.extra) == ("chosen", {"item": chosen})


def test_plan_by_the_predecessor_lacks_the_items_that_came_later(world):
    before, now = plan(world, edition=world.catalogue.predecessor), plan(world)
    assert len(now) - len(before) == 15
    assert "FUN-RT" not in before


def test_features_of_holds_declared_and_derived_ones(world):
    found = features_of(edition=world.catalogue.edition, device_type=world.catalogue.types["SEN"],
                        specification=SPECIFICATIONS["SEN"], features={"sleep": True})
    assert {key: found[key] for key in ("sleep", "declared_throughput", "battery", "band_2_4", "band_5")} == {
        "sleep": True, "declared_throughput": False, "battery": True, "band_2_4": True, "band_5": False}


@pytest.mark.parametrize("device_type", ["SEN", "AP"])
@pytest.mark.parametrize(("slug", "items"), [("2024-03", 125), ("before-2024-03", 110)])
def test_compute_plan_asks_five_queries_however_many_items(
    slug, items, device_type, world, django_assert_num_queries
):
    edition = Edition.objects.get(slug=slug)
    with django_assert_num_queries(5):
        rows = plan(world, device_type, edition=edition)
    assert len(rows) == items


@pytest.mark.parametrize("device_type", ["SEN", "AP"])
def test_plan_of_an_accepted_order_is_what_was_previewed(device_type, world, django_assert_num_queries):
    order = drafted(world.cast, device_type)
    shown = [(row.code, row.get_inclusion_display(), row.get_reason_display()) for row in preview_of(order)]
    order = accepted(world.cast, device_type)
    with django_assert_num_queries(1):
        kept = [(row.code, row.get_inclusion_display(), row.get_reason_display(), row.item_version.category.code)
                for row in plan_of(order)]
    assert [row[:3] for row in kept] == shown
    assert len(kept) == 125


def test_plan_of_a_draft_is_empty(world):
    assert list(plan_of(world.orders[Stage.DRAFT])) == []


def test_plan_stays_as_frozen_when_the_device_changes_afterwards(world):
    order = world.orders[Stage.ACCEPTED]
    before = list(order.plan.values_list("code", "inclusion", "reason"))
    frozen = fresh(order).frozen_declaration
    order.device.specification = SPECIFICATIONS["SEN"] | {"bands": ["5GHz"]}
    order.device.save(update_fields=["specification"])
    assert list(order.plan.values_list("code", "inclusion", "reason")) == before
    assert fresh(order).frozen_declaration == frozen
    assert frozen["specification"]["bands"] == ["2.4GHz"]


