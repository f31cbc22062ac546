"""The laboratory's first page: what waits, for whom, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from members.people.models import User
from members.people.states import Role
from products.certification.selectors import certifications_in_doubt, refusals_to_reconsider
from products.lab.views.access import lab_page
from products.orders.models import Order, Rebase
from products.orders.selectors import orders_overdue, orders_visible_to
from products.orders.states import ENDED, REPORTED, Party, RebaseState, Stage
from products.reports.models import Report
from products.reports.selectors import reports_in_doubt
from products.reports.states import ReportState
from products.results.models import Exclusion, Slot
from products.results.selectors import counts_for
from products.results.states import ExclusionState, SlotState
from products.rework.models import Rework
from products.rework.selectors import reworks_overdue
from products.rework.states import ReworkState


@dataclass(frozen=True)
class Queue:
    """Work of one kind: its name, whose it is, and the orders in it."""

    key: str
    name: Any
    roles: frozenset[str]
    orders: QuerySet[Order]


def queues_for(user: User) -> list[Queue]:
    """The queues in the order of the flow; each holds the orders that wait there, the longest waiting first."""
    seen = orders_visible_to(user).order_by("turn_since", "pk")
    awaiting = Slot.objects.filter(state=SlotState.RECORDED, plan_item__order__stage__in=REPORTED | {Stage.TESTING})
    # Held and ended orders keep what was proposed and reworked, but nobody can act on it.
    tested = seen.filter(stage=Stage.TESTING)
    proposed = Exclusion.objects.filter(state=ExclusionState.PROPOSED)
    reworks = Rework.objects.filter(state__in=[ReworkState.OPEN, ReworkState.FIX_CLAIMED])
    reporting = seen.filter(stage=Stage.REPORTING)
    return [
        Queue("submitted", _("待受理"), frozenset({Role.IN}), seen.filter(stage=Stage.SUBMITTED)),
        Queue("samples", _("待收样"), frozenset({Role.IN}), seen.filter(stage=Stage.ACCEPTED)),
        Queue("testing", _("测试中"), frozenset({Role.TE}), seen.filter(stage=Stage.TESTING, turn=Party.LABORATORY)),
        Queue("verify", _("待校核"), frozenset({Role.VE}), seen.filter(
            Q(pk__in=awaiting.values("plan_item__order"))
            | Q(stage=Stage.TESTING, pk__in=proposed.values("plan_item__order")))),
        Queue("rework", _("整改待处理"), frozenset({Role.TE, Role.VE}), tested.filter(pk__in=reworks.values("order"))),
        Queue("vendor", _("待厂商整改"), frozenset(), tested.filter(
            pk__in=Rework.objects.filter(state=ReworkState.WITH_VENDOR).values("order"))),
        Queue("rework_overdue", _("整改超期"), frozenset({Role.IN}), tested.filter(
            pk__in=reworks_overdue().values("order"))),
        Queue("rebase", _("换版待质量负责人决定"), frozenset({Role.QM}), tested.filter(pk__in=Rebase.objects.filter(
            state=RebaseState.PROPOSED, drop_allowed_by=None).exclude(dropped=[]).values("order"))),
        Queue("complete", _("待编制报告"), frozenset({Role.TE}), seen.filter(stage=Stage.COMPLETE)),
        Queue("check", _("报告待审核"), frozenset({Role.VE}), reporting.filter(pk__in=_reports(ReportState.DRAFT))),
        Queue("authorise", _("报告待批准"), frozenset({Role.SG}), reporting.filter(
            pk__in=_reports(ReportState.CHECKED))),
        Queue("doubt", _("结果已作废，待修订或撤回"), frozenset({Role.SG}), seen.filter(
            pk__in=reports_in_doubt().values("order"))),
        Queue("rendering", _("报告生成中"), frozenset(), reporting.filter(pk__in=_reports(ReportState.AUTHORISED))),
        Queue("decide", _("待评定与决定"), frozenset({Role.RV, Role.DM}), seen.filter(
            Q(stage=Stage.REPORTING, pk__in=_reports(ReportState.ISSUED))
            | Q(pk__in=refusals_to_reconsider().order_by().values("order")))),
        Queue("fallen", _("有效认证的依据存疑，待判断是否暂停"), frozenset({Role.DM}), seen.filter(
            pk__in=certifications_in_doubt().order_by().values("order"))),
        Queue("close", _("待结束"), frozenset({Role.IN}), seen.filter(stage=Stage.DECIDED)),
        Queue("held", _("暂停中"), frozenset({Role.IN}), seen.filter(stage=Stage.ON_HOLD)),
        Queue("overdue", _("超期"), frozenset(), seen.filter(pk__in=orders_overdue().values("pk"))),
    ]


def _reports(state: ReportState) -> QuerySet[Report, Any]:
    return Report.objects.filter(state=state).values("order")


@lab_page
def show_queues(request: HttpRequest, user: User) -> HttpResponseBase:
    """All queues with count and age, and the orders of the one that was chosen (the first of the own ones at first)."""
    queues = queues_for(user)
    cards = [_card(queue, user) for queue in queues]
    wanted = request.GET.get("queue", "")
    chosen = next((queue for queue in queues if queue.key == wanted), None)
    orders = list((chosen.orders if chosen else _open(user))[:200])
    counts = counts_for(order.pk for order in orders)
    rows = [{"order": order, "counts": counts[order.pk]} for order in orders]
    return render(request, "products/lab/queues.html", {"cards": cards, "chosen": chosen, "rows": rows})


def _open(user: User) -> QuerySet[Order]:
    return orders_visible_to(user).exclude(stage__in=ENDED).order_by("turn_since", "pk")


def _card(queue: Queue, user: User) -> dict[str, Any]:
    waiting = queue.orders.order_by().aggregate(count=Count("pk", distinct=True), oldest=Min("turn_since"))
    return {"key": queue.key, "name": queue.name, **waiting, "is_mine": bool(queue.roles & user.role_codes),
            "is_late": queue.key in ("overdue", "rework_overdue") and waiting["count"] > 0}
