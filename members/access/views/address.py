"""The address to which mails and links for a new password go; changed by who knows the password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from members.access.forms import AddressForm, add_second_factor, typed_or_proved
from members.access.services import change_address, rename_session
from members.access.views.guards import page_for
from members.people.models import User
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@page_for(lambda user: user.is_active)
def show_address(request: HttpRequest, user: User) -> HttpResponse:
    """The own address; a POST changes it, ends the other sessions and renews this one."""
    form = AddressForm(request.POST or None)
    add_second_factor(form, request, is_own=True)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                typed = typed_or_proved(form, form.cleaned_data)
                before = request.session.session_key or ""
                change_address(user=user, address=typed["address"], password=typed["password"],
                               second_factor=typed.get("second_factor", ""), session=before)
                request.session.cycle_key()
                rename_session(before=before, after=request.session.session_key or "")
                messages.success(request, _("电子邮箱已更改；原邮箱已收到通知，其他会话已退出。"))
                return redirect("account")
        except DomainError as error:
            show_refusal(form, error)
            status = error.status
    return render(request, "members/access/address.html", {"form": form}, status=status)
