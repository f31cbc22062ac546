"""Signing in of programs: `Authorization: Token <prefix>.<secret>`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from members.people.models import ApiToken, User
from members.people.services import find_token, note_token_use


class TokenAuthentication(BaseAuthentication):
    """Accepts a token that exists, has not expired and was not revoked, of an account that is active."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).decode("latin-1").split()
        if len(parts) != 2 or parts[0] != self.keyword:
            return None
        token = find_token(secret=parts[1])
        if token is None:
            raise AuthenticationFailed(_("令牌无效、已过期或已撤销。请在“我的账户”重新生成。"), code="invalid_token")
        note_token_use(token=token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword
