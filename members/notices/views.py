"""A person's own notices: the list, and marking as read."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from members.notices import services
from members.notices.rendering import words_of
from members.notices.selectors import notices_of, unread_notices

PAGE_SIZE = 30


@require_safe
@login_required
@never_cache
def show_notices(request: HttpRequest) -> HttpResponse:
    """The newest first, those not read marked."""
    assert request.user.is_authenticated
    page = Paginator(notices_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"notice": notice, "words": words_of(notice)} for notice in page]
    context = {"rows": rows, "page": page, "unread": unread_notices(request.user).count()}
    return render(request, "members/notices/notices.html", context)


@require_POST
@login_required
def read_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    assert request.user.is_authenticated
    notice = get_object_or_404(notices_of(request.user), pk=pk)
    services.mark_read(notice=notice, actor=request.user)
    return redirect(notice.address or "notices")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    assert request.user.is_authenticated
    services.mark_all_read(actor=request.user)
    return redirect("notices")
