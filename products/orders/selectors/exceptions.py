"""Reads the exceptions from separations of duty."""

from __future__ import annotations

from django.utils import timezone

from members.people.models import User
from products.orders.models import DutyException, Order


def is_excepted(order: Order, user: User, rule: str) -> bool:
    """Whether an exception for this person, rule and order is in force today."""
    return DutyException.objects.filter(
        order=order, user=user, rule=rule, ended_at=None, valid_until__gte=timezone.localdate()
    ).exists()
