"""The loan desk: what is out and reserved, each tool with its calendar, each loan with its steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from members.people.models import User
from products.equipment.forms import CancelForm, ExtendForm, HandOutForm, MonthForm, ReserveForm, ReturnForm
from products.equipment.models import Loan
from products.equipment.permissions import can_lend_tools
from products.equipment.selectors import is_overdue, loans_running, loans_visible_to, month_of, tools_visible_to
from products.equipment.services import cancel_loan, extend_loan, reserve_tool, return_tool
from products.equipment.states import LOAN_TRANSITIONS, LoanState
from products.lab.views.access import lab_page
from products.results.services import lend_tool
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

# Each verb of a loan with its address, words, icon, tone, form and service.
VERBS: dict[str, tuple[str, Any, str, str, type[forms.Form], Callable[..., Loan]]] = {
    "hand-out": ("hand_out", gettext_lazy("借出"), "arrow-right-left", "primary", HandOutForm, lend_tool),
    "return": ("return", gettext_lazy("归还"), "undo-2", "primary", ReturnForm, return_tool),
    "extend": ("extend", gettext_lazy("更改归还日期"), "clock", "", ExtendForm, extend_loan),
    "cancel": ("cancel", gettext_lazy("取消预约"), "x", "danger", CancelForm, cancel_loan),
}


@require_safe
@lab_page
def show_equipment(request: HttpRequest, user: User) -> HttpResponseBase:
    """What is out or reserved, what is overdue first, and all tools with where they are."""
    running = loans_running(loans_visible_to(user))
    loans = [{"loan": loan, "is_late": is_overdue(loan)} for loan in running]
    away = {loan.tool_id: loan for loan in running if loan.state == LoanState.OUT}
    tools = [{"tool": tool, "loan": away.get(tool.pk)} for tool in tools_visible_to(user).filter(is_active=True)]
    return render(request, "products/equipment/equipment.html", {
        "loans": loans, "tools": tools, "today": timezone.localdate(),
        "late": sum(row["is_late"] for row in loans), "out": len(away), "reserved": len(loans) - len(away)})


@lab_page
def show_tool(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """A tool with its month and its loans; a POST reserves it."""
    tool = get_object_or_404(tools_visible_to(user), number=number)
    form = ReserveForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                loan = reserve_tool(tool=tool, actor=user, **form.cleaned_data)
            except DomainError as error:
                show_refusal(form, error)
                status = error.status
            else:
                messages.success(request, _("已预约：%(number)s") % {"number": loan.number})
                return redirect("equipment-loan", loan.number)
        if not can_lend_tools(user):
            status = 403
    today = timezone.localdate()
    first = MonthForm(request.GET).first_day(today)
    return render(request, "products/equipment/tool.html", {
        "tool": tool, "form": form, "weeks": month_of(tool, first), "first": first, "today": today,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"), "after": _next_month(first).strftime("%Y-%m"),
        "loans": loans_visible_to(user).filter(tool=tool)[:50], "may_lend": can_lend_tools(user) and tool.is_active,
        "is_uncalibrated": tool.calibrated_until is not None and tool.calibrated_until < today,
    }, status=status)


@require_safe
@lab_page
def show_loan(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """A loan with the steps that it may take now."""
    return _loan_page(request, user, get_object_or_404(loans_visible_to(user), number=number))


@require_POST
@lab_page
def act_on_loan(request: HttpRequest, user: User, number: str, verb: str) -> HttpResponseBase:
    """Hand out, take back, extend or cancel."""
    loan = get_object_or_404(loans_visible_to(user), number=number)
    if verb not in VERBS:
        raise Http404
    form = _form(verb, loan, request.POST)
    status = 422
    # Whoever lacks the right learns that, and not what is wrong with what was typed.
    if form.is_valid() or not can_lend_tools(user, loan.company_id):
        try:
            VERBS[verb][5](loan=loan, actor=user, **{**dict.fromkeys(form.fields, ""), **form.cleaned_data})
        except DomainError as error:
            show_refusal(form, error)
            status = error.status
        else:
            messages.success(request, _("已记录。"))
            return redirect("equipment-loan", loan.number)
    return _loan_page(request, user, loan, (verb, form, status))


def _form(verb: str, loan: Loan, data: Any = None) -> forms.Form:
    kind: Any = VERBS[verb][4]
    more = {"loan": loan} if kind is ReturnForm else {}
    initial = {"due_on": loan.due_on, "returned": loan.accessories}
    form: forms.Form = kind(data, initial=initial, auto_id=f"{verb}_%s", **more)
    return form


def _loan_page(
    request: HttpRequest, user: User, loan: Loan, refused: tuple[str, forms.Form | None, int] = ("", None, 200)
) -> HttpResponseBase:
    tried, form, status = refused
    acts = [{"verb": verb, "label": words, "icon": icon, "tone": tone, "is_open": verb == tried,
             "form": form if verb == tried else _form(verb, loan)}
            for verb, (key, words, icon, tone, _kind, _service) in VERBS.items()
            if verb == tried or (can_lend_tools(user, loan.company_id) and loan.state in LOAN_TRANSITIONS[key].sources)]
    context = {"loan": loan, "acts": acts, "is_late": is_overdue(loan)}
    return render(request, "products/equipment/loan.html", context, status=status)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
