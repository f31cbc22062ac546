"""Test rigs and their tokens: registered, renewed and revoked; a secret is shown in the one answer that made it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from members.access.forms import add_second_factor, typed_or_proved
from members.access.services import require_signature
from members.people.models import User
from members.people.states import Role
from products.lab.views.access import lab_page
from products.results.forms import RenewForm, RigForm
from products.results.models import Rig
from products.results.permissions import can_keep_rig
from products.results.selectors import rigs_visible_to
from products.results.services import register_rig, renew_rig, revoke_rig
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


@never_cache
@sensitive_post_parameters("password")
@lab_page
def show_rigs(request: HttpRequest, user: User) -> HttpResponseBase:
    """All rigs; a POST registers one and shows its secret this once."""
    form = RigForm(request.POST or None, user=user)
    add_second_factor(form, request)
    if request.method != "POST":
        return _page(request, user, form)
    if not form.is_valid():
        return _page(request, user, form, status=422)
    try:
        given = _signed(form, user)
        rig, secret = register_rig(actor=user, **given)
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, user, form, status=error.status)
    return _page(request, user, RigForm(user=user), shown=(rig, secret))


@never_cache
@sensitive_post_parameters("password")
@require_POST
@lab_page
def act_on_rig(request: HttpRequest, user: User, number: str, verb: str) -> HttpResponseBase:
    """Give a rig another token, or end the one it has."""
    rig = get_object_or_404(rigs_visible_to(user), number=number)
    if verb not in ("renew", "revoke"):
        raise Http404
    try:
        if verb == "revoke":
            revoke_rig(rig=rig, actor=user)
            messages.success(request, _("测试台 %(number)s 的令牌已撤销。") % {"number": number})
            return redirect("lab-rigs")
        form = RenewForm(request.POST)
        add_second_factor(form, request)
        form.full_clean()
        rig, secret = renew_rig(rig=rig, days=_signed(form, user).get("days", 0), actor=user)
    except DomainError as error:
        messages.error(request, f"{number}: {error}")
        return _page(request, user, RigForm(user=user), status=error.status)
    return _page(request, user, RigForm(user=user), shown=(rig, secret))


def _signed(form: forms.Form, user: User) -> dict[str, Any]:
    """What was entered, once the person has signed with the password (and second factor)."""
    data = typed_or_proved(form, form.cleaned_data)
    require_signature(user=user, password=data.pop("password", ""), second_factor=data.pop("second_factor", ""))
    return data


def _page(
    request: HttpRequest, user: User, form: RigForm, *, shown: tuple[Rig, str] | None = None, status: int = 200
) -> HttpResponseBase:
    rows = [(rig, can_keep_rig(user, rig.responsible)) for rig in rigs_visible_to(user)]
    renewal = RenewForm(auto_id="renew_%s")
    add_second_factor(renewal, request)
    add_second_factor(form, request)
    context = {"rows": rows, "form": form, "renewal": renewal, "shown": shown, "now": timezone.now(),
               "may_register": bool(user.role_codes & {Role.TE, Role.QM})}
    return render(request, "products/lab/rigs.html", context, status=status)
