"""Lets users of a company in, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from members.people.models import User
from members.people.states import Role

P = ParamSpec("P")


def member_page(
    view: Callable[Concatenate[HttpRequest, User, P], HttpResponseBase]
) -> Callable[..., HttpResponseBase]:
    """A page for users of a company: the public signs in first, everybody else gets 404. Passes the user on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or Role.VU not in user.role_codes or user.company_id is None:
            raise Http404
        return view(request, user, *args, **kwargs)

    protected: Callable[..., HttpResponseBase] = login_required(guarded)
    return protected


def refused(error: Any, response: HttpResponse) -> HttpResponse:
    """The response with the status of the refusal."""
    response.status_code = error.status
    return response
