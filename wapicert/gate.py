"""Whoever needs a second factor does nothing else before it is set up, and before it was used in this session."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from members.people.errors import SecondFactorMissing
from members.people.models import User
from members.people.permissions import needs_second_factor
from members.people.selectors import second_factors

# What stays open meanwhile: setting one up, leaving, the language, and what pages are made of.
OPEN = ("/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/", "/accounts/login/", "/i18n/", "/static/",
        "/icons.svg", "/healthz", "/readyz", "/metrics")


class SecondFactorGate:
    """Leads people of such roles to the second factor; the API answers 403 with the reason.

    Programs with a token never come with a session; `people.authentication` asks for them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if settings.SECOND_FACTOR == "off" or not has_session or request.path_info.startswith(OPEN):
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User) or not needs_second_factor(user) or self.was_used(request, user):
            return self.get_response(request)
        return self.lead(request, user)

    @staticmethod
    def was_used(request: HttpRequest, user: User) -> bool:
        """Whether a second factor was used, or set up, in this session."""
        return any(row.get("method") == "mfa" for row in get_authentication_records(request, user))

    @staticmethod
    def lead(request: HttpRequest, user: User) -> HttpResponse:
        """To the page that sets one up, or to the one that asks for it."""
        refusal = SecondFactorMissing()
        if request.path_info.startswith("/api/"):
            body = {"type": f"/api/docs/#{refusal.code}", "title": refusal.code, "status": refusal.status,
                    "code": refusal.code, "detail": str(refusal.message), "field": None,
                    "remedy": str(refusal.remedy), "errors": []}
            return JsonResponse(body, status=refusal.status, content_type="application/problem+json")
        if not second_factors(user=user).exists():
            return HttpResponseRedirect(reverse("mfa_index"))
        here = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("home")
        kind = second_factors(user=user).filter(type="totp").exists()
        page = "mfa_reauthenticate" if kind else "mfa_reauthenticate_webauthn"
        return HttpResponseRedirect(f"{reverse(page)}?next={quote(here)}")
