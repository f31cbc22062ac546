"""Lets in whom a predicate names; for everybody else the page is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from members.people.models import User


def page_for(may_see: Callable[[User], bool]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page for whom the predicate lets in: the public signs in first, others get 404. Passes the user."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not isinstance(user, User) or not may_see(user):
                raise Http404
            return view(request, user, *args, **kwargs)

        protected: Callable[..., HttpResponse] = never_cache(login_required(guarded))
        return protected

    return guard
