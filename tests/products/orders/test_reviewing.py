"""Acceptance: what it freezes, what it refuses, and that nothing changes it afterwards."""

from __future__ import annotations

import pytest

from members.history.selectors import entries_of
from products.devices.models import Device
from products.orders import errors, services
from products.orders.models import PlanItem
from products.orders.states import DECISION_RULE, REVIEW, Party, Stage
from products.suites.models import Edition
from tests.factories.orders import REVIEWED, SPECIFICATIONS, fresh, submitted
from tests.products.orders.test_drafting import (
    FAULTS,
    incomplete_specification,
    no_firmware,
    no_hardware,
    retired_edition,
)
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db


def accept(order, world, **more):
    return services.accept_order(order=order, actor=world.cast.intake, **{"review": REVIEWED, **more})


def test_accept_pins_edition_declaration_rule_and_plan(world):
    order = submitted(world.cast, features={"sleep": True}, chosen=["INT-40"])
    order = fresh(accept(order, world))
    frozen = order.frozen_declaration
    assert (order.edition, order.edition_fingerprint) == (
        world.catalogue.edition, world.catalogue.edition.fingerprint)
    assert len(order.edition_fingerprint) == 64
    assert order.decision_rule == DECISION_RULE
    assert order.review == REVIEWED
    assert (order.stage, order.turn) == (Stage.ACCEPTED, Party.VENDOR)
    assert {key: frozen[key] for key in ("hardware", "firmware", "chosen", "declared_features", "specification")} == {
        "hardware": "V1.0", "firmware": "1.0.0", "chosen": ["INT-40"], "declared_features": {"sleep": True},
        "specification": SPECIFICATIONS["SEN"]}
    assert (frozen["features"]["sleep"], frozen["features"]["battery"], frozen["features"]["band_5"]) == (
        True, True, False)
    assert (frozen["device"]["model"], frozen["device"]["device_type"]) == (order.device.model, "SEN")
    assert (frozen["company"]["name_zh"], frozen["company"]["uscc"]) == (
        world.cast.company_a.name_zh, world.cast.company_a.uscc)


def test_accept_writes_one_row_per_item_and_one_history_entry(world):
    order = submitted(world.cast)
    entries = entries_of(order.chain).count()
    accept(order, world)
    assert order.plan.count() == 125
    entry = entries_of(order.chain).last()
    assert entries_of(order.chain).count() == entries + 1
    assert entry.after["edition"] == "2024-03"
    assert entry.after["items"] == list(order.plan.filter(inclusion="in").values_list("code", flat=True))


def test_accept_for_the_edition_asked_for_or_given(world):
    asked = accept(submitted(world.cast, edition=world.catalogue.predecessor), world)
    given = accept(submitted(world.cast), world, edition=world.catalogue.predecessor)
    assert (asked.edition, given.edition) == (world.catalogue.predecessor, world.catalogue.predecessor)
    assert (asked.plan.count(), given.plan.count()) == (110, 110)


@pytest.mark.parametrize("review", [
    {}, *({**REVIEWED, key: False} for key in REVIEW), *({**REVIEWED, key: "yes"} for key in REVIEW),
    *({name: True for name in REVIEW if name != key} for key in REVIEW), {**REVIEWED, "weather": True},
])
def test_accept_with_an_incomplete_review_is_refused(review, world):
    order = world.orders[Stage.SUBMITTED]
    with pytest.raises(errors.ReviewIncomplete) as refusal:
        accept(order, world, review=review)
    wrong = [key for key in REVIEW if review.get(key) is not True] + [key for key in review if key not in REVIEW]
    assert [row["field"] for row in refusal.value.rows] == [f"review.{key}" for key in wrong]
    assert refusal.value.field == f"review.{wrong[0]}"
    assert (fresh(order).stage, order.plan.count()) == (Stage.SUBMITTED, 0)


@pytest.mark.parametrize(("spoil", "error", "field"), [
    # The device's record is asked no more: what is accepted is the copy that was submitted complete.
    fault for fault in FAULTS
    if fault[0] not in (no_hardware, no_firmware, retired_edition, incomplete_specification)])
def test_accept_of_what_no_longer_holds_is_refused(spoil, error, field, world):
    order = world.orders[Stage.SUBMITTED]
    spoil(world, order)
    with pytest.raises(error) as refusal:
        accept(order, world)
    assert refusal.value.field == field
    assert (fresh(order).stage, PlanItem.objects.filter(order=order).count()) == (Stage.SUBMITTED, 0)


def test_accept_for_a_retired_edition_is_refused(world):
    Edition.objects.filter(pk=world.catalogue.predecessor.pk).update(status="retired")
    with pytest.raises(errors.EditionNotAvailable) as refusal:
        accept(world.orders[Stage.SUBMITTED], world, edition=fresh_edition(world.catalogue.predecessor))
    assert refusal.value.extra == {"edition": "before-2024-03", "status": "retired"}


def fresh_edition(edition):
    return Edition.objects.get(pk=edition.pk)


def test_accept_for_an_edition_that_does_not_offer_the_chosen_item_is_refused(world):
    order = submitted(world.cast, chosen=["INT-40"])
    world.catalogue.predecessor.items.get(code="INT-40").applicability.all().delete()
    with pytest.raises(errors.ItemNotOptional):
        accept(order, world, edition=world.catalogue.predecessor)


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.ACCEPTED, Stage.TESTING, Stage.COMPLETE, Stage.DECIDED])
def test_change_of_the_declaration_after_submission_is_refused(stage, world):
    order = world.orders[stage]
    before = (fresh(order).declaration, fresh(order).frozen_declaration)
    with pytest.raises(IllegalTransition):
        services.change_draft(order=order, actor=world.cast.vendor, firmware="9.9.9")
    assert (fresh(order).declaration, fresh(order).frozen_declaration) == before


def test_accept_takes_the_device_as_it_was_submitted_not_as_its_record_stands_then(world):
    # What nobody read must not be frozen: it used to be the device as it stood at acceptance.
    order = world.orders[Stage.SUBMITTED]
    Device.objects.filter(pk=order.device_id).update(specification=SPECIFICATIONS["SEN"] | {"bands": ["5GHz"]})
    order = accept(order, world)
    assert order.frozen_declaration["features"]["band_5"] is False
    assert order.plan.get(code="IOP-10").inclusion == "out"


def test_return_shows_its_reason_until_it_is_submitted_again(world):
    order = services.return_order(order=world.orders[Stage.SUBMITTED], actor=world.cast.intake, reason=" 缺照片 ")
    assert (order.stage, order.turn, order.stage_reason) == (Stage.RETURNED, Party.VENDOR, "缺照片")
    assert entries_of(order.chain).last().reason == "缺照片"
    order = services.change_draft(order=order, actor=world.cast.vendor, remark="已补")
    assert order.stage_reason == "缺照片"
    assert services.submit_order(order=order, actor=world.cast.vendor, has_agreed=True).stage_reason == ""


def test_accept_asks_a_bounded_number_of_queries(world, django_assert_max_num_queries):
    # Four of them seal the order in the history.
    with django_assert_max_num_queries(29):
        accept(world.orders[Stage.SUBMITTED], world)
