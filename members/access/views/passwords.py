"""The library's page for a new password, behind the second factor of who has one."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.views import password_change
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from members.people.models import User
from members.people.selectors import second_factors


@sensitive_post_parameters()
@never_cache
@login_required
def change_password(request: HttpRequest) -> HttpResponse:
    """The form asks for the old password; whoever has a second factor uses it before.

    The library would keep what was posted in the session meanwhile, passwords in clear among it; here it is asked anew.
    """
    user = request.user
    assert isinstance(user, User)
    kinds = set(second_factors(user=user).values_list("type", flat=True))
    if kinds and is_reauthentication_required(request, app="members.access"):
        page = "mfa_reauthenticate" if "totp" in kinds else "mfa_reauthenticate_webauthn"
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': request.path})}")
    answer: HttpResponse = password_change(request)
    return answer
