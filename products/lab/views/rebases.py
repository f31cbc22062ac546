"""Taking a running order to another edition: intake looks at what would change and proposes it; what failed stays."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from members.people.models import User
from products.lab.forms import ReasonForm, RebaseForm
from products.lab.views.access import find_order, lab_page
from products.orders.models import Order
from products.orders.permissions import can_allow_drop, can_propose_rebase
from products.orders.selectors import counts_of_changes, dropped_among, plan_changes, proposed_rebase, rebases_of
from products.orders.services import allow_drop, refuse_drop
from products.orders.states import Stage
from products.rework.selectors import failed_codes
from products.rework.services import propose_rebase
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

ANSWERS = {"allow": allow_drop, "refuse": refuse_drop}


@lab_page
def show_rebases(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """What another edition would change, item by item, and the proposals so far.

    A POST proposes it, or is the quality manager's decision on items that failed and would no longer count.
    """
    order = find_order(user, number)
    if request.method == "POST" and request.POST.get("verb") in ANSWERS:
        return _answer(request, user, order)
    form = RebaseForm(request.POST or None, initial={"edition": request.GET.get("edition")}, order=order)
    if request.method != "POST":
        return _page(request, user, order, form)
    if not form.is_valid():
        return _page(request, user, order, form, status=422)
    try:
        propose_rebase(order=order, actor=user, **form.cleaned_data)
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, user, order, form, status=error.status)
    messages.success(request, _("已提出，等待答复。"))
    return redirect("lab-rebase", number=number)


def _answer(request: HttpRequest, user: User, order: Order) -> HttpResponseBase:
    """The quality manager's decision; a refusal comes back beside what was typed."""
    rebase, form = get_object_or_404(rebases_of(order), pk=_key(request)), ReasonForm(request.POST)
    form.is_valid()
    try:
        ANSWERS[request.POST["verb"]](rebase=rebase, reason=form.cleaned_data.get("reason", ""), actor=user)
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, user, order, RebaseForm(order=order), answer=form, status=error.status)
    messages.success(request, _("决定已记录，并已通知有关人员。"))
    return redirect("lab-rebase", number=order.number)


def _key(request: HttpRequest) -> int:
    typed = request.POST.get("rebase", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _page(
    request: HttpRequest, user: User, order: Order, form: RebaseForm, *, answer: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    edition = form.chosen_edition(request.GET.get("edition", ""))
    changes = plan_changes(order, edition) if edition and order.frozen_declaration else []
    waiting = proposed_rebase(order)
    is_asked = waiting is not None and waiting.waits_for_quality and can_allow_drop(user, waiting)
    context = {"order": order, "tab": "overview", "form": form, "edition": edition, "changes": changes,
               "counts": counts_of_changes(changes), "rebases": rebases_of(order),
               "dropped": dropped_among(changes, failed_codes(order)),
               "answer": answer or ReasonForm(),
               "to_answer": waiting if is_asked else None,
               "may_propose": order.stage == Stage.TESTING and can_propose_rebase(user, order)}
    return render(request, "products/lab/rebase.html", context, status=status)
