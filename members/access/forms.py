"""What is typed at the door: codes, names of passkeys, the signature under an act, reasons."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from allauth.account import forms as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.access.selectors import last_proof
from members.access.services import note_sign_in, passkey_proof, take_code
from members.access.services.factors import PROOF_SECONDS
from members.access.states import SignInKind
from members.companies.models import Company
from members.people.errors import PasswordLocked
from members.people.models import User
from members.people.permissions import needs_second_factor
from members.people.selectors import second_factors
from members.people.services import require_password
from members.people.states import Role
from wapicert.errors import DomainError


def code_field(label: Any, help_text: Any = "", **options: Any) -> forms.CharField:
    """A code that telephones offer to fill in."""
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off",
                                    **options.pop("attrs", {})})
    return forms.CharField(label=label, help_text=help_text, widget=widget, max_length=32, **options)


class _Code(forms.Form):
    """One code, tried against the authenticator and the recovery codes, each of which counts once."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        try:
            forget_wrong_ones = check_rate_limit(self.user)
        except forms.ValidationError:
            note_sign_in(kind=SignInKind.LOCKED, user=self.user)
            raise
        code = str(self.cleaned_data["code"])
        found = take_code(user=self.user, code=code)
        if found is None:
            note_sign_in(kind=SignInKind.WRONG_CODE, user=self.user)
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator = found
        forget_wrong_ones()
        return code


class SignInCodeForm(_Code, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code beside the password, on signing in."""

    code = code_field(gettext_lazy("验证码"), gettext_lazy("验证器应用上的六位数字，或一个未用过的恢复码。"))


class ConfirmCodeForm(_Code, ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code again, before factors are changed."""

    code = code_field(gettext_lazy("验证码"), gettext_lazy("验证器应用上的六位数字，或一个未用过的恢复码。"))


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The first code of a new authenticator."""

    code = code_field(gettext_lazy("验证码"), gettext_lazy("扫码后，验证器应用上显示的六位数字。"))


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A name to tell the passkey by."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60, required=False,
                           help_text=gettext_lazy("用于日后辨认，例如：办公室电脑、蓝色安全密钥。"))


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """Another name for a passkey."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)


class _Password(forms.Form):
    """The password once more, counted with every other place that asks for it again."""

    user: User

    def ask_again(self, password: str) -> str:
        """The password; wrong ones lock further tries for a while and stand in the log of sign-ins."""
        try:
            require_password(user=self.user, password=password)
        except DomainError as error:
            kind = SignInKind.LOCKED if isinstance(error, PasswordLocked) else SignInKind.WRONG_PASSWORD
            note_sign_in(kind=kind, user=self.user)
            raise forms.ValidationError(str(error), code=error.code) from error
        return password


class ChangePasswordForm(_Password, account.ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The old password and a new one."""

    def clean_oldpassword(self) -> str:
        return self.ask_again(self.cleaned_data.get("oldpassword", ""))


class ConfirmPasswordForm(_Password, account.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The password again, before factors are changed."""

    def clean_password(self) -> str:
        return self.ask_again(self.cleaned_data["password"])


class ResetPasswordForm(account.ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Where a link for a new password is sent: to the one address that an account has."""

    def clean_email(self) -> str:
        """The library would also take addresses that it noted itself, which the person has left since."""
        email = str(self.cleaned_data["email"])
        self.users = list(User.objects.filter(email__iexact=email, is_active=True))
        return email


class AddressForm(forms.Form):
    """Another address, and the password."""

    address = forms.EmailField(label=gettext_lazy("新的电子邮箱"), max_length=254, help_text=gettext_lazy(
        "通知和重设密码的链接今后发到这里；现在的邮箱会收到更改的通知。"))
    password = forms.CharField(label=gettext_lazy("您的密码"), strip=False, max_length=4096,
                               widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


def add_second_factor(form: forms.Form, request: HttpRequest, *, is_own: bool = False) -> None:
    """Add the field for the second factor to a form that asks for the password, where the person has to give it.

    `is_own`: the form changes the own account; whoever has a factor gives it there, whatever the role.
    """
    user = request.user
    if not isinstance(user, User):
        return
    if not needs_second_factor(user) and not (is_own and second_factors(user=user).exists()):
        return
    kinds = set(second_factors(user=user).values_list("type", flat=True))
    used_at = last_proof(get_authentication_records(request, user))
    is_fresh = timezone.now().timestamp() - used_at < PROOF_SECONDS
    form.fields["second_factor"] = code_field(
        gettext_lazy("第二因素验证码"), _help(kinds, _here(request), is_fresh), required=False,
        attrs={"data-needed": "1"})
    form.passkey_proof = passkey_proof(user=user, at=used_at) if is_fresh else ""  # type: ignore[attr-defined]


def typed_or_proved(form: forms.Form, cleaned: dict[str, Any]) -> dict[str, Any]:
    """What was typed, with the proof of a passkey in place of a code that was not."""
    if "second_factor" in form.fields and not cleaned.get("second_factor"):
        return cleaned | {"second_factor": getattr(form, "passkey_proof", "")}
    return cleaned


def _here(request: HttpRequest) -> str:
    """The page on which the form stands, also after it came back refused."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return urlsplit(request.headers.get("Referer", "")).path or reverse("home")


def _help(kinds: set[str], here: str, is_fresh: bool) -> Any:
    if is_fresh:
        return _("刚才已用通行密钥确认，两分钟内办理时不必填写。")
    text = _("验证器应用上的六位数字，或一个未用过的恢复码。")
    if "webauthn" not in kinds:
        return text
    address = f"{reverse('mfa_reauthenticate_webauthn')}?next={quote(here)}"
    if kinds == {"webauthn"}:
        return format_html('<a href="{}">{}</a>{}', address, _("先用通行密钥确认"), _("，或填写一个未用过的恢复码。"))
    return format_html('{} <a href="{}">{}</a>', text, address, _("也可先用通行密钥确认。"))


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers people by name and sign-in name, since names are not unique."""

    def label_from_instance(self, obj: Any) -> str:
        """The name with the sign-in name."""
        return f"{obj.name}（{obj.username}）"


class CompanyField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers companies by name and number."""

    def label_from_instance(self, obj: Any) -> str:
        """The name with the number."""
        return f"{obj.name_zh}（{obj.number}）"


class ResetForm(forms.Form):
    """Whose factor was lost, and how the administrator knows that it is that person who asks."""

    user = PersonField(queryset=User.objects.none(), label=gettext_lazy("人员"))
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("写明如何核实了本人，例如：本人持证件到场，手机遗失。"))

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("username")


class SignInFilter(forms.Form):
    """Which lines of the log are shown."""

    person = forms.CharField(label=gettext_lazy("姓名、用户名或工号"), max_length=80, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("事项"), required=False,
                             choices=[("", gettext_lazy("全部")), *SignInKind.choices])


class InviteForm(forms.Form):
    """Whom to invite: staff with the proposed roles, or somebody of a company."""

    email = forms.EmailField(label=gettext_lazy("电子邮箱"), max_length=254,
                             help_text=gettext_lazy("邀请链接只发到这里，只能用一次。"))
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=80)
    username = forms.RegexField(
        r"^[\w.@+-]+$", label=gettext_lazy("用户名"), max_length=60, help_text=gettext_lazy("用于登录，以后不能更改。"),
        error_messages={"invalid": gettext_lazy("用户名只能含文字、数字和 . @ + - _。")})
    staff_number = forms.CharField(label=gettext_lazy("工号"), max_length=40, required=False,
                                   help_text=gettext_lazy("写入历史的编号；留空则自动编号。"))
    company = CompanyField(queryset=Company.objects.filter(is_active=True).order_by("number"),
                           label=gettext_lazy("送测单位"), required=False, empty_label=gettext_lazy("联盟人员"),
                           to_field_name="number")
    roles = forms.MultipleChoiceField(label=gettext_lazy("拟授予的角色（联盟人员）"), required=False,
                                      widget=forms.CheckboxSelectMultiple,
                                      choices=[(role.value, role.label) for role in Role if role != Role.VU])

    def __init__(self, *args: Any, for_companies_only: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if for_companies_only:
            del self.fields["roles"]
            self.fields["company"].required = True
            self.fields["company"].empty_label = "---------"  # type: ignore[attr-defined]


class OpenAccountForm(forms.Form):
    """The password of a new account, twice."""

    password = forms.CharField(label=gettext_lazy("密码"), strip=False, max_length=4096, help_text=gettext_lazy(
        "至少十个字符，不要用常见密码，也不要与用户名或姓名相似。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    again = forms.CharField(label=gettext_lazy("再次输入密码"), strip=False, max_length=4096,
                            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean_again(self) -> str:
        """The same as the first."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("两次输入的密码不同。"), code="password_mismatch")
        return again
