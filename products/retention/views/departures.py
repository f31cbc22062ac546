"""People who left: asking that their names go, and confirming it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.access.views.guards import page_for
from members.people.models import User
from members.people.states import Role
from products.retention.forms import DepartureForm
from products.retention.models import Departure
from products.retention.permissions import can_confirm_departure, can_refuse_departure, can_see_departures
from products.retention.selectors import departures_done, open_departures, people_who_left
from products.retention.services import confirm_departure, refuse_departure, request_departure
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

VERBS = {"confirm": confirm_departure, "refuse": refuse_departure}
SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(can_see_departures)
def show_departures(request: HttpRequest, user: User) -> HttpResponse:
    """Who left and still bears a name, and what waits for a second person; a POST asks."""
    if request.method != "POST":
        return _page(request, user)
    form = DepartureForm(request.POST, people=people_who_left().exclude(pk=user.pk))
    status = 422
    try:
        if form.is_valid():
            request_departure(actor=user, **form.cleaned_data)
            messages.success(request, _("已申请，待另一人确认。"))
            return redirect("departures")
    except DomainError as error:
        show_refusal(form, error)
        status = error.status
    return _page(request, user, form=form, status=status)


@require_POST
@page_for(can_see_departures)
def decide_departure(request: HttpRequest, user: User, pk: int, verb: str) -> HttpResponse:
    """Confirm or refuse what somebody else asked for."""
    if verb not in VERBS:
        raise Http404
    try:
        VERBS[verb](departure=get_object_or_404(Departure, pk=pk), actor=user)
    except DomainError as error:
        messages.error(request, str(error))
        return _page(request, user, status=error.status)
    messages.success(request, _("已记录。"))
    return redirect("departures")


def _page(request: HttpRequest, user: User, *, form: DepartureForm | None = None, status: int = 200) -> HttpResponse:
    people = people_who_left().exclude(pk=user.pk)
    may_ask = Role.AD in user.role_codes and people.exists()
    rows = [{"departure": row, "may_confirm": can_confirm_departure(user, row),
             "may_refuse": can_refuse_departure(user, row), "is_own": row.requested_by_id == user.pk}
            for row in open_departures()]
    context = {"waiting": rows, "people": people, "done": departures_done()[:SHOWN],
               "form": (form or DepartureForm(people=people)) if may_ask else None}
    return render(request, "products/retention/departures.html", context, status=status)
