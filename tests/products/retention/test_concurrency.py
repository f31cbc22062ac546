"""Removing, holding and confirming at the same moment: each takes its turn, and nothing is done twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from members.access.models import SignIn
from members.access.services import note_sign_in
from members.access.states import SignInKind
from members.history.selectors import breaks_in, entries_of
from members.people.models import User
from members.people.services import set_active
from members.people.states import Role
from products.retention.errors import DepartureDecided, HoldStands
from products.retention.models import Hold
from products.retention.services import apply_retention, confirm_departure, place_hold, request_departure
from tests.factories.people import person
from tests.products.orders.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_runs_at_once_remove_each_row_once(cast, monkeypatch):
    monkeypatch.setattr("products.retention.services.applying.ROWS_AT_ONCE", 3)
    for _nth in range(10):
        note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.tester)
    late = timezone.now() + timedelta(days=400)
    assert at_once(lambda: apply_retention(now=late), lambda: apply_retention(now=late)) == []
    assert SignIn.objects.count() == 0
    assert sum(entry.after["count"] for entry in entries_of("retention")) == 10
    assert breaks_in("retention") == []


def test_hold_and_removal_at_once_leave_all_or_nothing(cast):
    for _nth in range(5):
        note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.tester)
    late = timezone.now() + timedelta(days=400)
    at_once(lambda: apply_retention(now=late),
            lambda: place_hold(user=cast.tester, reason="演示：调查", actor=cast.quality))
    assert SignIn.objects.count() in (0, 5)
    assert Hold.objects.count() == 1


def test_hold_that_is_sent_twice_at_once_is_placed_once(cast):
    def place():
        place_hold(user=cast.tester, reason="演示：调查", actor=cast.quality)

    assert at_once(place, place) == [HoldStands]
    assert Hold.objects.count() == 1


def test_two_who_confirm_at_once_make_anonymous_once(cast):
    other = person("admin2", Role.AD)
    row = request_departure(user=set_active(user=cast.tester2, is_active=False, actor=cast.admin),
                            reason="演示：已离职", actor=cast.admin)
    refused = at_once(lambda: confirm_departure(departure=row, actor=other),
                      lambda: confirm_departure(departure=row, actor=cast.quality))
    assert refused == [DepartureDecided]
    assert User.objects.get(pk=cast.tester2.pk).name == "离职人员 S-tester2"
    assert entries_of("people").filter(act="user.anonymised").count() == 1
