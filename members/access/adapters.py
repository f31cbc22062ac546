"""What allauth asks of this site, and what it tells it."""

from __future__ import annotations

import logging
import time
from smtplib import SMTPException
from typing import Any
from urllib.parse import quote

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.access.services import end_sessions, note_account_change, note_sign_in, rename_session, seal, unseal
from members.access.states import SignInKind
from members.people.models import User
from members.people.permissions import needs_second_factor
from members.people.selectors import second_factors
from wapicert.tracing import client_address, network_of

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are opened by the alliance; whoever has a second factor is asked for that one, not for the password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy("登录失败次数过多。请在五分钟后重试，或通过邮件重设密码。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The network that the list of sessions keeps, not the machine."""
        return network_of(client_address(request)).partition("/")[0] or "0.0.0.0"  # noqa: S104 - stands for "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Counted by the name alone: the library adds the host, of which a client may write many forms."""
        return str(credentials.get("username", "")).lower()

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On this site's own address, never on the host that a request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.PUBLIC_URL}{path.replace('UID-KEY', quote(key))}"

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """To the address of the account, not to the one that was typed, which may merely look the same."""
        super().send_password_reset_mail(user, user.email, context)

    def format_email_subject(self, subject: str) -> str:
        return f"[WAPI] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A post office that is away changes nothing in the answer, which must not tell whether there is an account."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            logger.error("A mail of the door could not be sent: %s", type(error).__name__)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note_sign_in(kind=SignInKind.LOCKED, username=credentials.get("username", ""))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_sign_in(kind=SignInKind.WRONG_PASSWORD, username=credentials.get("username", ""))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        note_sign_in(kind=SignInKind.SIGNED_IN, user=user)
        return super().post_login(request, user, **kwargs)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A password does not open the page on which the second factor is removed."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        names = {"reauthenticate": _("密码"), "mfa_reauthenticate": _("验证码或恢复码"),
                 "mfa_reauthenticate:webauthn": _("通行密钥")}
        factors = [method for method in methods if method["id"] != "reauthenticate"]
        return [{**method, "description": names.get(method["id"], method["description"])}
                for method in factors or methods]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just come in is not asked again at once."""
        request = context.request
        records = get_authentication_records(request, request.user)
        if second_factors(user=request.user).exists():
            records = [row for row in records if row["method"] == "mfa"]
        last = max((row["at"] for row in records), default=0)
        if time.time() - last < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """A factor or the password changed: it is written down; a new factor counts for this session.

        A new password ends the other sessions. Our own notice tells of it, not allauth's.
        """
        change = template_prefix.rpartition("/")[2]
        note_account_change(user=user, change=change)
        if change.startswith("password"):
            end_sessions(user=user, but=self.request.session.session_key or "")
        else:
            _renew(self.request)
        if change in ("totp_activated", "webauthn_added"):
            record_authentication(self.request, user, "mfa", type=change.partition("_")[0])


def _renew(request: HttpRequest) -> None:
    """Another key for this session, so that one that was read before opens nothing any more."""
    old = request.session.session_key
    request.session.cycle_key()
    rename_session(before=old or "", after=request.session.session_key or "")


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Secrets are kept sealed, the names are ours, and the last factor of who needs one stays."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("验证码不正确、已过时或已用过。请输入下一个验证码，或一个未用过的恢复码。"),
        "cannot_delete_authenticator": gettext_lazy("您的角色须有第二因素。请先添加另一个，再移除这一个。"),
        "cannot_generate_recovery_codes": gettext_lazy("请先设置验证器应用或通行密钥，再生成恢复码。"),
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        assert isinstance(user, User)
        return not needs_second_factor(user) or second_factors(user=user).exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's own name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("通行密钥 %(number)d") % {"number": number}
