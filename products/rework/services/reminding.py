"""Reminds whoever a rework waits for, once per stage of lateness."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from members.notices.services import notify_company, notify_role
from members.people.states import Role
from products.orders.states import Stage
from products.rework.models import Rework
from products.rework.selectors import days_allowed, is_overdue
from products.rework.services.moves import note
from products.rework.states import RUNNING, ReworkState


def remind_reworks(now: datetime | None = None) -> int:
    """Remind of every running rework that nears or passes its term; returns how many reminders were new.

    A vendor is reminded when half the term is over and again when all of it is, the laboratory when all is. Harmless
    when run twice: each reminder of a round and state is written once.
    """
    moment, count = now or timezone.now(), 0
    for key in Rework.objects.filter(state__in=RUNNING, order__stage=Stage.TESTING).values_list("pk", flat=True):
        count += _remind(key, moment)
    return count


@transaction.atomic
def _remind(key: int, now: datetime) -> bool:
    rows = Rework.objects.select_for_update(of=("self",)).select_related("order__company", "order__device")
    rework = rows.get(pk=key)
    waited, is_late = (now - rework.state_since).days, is_overdue(rework, now)
    is_vendors = rework.state == ReworkState.WITH_VENDOR
    level = 2 if is_late else 1 if is_vendors and 2 * waited >= days_allowed(rework) else 0
    if rework.state not in RUNNING or level <= rework.reminded:
        return False
    rework.reminded = level
    rework.save(update_fields=["reminded"])
    order = rework.order
    facts = {"number": rework.number, "order": order.number, "model": order.product.called, "days": waited,
             "allowed": days_allowed(rework), "is_late": is_late}
    place = f"{rework.number}-{rework.round}-{rework.state}-{level}"
    if is_vendors:
        notify_company(company=order.company, event="rework.reminder", key=place, facts=facts,
                       address=f"/my/rework/{rework.number}/")
    if is_late:
        for role in (Role.IN,) if is_vendors else (Role.TE, Role.VE):
            notify_role(role=role, event="rework.reminder", key=place, facts=facts,
                        address=f"/lab/orders/{order.number}/rework/")
    note(order, rework, "rework.reminded", None, after={"state": rework.state, "days": waited, "is_overdue": is_late})
    return True
