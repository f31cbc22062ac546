"""One order in the laboratory: facts, progress, samples, and the steps that intake takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from members.people.models import User
from products.devices.rendering import word
from products.lab.forms import AcceptForm, form_for
from products.lab.views.access import find_order, lab_page
from products.orders.models import Order, Sample
from products.orders.permissions import can_end_sample, verbs_open_to
from products.orders.selectors import days_per_party, days_per_stage, parameters_of, plan_of, preview_of, rebases_of
from products.orders.services import (
    accept_order,
    cancel_order,
    close_order,
    decline_order,
    end_sample,
    hold_order,
    receive_sample,
    resume_order,
    return_order,
)
from products.orders.states import Inclusion, RebaseState
from products.results.selectors import counts_of, items_to_replace
from wapicert.enumeration import enumerated
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

# In the order in which a page offers them: what moves the order on comes first.
SERVICES: dict[str, Callable[..., Any]] = {
    "accept": accept_order, "receive_sample": receive_sample, "resume": resume_order, "close": close_order,
    "return": return_order, "decline": decline_order, "hold": hold_order, "cancel": cancel_order,
}
LABELS = {
    "accept": pgettext_lazy("办理", "受理"), "return": pgettext_lazy("办理", "退回补正"),
    "decline": pgettext_lazy("办理", "不予受理"), "receive_sample": gettext_lazy("登记样品"),
    "hold": pgettext_lazy("办理委托", "暂停"), "resume": pgettext_lazy("办理委托", "恢复"),
    "cancel": gettext_lazy("取消委托"), "close": gettext_lazy("结束委托"),
}


@require_GET
@lab_page
def show_order(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The order with every step that this person may take now."""
    return _page(request, user, find_order(user, number))


@require_POST
@lab_page
def move(request: HttpRequest, user: User, number: str, verb: str) -> HttpResponseBase:
    """Take one step of the order; a refusal comes back beside what was typed."""
    if verb not in SERVICES:
        raise Http404
    order = find_order(user, number)
    form = form_for(verb, order, request.POST)
    if not form.is_valid():
        return _page(request, user, order, {verb: form}, 422)
    try:
        SERVICES[verb](order=order, actor=user, **_arguments(form))
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, user, find_order(user, number), {verb: form}, error.status)
    messages.success(request, _("已完成：%(verb)s。") % {"verb": LABELS[verb]})
    return redirect("lab-order", number=number)


def _arguments(form: Form) -> dict[str, Any]:
    data = {name: value for name, value in form.cleaned_data.items() if not name.startswith("review.")}
    return data | {"review": form.review()} if isinstance(form, AcceptForm) else data


@require_POST
@lab_page
def finish_sample(request: HttpRequest, user: User, number: str, pk: Any) -> HttpResponseBase:
    """Note that a sample was returned or disposed of."""
    sample = get_object_or_404(Sample, pk=pk, order=find_order(user, number))
    try:
        end_sample(sample=sample, actor=user, ending=request.POST.get("ending", ""))
    except DomainError as error:
        ending = {"sample": sample, "typed": request.POST.get("ending", ""), "error": error}
        return _page(request, user, sample.order, status=error.status, ending=ending)
    messages.success(request, _("样品去向已登记。"))
    return redirect("lab-order", number=number)


def _page(
    request: HttpRequest, user: User, order: Order, forms: dict[str, Form] | None = None, status: int = 200,
    *, ending: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """The page, with the form that was refused in place of a fresh one; `ending` is a refused ending of a sample."""
    open_verbs = verbs_open_to(user, order)
    verbs = [verb for verb in SERVICES if verb in open_verbs]
    filled = forms or {}
    actions = [{"verb": verb, "label": LABELS[verb], "form": filled.get(verb) or form_for(verb, order),
                "is_open": verb in filled} for verb in dict.fromkeys([*filled, *verbs])]
    context = {
        "order": order, "tab": "overview", "ending": ending, "actions": actions,
        "may_end_sample": can_end_sample(user, order),
        "samples": order.samples.select_related("version__hardware", "version__firmware", "received_by"),
        "counts": counts_of(order), "plan": _plan(order), "thrown_out": items_to_replace(order),
        "parameters": [(field, _shown(value)) for field, value in parameters_of(order)],
        "drops": rebases_of(order).exclude(dropped=[]).exclude(state=RebaseState.REFUSED),
        "stages": days_per_stage(order).items(), "parties": days_per_party(order).items(),
    }
    return render(request, "products/lab/order.html", context, status=status)


def _shown(value: Any) -> str:
    """A parameter as it is read: yes or no, the words of a list, else the word itself."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return enumerated(word(str(part)) for part in value) if isinstance(value, list) else word(str(value))


def _plan(order: Order) -> list[Any]:
    """The frozen plan, or the one that acceptance would freeze; items that are left out come with their reason too."""
    if order.frozen_declaration is not None:
        return list(plan_of(order))
    try:
        return [row for row in preview_of(order) if row.inclusion != Inclusion.OUT]
    except DomainError:
        return []
