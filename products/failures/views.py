"""The page of what failed and needs a person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from members.people.models import User
from products.failures.permissions import can_acknowledge_failure, can_retry_failure, can_see_failures
from products.failures.selectors import Failure, failures
from products.failures.services import acknowledge_failure, retry_failure
from products.failures.states import FailureKind
from wapicert.errors import DomainError


@never_cache
@require_safe
@login_required
def show_failures(request: HttpRequest) -> HttpResponse:
    """Everything that failed, open ones first."""
    return _page(request, _reader(request), 200)


@require_POST
@login_required
def act_on_failure(request: HttpRequest, kind: str, key: str, verb: str) -> HttpResponse:
    """Start it again, or acknowledge it with a comment."""
    user = _reader(request)
    if kind not in FailureKind.values or verb not in ("retry", "acknowledge"):
        raise Http404
    try:
        if verb == "retry":
            retry_failure(kind=kind, key=key, actor=user)
            messages.success(request, _("已重新开始。"))
        else:
            acknowledge_failure(kind=kind, key=key, comment=request.POST.get("comment", ""), actor=user)
            messages.success(request, _("已记录。"))
    except DomainError as error:
        messages.error(request, str(error))
        return _page(request, user, error.status)
    return redirect("failures")


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not can_see_failures(request.user):
        raise Http404
    return request.user


def _page(request: HttpRequest, user: User, status: int) -> HttpResponse:
    found = failures()
    context = {"open": _rows(user, [one for one in found if one.acknowledgement is None]),
               "noted": _rows(user, [one for one in found if one.acknowledgement is not None]),
               "may_acknowledge": can_acknowledge_failure(user)}
    return render(request, "products/failures/failures.html", context, status=status)


def _rows(user: User, found: list[Failure]) -> list[dict[str, Any]]:
    return [{"failure": one, "may_retry": can_retry_failure(user, one)} for one in found]
