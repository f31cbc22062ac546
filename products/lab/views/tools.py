"""The register of test tools: what there is, until when it may be measured with."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.people.models import User
from products.equipment.errors import ToolInvalid
from products.equipment.permissions import can_keep_tools
from products.equipment.selectors import tools_visible_to
from products.equipment.services import note_calibration, register_tool, retire_tool
from products.lab.forms import ToolForm
from products.lab.views.access import lab_page
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


@lab_page
def show_tools(request: HttpRequest, user: User) -> HttpResponseBase:
    """All tools; a POST registers one."""
    form = ToolForm(request.POST or None)
    if request.method != "POST":
        return _page(request, user, form, 200)
    if form.is_valid():
        try:
            register_tool(actor=user, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
            return _page(request, user, form, error.status)
        messages.success(request, _("工具已登记。"))
        return redirect("lab-tools")
    return _page(request, user, form, 422)


@require_POST
@lab_page
def act_on_tool(request: HttpRequest, user: User, number: str, verb: str) -> HttpResponseBase:
    """Note a new calibration, or take the tool out of use with a reason."""
    tool = get_object_or_404(tools_visible_to(user), number=number)
    calibrated_until = parse_day(request.POST.get("calibrated_until", ""))
    try:
        if verb == "retire":
            retire_tool(tool=tool, actor=user, reason=request.POST.get("reason", ""))
        elif verb == "calibrate" and calibrated_until:
            note_calibration(tool=tool, calibrated_until=calibrated_until, actor=user)
        else:
            raise ToolInvalid(_("日期不正确。"), field="calibrated_until")
    except DomainError as error:
        messages.error(request, f"{tool.number}: {error}")
        return _page(request, user, ToolForm(), error.status)
    messages.success(request, _("已记录。"))
    return redirect("lab-tools")


def parse_day(text: str) -> date | None:
    """A day as a date field sends it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(request: HttpRequest, user: User, form: forms.Form, status: int) -> HttpResponseBase:
    context = {"tools": tools_visible_to(user), "form": form, "may_keep": can_keep_tools(user),
               "today": timezone.localdate()}
    return render(request, "products/lab/tools.html", context, status=status)
