"""What the pages of duties and holds show in the demonstration: a declared conflict, an exception, a hold."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from members.people.models import ConflictOfInterest, User
from members.people.services import declare_conflict
from products.management.demonstration.people import COMPANIES, open_companies
from products.orders.models import DutyException, Order
from products.orders.services import release_exception
from products.orders.states import DutyRule, Stage
from products.retention.models import Hold
from products.retention.services import place_hold


def show_duties(people: dict[str, User]) -> None:
    """Declare and release once; run again it adds nothing."""
    editor, quality = people["editor"], people["quality"]
    if not ConflictOfInterest.objects.filter(user=editor).exists():
        company = open_companies()[next(iter(COMPANIES))]
        declare_conflict(user=editor, company=company, reason="演示：曾在该单位任职，未满两年", actor=quality)
    closed = Order.objects.filter(stage=Stage.CLOSED, is_demonstration=True).order_by("pk").first()
    if closed and not Hold.objects.exists():
        place_hold(order=closed, actor=quality, reason="演示：用户投诉正在调查", demanded_by="演示：投诉 2026-07")
    order = Order.objects.filter(stage=Stage.TESTING, is_demonstration=True).order_by("pk").first()
    if order and not DutyException.objects.exists():
        release_exception(order=order, user=people["verifier"], rule=DutyRule.S1, actor=quality,
                          reason="演示：当班仅一名有授权的人员", valid_until=timezone.localdate() + timedelta(days=14))
