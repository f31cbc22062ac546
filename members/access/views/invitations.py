"""Inviting people, and opening an account by the link of an invitation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from members.access.forms import InviteForm, OpenAccountForm
from members.access.models import Invitation
from members.access.permissions import can_see_invitations
from members.access.selectors import invitations_visible_to
from members.access.services import (
    accept_invitation,
    invitation_of,
    invite,
    resend_invitation,
    revoke_invitation,
)
from members.access.services.invitations import ends_at
from members.access.views.guards import page_for
from members.people.models import User
from members.people.states import Role
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

VERBS = {"resend": resend_invitation, "revoke": revoke_invitation}
SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(can_see_invitations)
def show_invitations(request: HttpRequest, user: User) -> HttpResponse:
    """Those that wait and those that were closed; a POST invites somebody."""
    form = InviteForm(request.POST or None, for_companies_only=Role.AD not in user.role_codes)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                invite(actor=user, **{"roles": [], **form.cleaned_data})
                messages.success(request, _("邀请已发出；对方打开邮件中的链接后即可设置密码。"))
                return redirect("invitations")
        except DomainError as error:
            show_refusal(form, error)
            status = error.status
    rows = [_shown(row) for row in invitations_visible_to(user)[:SHOWN]]
    context = {"form": form, "open": [row for row in rows if not row["row"].closed_at],
               "closed": [row for row in rows if row["row"].closed_at], "days": settings.INVITATION_DAYS}
    return render(request, "members/access/invitations.html", context, status=status)


def _shown(row: Invitation) -> dict[str, Any]:
    end = ends_at(row)
    return {"row": row, "roles": [Role(role).label for role in row.roles], "ends_at": end,
            "is_over": end <= timezone.now(), "has_failed": not row.mailed_at and row.mail_tries >= settings.MAIL_TRIES}


@require_POST
@page_for(can_see_invitations)
def act_on_invitation(request: HttpRequest, user: User, pk: int, verb: str) -> HttpResponse:
    """Send again, or revoke."""
    if verb not in VERBS:
        raise Http404
    VERBS[verb](invitation=get_object_or_404(invitations_visible_to(user), pk=pk), actor=user)
    messages.success(request, _("已记录。"))
    return redirect("invitations")


@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest, token: str) -> HttpResponse:
    """What was prepared, and the password that opens it; programs that open links of mails open nothing."""
    row = invitation_of(token)
    form = OpenAccountForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                accept_invitation(token=token, password=form.cleaned_data["password"])
                messages.success(request, _("账户已开通。请登录；角色由另一位管理员确认后生效。"))
                return redirect("account_login")
        except DomainError as error:
            show_refusal(form, error)
            status = error.status
    return render(request, "members/access/open_account.html", {"form": form, **_shown(row)}, status=status)
