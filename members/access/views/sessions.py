"""Where a person is signed in and what the log tells of them; ending sessions; the log for those who keep the door."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from members.access.forms import SignInFilter
from members.access.permissions import can_read_sign_ins
from members.access.rendering import device_of
from members.access.selectors import sign_ins, sign_ins_of
from members.access.services import end_sessions
from members.access.states import FAILURES
from members.access.views.guards import page_for
from members.people.models import User
from wapicert.tracing import network_of

OWN_LINES, PAGE_SIZE = 20, 50


@require_safe
@page_for(lambda user: user.is_active)
def show_sessions(request: HttpRequest, user: User) -> HttpResponse:
    """The own sessions, this one marked, and the last lines of the log about oneself."""
    UserSession.objects.create_from_request(request)
    rows = sorted(UserSession.objects.purge_and_list(user), key=lambda row: row.last_seen_at, reverse=True)
    shown: list[dict[str, Any]] = [
        {"row": row, "is_this": row.session_key == request.session.session_key, "device": device_of(row.user_agent),
         "network": "" if row.ip == "0.0.0.0" else network_of(row.ip)}  # noqa: S104 - stands for "unknown"
        for row in rows]
    context = {"sessions": shown, "lines": sign_ins_of(user)[:OWN_LINES], "failures": FAILURES,
               "days": settings.SIGN_IN_LOG_DAYS}
    return render(request, "members/access/sessions.html", context)


@require_POST
@page_for(lambda user: user.is_active)
def end_others(request: HttpRequest, user: User) -> HttpResponse:
    """Sign out everywhere but here."""
    ended = end_sessions(user=user, but=request.session.session_key or "")
    messages.success(request, ngettext("已退出其他 %(count)d 个会话。", "已退出其他 %(count)d 个会话。", ended)
                     % {"count": ended})
    return redirect("sessions")


@require_POST
@page_for(lambda user: user.is_active)
def end_one(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Sign out of one of the own sessions; of this one like leaving."""
    row = get_object_or_404(UserSession, pk=pk, user=user)
    end_sessions(user=user, only=row.pk)
    if row.session_key == request.session.session_key:
        logout(request)
        return redirect("/")
    messages.success(request, _("已退出该会话。"))
    return redirect("sessions")


@require_safe
@page_for(can_read_sign_ins)
def show_sign_ins(request: HttpRequest, user: User) -> HttpResponse:
    """The log of everybody, by person and kind."""
    form = SignInFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = Paginator(sign_ins(**wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {"form": form, "page": page, "failures": FAILURES, "days": settings.SIGN_IN_LOG_DAYS,
               "query": kept.urlencode()}
    return render(request, "members/access/sign_ins.html", context, status=200 if form.is_valid() else 422)
