"""Who sees which orders, what waits for whom, and what the stepper tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from products.orders import selectors, services
from products.orders.models import Order
from products.orders.permissions import verbs_open_to
from products.orders.states import EXPECTED_DAYS, Party, Stage
from tests.factories.orders import device, drafted, order_in

pytestmark = pytest.mark.django_db

STAFF = ["intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality", "editor", "approver"]


def seen_by(user):
    return set(selectors.orders_visible_to(user).values_list("stage", flat=True))


@pytest.fixture
def other_companys_order(world):
    """An order of company B, so that there is something that could leak."""
    theirs = device(world.cast, company=world.cast.company_b, actor=world.cast.stranger)
    return drafted(world.cast, device=theirs, actor=world.cast.stranger)


def test_orders_are_visible_to_the_own_company_only(world, other_companys_order):
    own = set(selectors.orders_visible_to(world.cast.vendor))
    assert own == set(world.orders.values())
    assert list(selectors.orders_visible_to(world.cast.stranger)) == [other_companys_order]


@pytest.mark.parametrize("name", STAFF)
def test_orders_but_no_drafts_are_visible_to_staff(name, world, other_companys_order):
    assert seen_by(getattr(world.cast, name)) == set(Stage) - {Stage.DRAFT}


def test_drafts_that_were_cancelled_stay_hidden_from_staff(world):
    order = services.cancel_order(order=world.orders[Stage.DRAFT], actor=world.cast.vendor, reason="演示原因")
    assert order not in selectors.orders_visible_to(world.cast.intake)
    assert order in selectors.orders_visible_to(world.cast.vendor)
    assert world.orders[Stage.CANCELLED] in selectors.orders_visible_to(world.cast.intake)


def test_orders_are_all_visible_to_the_auditor(world, other_companys_order):
    assert set(selectors.orders_visible_to(world.cast.auditor)) == {*world.orders.values(), other_companys_order}


def test_orders_are_hidden_from_administrator_and_public(world):
    assert list(selectors.orders_visible_to(world.cast.admin)) == []
    assert list(selectors.orders_visible_to(AnonymousUser())) == []


def test_orders_are_hidden_from_people_who_left(world):
    world.cast.vendor.is_active = world.cast.intake.is_active = False
    assert list(selectors.orders_visible_to(world.cast.vendor)) == []
    assert list(selectors.orders_visible_to(world.cast.intake)) == []
    assert verbs_open_to(world.cast.intake, world.orders[Stage.SUBMITTED]) == []


def test_orders_are_hidden_from_a_vendor_without_company(world):
    world.cast.vendor.company = None
    assert list(selectors.orders_visible_to(world.cast.vendor)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_orders_visible_ask_one_query(rows, world, django_assert_num_queries):
    orders = selectors.orders_visible_to(world.cast.intake)[:rows]
    assert world.cast.intake.role_codes
    with django_assert_num_queries(1):
        shown = [(order.company.name_zh, order.device.device_type.name_zh, str(order.edition)) for order in orders]
    assert len(shown) == rows


@pytest.mark.parametrize(("name", "stage", "verbs"), [
    ("vendor", Stage.DRAFT, ["change", "submit", "cancel"]),
    ("vendor", Stage.RETURNED, ["change", "submit", "cancel"]),
    ("vendor", Stage.SUBMITTED, ["cancel"]),
    ("vendor", Stage.TESTING, []),
    ("stranger", Stage.DRAFT, []),
    ("intake", Stage.DRAFT, []),
    ("intake", Stage.SUBMITTED, ["return", "decline", "accept", "hold", "cancel"]),
    ("intake", Stage.ACCEPTED, ["receive_sample", "hold", "cancel"]),
    ("intake", Stage.ON_HOLD, ["resume", "cancel"]),
    ("intake", Stage.DECIDED, ["close"]),
    ("intake", Stage.CLOSED, []),
    ("tester", Stage.TESTING, []),
    ("auditor", Stage.SUBMITTED, []),
    ("admin", Stage.SUBMITTED, []),
])
def test_verbs_open_to_a_person_follow_role_and_stage(name, stage, verbs, world):
    assert verbs_open_to(getattr(world.cast, name), world.orders[stage]) == verbs


def test_queue_holds_one_stage_longest_waiting_first(world):
    late = order_in(Stage.SUBMITTED, world.cast)
    Order.objects.filter(pk=late.pk).update(turn_since=timezone.now() - timedelta(days=3))
    assert list(selectors.queue_of(Stage.SUBMITTED)) == [late, world.orders[Stage.SUBMITTED]]


def test_waiting_orders_are_those_whose_turn_it_is_without_drafts(world):
    assert {order.stage for order in selectors.orders_waiting_for(Party.VENDOR)} == {Stage.RETURNED, Stage.ACCEPTED}
    assert {order.stage for order in selectors.orders_waiting_for(Party.INTAKE)} == {
        Stage.SUBMITTED, Stage.ON_HOLD, Stage.DECIDED}


def test_queue_counts_are_one_query_and_leave_drafts_out(world, django_assert_num_queries):
    late = order_in(Stage.SUBMITTED, world.cast)
    with django_assert_num_queries(1):
        counts = selectors.queue_counts()
    assert counts[Stage.SUBMITTED, Party.INTAKE] == (2, world.orders[Stage.SUBMITTED].turn_since)
    assert late.turn_since > world.orders[Stage.SUBMITTED].turn_since
    assert sum(number for number, _oldest in counts.values()) == len(Stage)
    assert all(stage != Stage.DRAFT for stage, _turn in counts)


@pytest.mark.parametrize(("days", "is_overdue"), [(-1, False), (1, True)])
def test_overdue_counts_from_the_expected_days_of_the_stage(days, is_overdue, world):
    order = world.orders[Stage.SUBMITTED]
    moment = order.stage_since + timedelta(days=EXPECTED_DAYS[Stage.SUBMITTED] + days)
    assert (order in selectors.orders_overdue(moment)) == is_overdue
    assert world.orders[Stage.DRAFT] not in selectors.orders_overdue(moment + timedelta(days=999))


def test_days_are_summed_per_stage_and_per_party(world, time_machine):
    start = timezone.now()
    order = world.orders[Stage.TESTING]
    time_machine.move_to(start + timedelta(days=2))
    services.set_turn(order=order, party=Party.VENDOR)
    time_machine.move_to(start + timedelta(days=5))
    services.set_turn(order=order, party=Party.LABORATORY)
    time_machine.move_to(start + timedelta(days=6))
    services.hold_order(order=order, actor=world.cast.intake, reason="演示原因")
    time_machine.move_to(start + timedelta(days=10))
    services.resume_order(order=order, actor=world.cast.intake)
    now = start + timedelta(days=11)
    stages = {stage: round(days) for stage, days in selectors.days_per_stage(order, now).items() if days > 0.5}
    parties = {party: round(days) for party, days in selectors.days_per_party(order, now).items() if days > 0.5}
    assert stages == {Stage.TESTING: 7, Stage.ON_HOLD: 4}
    assert parties == {Party.LABORATORY: 4, Party.VENDOR: 3, Party.INTAKE: 4}


def test_intervals_pass_over_entries_that_move_nothing(world):
    order = world.orders[Stage.TESTING]
    before = selectors.intervals_of([order])[order.pk]
    services.receive_sample(order=order, actor=world.cast.intake, serial_number="SN-7", hardware="V1.0",
                            firmware="1.0.0", condition="完好")
    after = selectors.intervals_of([order])[order.pk]
    assert after == before
    assert [interval.stage for interval in after] == [Stage.DRAFT, Stage.SUBMITTED, Stage.ACCEPTED, Stage.TESTING]
    assert [interval.until for interval in after][:-1] == [interval.since for interval in after][1:]
