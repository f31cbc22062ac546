"""What is held, what is kept how long, and what goes next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.access.views.guards import page_for
from members.companies.models import Company
from members.people.models import User
from products.orders.models import Order
from products.retention.errors import HoldTargetMissing
from products.retention.forms import HoldForm, LiftingForm
from products.retention.models import Hold
from products.retention.permissions import can_decide_lifting, can_keep_holds, can_see_holds
from products.retention.selectors import forecast, last_removals, lifted_holds, standing_holds
from products.retention.services import confirm_lifting, place_hold, refuse_lifting, request_lifting
from products.retention.states import DAYS_AHEAD, Kind
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

# By kind: the model, and the number by which people name one of its rows. Drafts are the applicants' own.
TARGETS: dict[str, tuple[Any, str]] = {
    "order": (Order.objects.exclude(stage="draft"), "number"), "company": (Company.objects, "number"),
    "user": (User.objects, "staff_number"),
}
SHOWN_LIFTED, SHOWN_REMOVALS = 50, 20


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(can_see_holds)
def show_holds(request: HttpRequest, user: User) -> HttpResponse:
    """Holds, and the table of retention with what runs out next; a POST places a hold."""
    if request.method != "POST":
        return _page(request, user)
    form = HoldForm(request.POST)
    status = 422
    try:
        if form.is_valid():
            data = form.cleaned_data
            place_hold(actor=user, reason=data["reason"], demanded_by=data["demanded_by"],
                       **{data["kind"]: _target(data["kind"], data["key"].strip())})
            messages.success(request, _("已设立保全。"))
            return redirect("holds")
    except DomainError as error:
        show_refusal(form, error)
        status = error.status
    return _page(request, user, form=form, status=status)


@require_POST
@page_for(can_see_holds)
def act_on_hold(request: HttpRequest, user: User, pk: int, verb: str) -> HttpResponse:
    """Ask to lift a hold, confirm that, or leave it standing."""
    hold = get_object_or_404(Hold, pk=pk)
    try:
        if verb == "lift":
            request_lifting(hold=hold, reason=request.POST.get("reason", ""), actor=user)
        elif verb == "confirm":
            confirm_lifting(hold=hold, actor=user)
        elif verb == "refuse":
            refuse_lifting(hold=hold, actor=user)
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, str(error))
        return _page(request, user, status=error.status)
    messages.success(request, _("已记录。"))
    return redirect("holds")


def _target(kind: str, key: str) -> Any:
    rows, field = TARGETS[kind]
    found = rows.filter(**{field: key}).first()
    if found is None:
        raise HoldTargetMissing(field="key")
    return found


def _page(request: HttpRequest, user: User, *, form: HoldForm | None = None, status: int = 200) -> HttpResponse:
    may_keep = can_keep_holds(user)
    rows = [{"hold": hold, "may_decide": hold.lift_requested_at is not None and can_decide_lifting(user, hold),
             "is_own": hold.lift_requested_by_id == user.pk} for hold in standing_holds()]
    removals = [{"at": entry.at, "kind": Kind(entry.after["kind"]).label, "count": entry.after["count"]}
                for entry in last_removals(SHOWN_REMOVALS)]
    context = {"removals": removals, "holds": rows,
               "lifted": lifted_holds()[:SHOWN_LIFTED], "lines": forecast(), "days_ahead": DAYS_AHEAD,
               "form": (form or HoldForm()) if may_keep else None, "may_keep": may_keep, "lifting": LiftingForm()}
    return render(request, "products/retention/holds.html", context, status=status)
