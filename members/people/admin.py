"""Accounts, roles and authorisations in Django's admin; every change goes through a service."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from members.people.models import RoleGrant, TestAuthorisation, User
from members.people.services import (
    authorise_tester,
    confirm_role,
    grant_role,
    register_user,
    revoke_role,
    set_active,
)
from members.people.states import Role
from wapicert.errors import DomainError
from wapicert.forms import TextsCleaned

admin.site.site_header = admin.site.site_title = _("账户与设置管理")
# The one way in is the site's own, with its limits, its log and the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents it
# Rights come from roles, addresses from the account itself; factors are reset by two persons, sessions by their owner.
for model in (Group, EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


def acting(request: HttpRequest) -> User:
    """The administrator; the admin lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


class Kept(admin.ModelAdmin):  # type: ignore[type-arg]  # generic at type-checking time only
    """Rows that are never deleted, and changed only as a subclass says."""

    actions: Any = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AccountForm(TextsCleaned, forms.ModelForm):  # type: ignore[type-arg]  # generic at type-checking time only
    """A new account with its first password."""

    password = forms.CharField(label=_("初始密码"), widget=forms.PasswordInput, validators=[validate_password])

    class Meta:
        model = User
        fields = ["username", "name", "staff_number", "email", "company"]


@admin.register(User)
class UserAdmin(Kept):
    """Accounts: opened here, closed here, never deleted."""

    list_display = ["username", "name", "staff_number", "company", "is_active"]
    search_fields = ["username", "name", "staff_number"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = AccountForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ["username", "name", "staff_number", "email", "company"]
        return [*own, "is_active"] if obj else [*own, "password"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["username", "name", "staff_number", "email", "company"] if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        data = form.cleaned_data
        if change:
            set_active(user=obj, is_active=data["is_active"], actor=acting(request))
            return
        opened = register_user(username=data["username"], name=data["name"], staff_number=data["staff_number"],
                               password=data["password"], email=data["email"], company=data["company"],
                               actor=acting(request))
        obj.pk = opened.pk


@admin.register(RoleGrant)
class RoleGrantAdmin(Kept):
    """Roles: granted by one administrator, confirmed by another (S8), taken back, never deleted."""

    list_display = ["user", "role", "granted_by", "granted_at", "confirmed_by", "confirmed_at", "revoked_at"]
    list_filter = ["role"]
    fields = ["user", "role"]
    actions = ["confirm", "revoke"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The list and its two acts, but no form that rewrites a grant.
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: RoleGrant, form: ModelForm[RoleGrant], change: bool) -> None:
        obj.pk = grant_role(user=obj.user, role=Role(form.cleaned_data["role"]), actor=acting(request)).pk

    @admin.action(description=_("确认所选角色（须由另一人）"))
    def confirm(self, request: HttpRequest, grants: QuerySet[RoleGrant]) -> None:
        """Confirm each; a refusal is told and the others go on."""
        for grant in grants.filter(confirmed_at__isnull=True):
            self._tell(request, grant, lambda grant=grant: confirm_role(grant=grant, actor=acting(request)))

    @admin.action(description=_("收回所选角色"))
    def revoke(self, request: HttpRequest, grants: QuerySet[RoleGrant]) -> None:
        """Take each back."""
        for grant in grants:
            self._tell(request, grant, lambda grant=grant: revoke_role(grant=grant, actor=acting(request)))

    def _tell(self, request: HttpRequest, grant: RoleGrant, act: Any) -> None:
        try:
            act()
        except DomainError as error:
            self.message_user(request, f"{grant.user} {grant.role}: {error}", messages.ERROR)
        else:
            self.message_user(request, f"{grant.user} {grant.get_role_display()}", messages.SUCCESS)


@admin.register(TestAuthorisation)
class TestAuthorisationAdmin(Kept):
    """Which categories of items a person may test, verify or sign (ISO/IEC 17025, 6.2.6)."""

    list_display = ["user", "activity", "category", "valid_from", "valid_until"]
    fields = ["user", "activity", "category", "valid_from", "valid_until"]

    def save_model(
        self, request: HttpRequest, obj: TestAuthorisation, form: ModelForm[TestAuthorisation], change: bool
    ) -> None:
        obj.pk = authorise_tester(user=obj.user, activity=obj.activity,
                                  category=obj.category, valid_from=obj.valid_from,
                                  valid_until=obj.valid_until, actor=acting(request)).pk
