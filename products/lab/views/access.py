"""Lets the laboratory and its auditor in, and finds the order that an address names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.orders.models import Order
from products.orders.selectors import Save, orders_visible_to, who_saved
from wapicert.errors import DomainError, Stale

P = ParamSpec("P")


def lab_page(view: Callable[Concatenate[HttpRequest, User, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page for the laboratory: the public signs in first, vendors and the administrator get 404. Passes the user."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not user.role_codes & (BUSINESS_ROLES | {Role.AU}):
            raise Http404
        return view(request, user, *args, **kwargs)

    protected: Callable[..., HttpResponseBase] = login_required(guarded)
    return protected


def find_order(user: User, number: str) -> Order:
    """The order that the address names, if this person may see it; otherwise 404."""
    return get_object_or_404(orders_visible_to(user), number=number)


def saved_meanwhile(order: Order, object_type: str, refusal: DomainError | None) -> Save | None:
    """Who saved what while this person was typing; None unless that is why it was refused."""
    return who_saved(order, object_type) if isinstance(refusal, Stale) else None
