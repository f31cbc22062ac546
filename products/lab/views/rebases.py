"""Taking a running order to another edition: intake looks at what would change, and proposes it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from members.people.models import User
from products.lab.forms import RebaseForm
from products.lab.views.access import find_order, lab_page
from products.orders.models import Order
from products.orders.permissions import can_propose_rebase
from products.orders.selectors import counts_of_changes, plan_changes, rebases_of
from products.orders.services import propose_rebase
from products.orders.states import Stage
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


@lab_page
def show_rebases(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """What another edition would change, item by item, and the proposals so far; a POST proposes it."""
    order = find_order(user, number)
    form = RebaseForm(request.POST or None, initial={"edition": request.GET.get("edition")}, order=order)
    if request.method != "POST":
        return _page(request, user, order, form)
    if not form.is_valid():
        return _page(request, user, order, form, 422)
    try:
        propose_rebase(order=order, actor=user, **form.cleaned_data)
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, user, order, form, error.status)
    messages.success(request, _("已提出，等待送测单位同意。"))
    return redirect("lab-rebase", number=number)


def _page(request: HttpRequest, user: User, order: Order, form: RebaseForm, status: int = 200) -> HttpResponseBase:
    edition = form.chosen_edition(request.GET.get("edition", ""))
    changes = plan_changes(order, edition) if edition and order.frozen_declaration else []
    context = {"order": order, "tab": "overview", "form": form, "edition": edition, "changes": changes,
               "counts": counts_of_changes(changes), "rebases": rebases_of(order),
               "may_propose": order.stage == Stage.TESTING and can_propose_rebase(user, order)}
    return render(request, "products/lab/rebase.html", context, status=status)
