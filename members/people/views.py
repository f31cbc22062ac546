"""Sends people to the part of the site that is theirs, and shows them their own account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from members.access.forms import add_second_factor, typed_or_proved
from members.access.services import issue_own_token, revoke_own_token
from members.people.forms import IssueTokenForm
from members.people.selectors import live_tokens
from members.people.services import keep_language
from members.people.states import Role
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Vendors to their devices, the administrator to the accounts, staff to the laboratory."""
    assert request.user.is_authenticated
    roles = request.user.role_codes
    if Role.VU in roles:
        return redirect("/my/")
    return redirect("/admin/" if roles == {Role.AD} else "/lab/")


def _account(request: HttpRequest, form: IssueTokenForm, *, secret: str = "", status: int = 200) -> HttpResponse:
    assert request.user.is_authenticated
    context = {
        "form": form, "secret": secret, "tokens": live_tokens(user=request.user),
        "role_names": [Role(code).label for code in sorted(request.user.role_codes)],
        "authorisations": request.user.test_authorisations.order_by("category"),
    }
    return render(request, "members/people/account.html", context, status=status)


@never_cache
@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The own account; a POST issues a token, whose secret this one answer shows."""
    assert request.user.is_authenticated
    form = IssueTokenForm(request.POST or None)
    add_second_factor(form, request, is_own=True)
    if request.method != "POST":
        return _account(request, form)
    if not form.is_valid():
        return _account(request, form, status=422)
    try:
        _token, secret = issue_own_token(
            user=request.user, label=form.cleaned_data["label"], expires_at=form.expires_at(),
            password=form.cleaned_data["password"],
            second_factor=typed_or_proved(form, form.cleaned_data).get("second_factor", ""))
    except DomainError as error:
        show_refusal(form, error)
        return _account(request, form, status=error.status)
    fresh = IssueTokenForm()
    add_second_factor(fresh, request, is_own=True)
    return _account(request, fresh, secret=secret)


@login_required
@require_POST
def revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Revoke one of the own tokens; those of others are not there."""
    assert request.user.is_authenticated
    token = get_object_or_404(request.user.api_tokens, prefix=prefix)
    revoke_own_token(token=token, actor=request.user)
    messages.success(request, _("令牌“%(label)s”已撤销，使用它的程序不再能登录。") % {"label": token.label})
    return redirect("account")


@csrf_exempt
def choose_language(request: HttpRequest) -> HttpResponse:
    """Show the site in the chosen language from now on; of whoever is signed in it is kept for their mails.

    Exempt from the token, as the public pages that carry this form are the same for every stranger.
    """
    answer = set_language(request)
    if request.method == "POST" and request.user.is_authenticated:
        keep_language(user=request.user, language=request.POST.get("language", ""))
    return answer
