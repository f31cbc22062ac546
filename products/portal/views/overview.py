"""The member's first page: what waits for them, and where each device stands."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from members.notices.rendering import words_of
from members.notices.selectors import unread_notices
from members.people.models import User
from products.equipment.selectors import loans_running, loans_visible_to
from products.orders.models import Order
from products.orders.selectors import orders_visible_to
from products.orders.states import ENDED, Party, Stage
from products.portal.views.access import member_page
from products.portal.views.loans import rows_of
from products.results.models import Exclusion
from products.results.selectors import counts_for
from products.results.states import ExclusionKind, ExclusionState
from products.rework.models import Rework
from products.rework.states import ReworkState


@member_page
def show_overview(request: HttpRequest, user: User) -> HttpResponseBase:
    """Orders of the company: first what the member has to do, then all, with stage, turn and age."""
    which = request.GET.get("show", "open")
    orders = list(_chosen(orders_visible_to(user), which))
    counts = counts_for(order.pk for order in orders)
    tasks = _tasks(user, orders_visible_to(user))
    rows = [{"order": order, "counts": counts[order.pk]} for order in orders]
    return render(request, "products/portal/overview.html", {
        "rows": rows, "tasks": tasks, "which": which, "loans": rows_of(loans_running(loans_visible_to(user))),
        "unread": [words_of(row) for row in unread_notices(user)[:3]]})


def _chosen(orders: QuerySet[Order], which: str) -> QuerySet[Order]:
    if which == "all":
        return orders
    return orders.filter(stage__in=ENDED) if which == "ended" else orders.exclude(stage__in=ENDED)


def _tasks(user: User, orders: QuerySet[Order]) -> dict[str, Any]:
    """What waits for the vendor: findings to answer, waivers to accept, papers to mend, samples to send."""
    tested = orders.filter(stage=Stage.TESTING)
    return {
        "findings": Rework.objects.filter(order__in=tested, state=ReworkState.WITH_VENDOR).select_related(
            "order__device"),
        "waivers": Exclusion.objects.filter(
            plan_item__order__in=tested, kind=ExclusionKind.WAIVER, state=ExclusionState.PROPOSED,
            vendor__isnull=True).select_related("plan_item__order__device", "plan_item__item_version"),
        "returned": orders.filter(stage=Stage.RETURNED),
        "samples": orders.filter(stage=Stage.ACCEPTED, turn=Party.VENDOR),
    }
