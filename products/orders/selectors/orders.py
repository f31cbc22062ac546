"""Which orders a person sees, the queues of the laboratory, and what belongs to an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from members.history.models import Entry
from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.devices.models import SpecificationField
from products.devices.selectors import specification_fields
from products.orders.models import Order, ReceivedVersion, Sample
from products.orders.states import EXPECTED_DAYS, Party, Stage

PARTS = ("company", "device__device_type", "edition")


@dataclass(frozen=True)
class Save:
    """Who moved or changed an order last, when, and by which act."""

    by: User | None
    at: datetime
    act: str


def orders_visible_to(user: User | AnonymousUser) -> QuerySet[Order]:
    """The orders this person may know of, newest first, with company, device, type and edition.

    Users of a company: its own, drafts included. Staff of the laboratory: all but what was never submitted, which
    belongs to the applicant. The auditor: all. Strangers and the administrator (S8): none.
    """
    orders = Order.objects.select_related(*PARTS)
    if not user.is_authenticated:
        return orders.none()
    if Role.VU in user.role_codes and user.company_id is not None:
        return orders.filter(company_id=user.company_id)
    if Role.AU in user.role_codes:
        return orders
    if user.role_codes & BUSINESS_ROLES:
        return orders.exclude(stage=Stage.DRAFT).exclude(stage=Stage.CANCELLED, submitted_at__isnull=True)
    return orders.none()


def queue_of(stage: Stage) -> QuerySet[Order]:
    """Orders in one stage, the longest waiting first."""
    return Order.objects.select_related(*PARTS).filter(stage=stage).order_by("turn_since", "pk")


def orders_waiting_for(party: Party) -> QuerySet[Order]:
    """Submitted orders whose turn it is for this party, the longest waiting first."""
    waiting = Order.objects.select_related(*PARTS).filter(turn=party).exclude(stage=Stage.DRAFT)
    return waiting.order_by("turn_since", "pk")


def orders_overdue(now: datetime | None = None) -> QuerySet[Order]:
    """Orders that have been in their stage for longer than `states.EXPECTED_DAYS`, the oldest first."""
    moment, late = now or timezone.now(), Q(pk__in=[])
    for stage, days in EXPECTED_DAYS.items():
        late |= Q(stage=stage, stage_since__lt=moment - timedelta(days=days))
    return Order.objects.select_related(*PARTS).filter(late).order_by("stage_since", "pk")


def queue_counts() -> dict[tuple[str, str], tuple[int, datetime]]:
    """Number of orders and the earliest `turn_since`, by stage and turn; drafts are the applicants' own. One query."""
    rows = Order.objects.exclude(stage=Stage.DRAFT).order_by().values("stage", "turn")
    return {
        (row["stage"], row["turn"]): (row["orders"], row["oldest"])
        for row in rows.annotate(orders=Count("pk"), oldest=Min("turn_since"))
    }


def versions_of(order: Order) -> QuerySet[ReceivedVersion]:
    """The pairs of hardware and firmware that were received, oldest first."""
    return order.versions.select_related("hardware", "firmware").order_by("ordinal")


def parameters_of(order: Order) -> list[tuple[SpecificationField, Any]]:
    """The device's parameters as the order holds them, each with its field; what was not stated is left out."""
    said = order.product.specification
    return [(field, said[field.key]) for field in specification_fields(order.device.device_type)
            if said.get(field.key) not in (None, "", [], {})]


def samples_here(order: Order) -> QuerySet[Sample]:
    """Samples of the order that were neither returned nor disposed of."""
    return order.samples.filter(ended_at__isnull=True).order_by("number")


def who_saved(order: Order, object_type: str = "order") -> Save | None:
    """The last act on the order itself, or on its rework, report or certification, from the history."""
    entry = Entry.objects.filter(chain=order.chain, object_type=object_type).order_by("-sequence").first()
    if entry is None:
        return None
    person = None if entry.actor_id is None else User.objects.filter(pk=entry.actor_id).first()
    return Save(person, entry.at, entry.act)
