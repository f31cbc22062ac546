"""Excluding an item and adding evidence from the bench, by form or by the bench's script."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.people.models import User
from products.lab.views.access import find_order, lab_page
from products.lab.views.bench.grid import bench_page
from products.lab.views.bench.saving import changed_rows, is_script, refused, since_of
from products.orders.models import Order
from products.results.services import add_evidence, propose_exclusion
from wapicert.errors import DomainError


@require_POST
@lab_page
def exclude(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Propose that an item gets no result, with the reason."""
    order, typed = find_order(user, number), request.POST
    try:
        propose_exclusion(order=order, item=typed.get("item", ""), kind=typed.get("kind", ""),
                          reason=typed.get("reason", ""), actor=user)
    except DomainError as error:
        return refused(error) if is_script(request) else bench_page(request, user, order, error, "exclude")
    return _done(request, user, order, _("排除已提议，等待批准。"))


@require_POST
@lab_page
def attach(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Keep a capture, log or photograph for an item, or for the order as a whole."""
    order, typed = find_order(user, number), request.POST
    try:
        add_evidence(order=order, upload=request.FILES.get("file"), actor=user, item=typed.get("item") or None,
                     note=typed.get("note", ""), is_device_photograph=typed.get("is_device_photograph") == "on")
    except DomainError as error:
        return refused(error) if is_script(request) else bench_page(request, user, order, error, "attach")
    return _done(request, user, order, _("证据已保存。"))


def _done(request: HttpRequest, user: User, order: Order, message: str) -> HttpResponseBase:
    """Back to the grid; the script gets the rows that changed since its cursor instead."""
    if is_script(request):
        return JsonResponse({"message": message, **changed_rows(request, user, order, since_of(request))})
    messages.success(request, message)
    return redirect("lab-bench", number=order.number)
