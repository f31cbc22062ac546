"""Signing in of programs: `Authorization: Token <prefix>.<secret>`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from members.people.errors import SecondFactorMissing, TokenOutOfScope
from members.people.models import ApiToken, User
from members.people.permissions import needs_second_factor
from members.people.selectors import second_factors
from members.people.services import find_token, note_token_use


class TokenAuthentication(BaseAuthentication):
    """Accepts a token that exists, has not expired and was not revoked, of an account that is active.

    A token does not stand in for the second factor that its owner has to set up. One with a scope opens only what
    names that scope in `token_scopes`, by method.
    """

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).decode("latin-1").split()
        if len(parts) != 2 or parts[0] != self.keyword:
            return None
        token = find_token(secret=parts[1])
        if token is None:
            raise AuthenticationFailed(_("令牌无效、已过期或已撤销。请在“我的账户”重新生成。"), code="invalid_token")
        if needs_second_factor(token.user) and not second_factors(user=token.user).exists():
            raise SecondFactorMissing
        if token.scope and token.scope not in _scopes_of(request):
            raise TokenOutOfScope
        note_token_use(token=token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


def _scopes_of(request: Request) -> frozenset[str]:
    """The scopes that the endpoint opens to for this method; none unless it says so."""
    scopes: dict[str, frozenset[str]] = getattr(request.parser_context.get("view"), "token_scopes", {})
    return scopes.get(request.method or "", frozenset())
