"""Whose second factor is set up, and resetting one that was lost."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.access.forms import ResetForm
from members.access.models import FactorReset
from members.access.permissions import can_decide_reset, can_see_factors
from members.access.selectors import holders_of_second_factors, open_resets
from members.access.services import confirm_reset, refuse_reset, request_reset
from members.access.views.guards import page_for
from members.people.models import User
from members.people.states import Role
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

VERBS = {"confirm": confirm_reset, "refuse": refuse_reset}


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(can_see_factors)
def show_factors(request: HttpRequest, user: User) -> HttpResponse:
    """Everybody who needs a second factor or has one; a POST asks to reset one."""
    holders = holders_of_second_factors()
    people = [row.person for row in holders if row.factors and row.person != user]
    form = ResetForm(request.POST or None, people=people)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                request_reset(actor=user, **form.cleaned_data)
                messages.success(request, _("已申请，待另一人确认。"))
                return redirect("factors")
        except DomainError as error:
            show_refusal(form, error)
            status = error.status
    resets = [{"reset": row, "may_decide": can_decide_reset(user, row.user), "is_own": row.requested_by_id == user.pk}
              for row in open_resets()]
    context = {"holders": holders, "resets": resets, "form": form if Role.AD in user.role_codes and people else None,
               "is_required": settings.SECOND_FACTOR == "required"}
    return render(request, "members/access/factors.html", context, status=status)


@require_POST
@page_for(can_see_factors)
def decide_reset(request: HttpRequest, user: User, pk: int, verb: str) -> HttpResponse:
    """Confirm or refuse what somebody else asked for."""
    if verb not in VERBS:
        raise Http404
    VERBS[verb](reset=get_object_or_404(FactorReset, pk=pk), actor=user)
    messages.success(request, _("已记录。"))
    return redirect("factors")
