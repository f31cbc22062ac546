"""People who act, the roles they hold, what they are authorised to test, and their tokens."""

from __future__ import annotations

from functools import cached_property

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, UserManager
from django.db import models
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from members.people.states import STAFF_ROLES, Activity, Role, TokenScope
from wapicert.seals import sealed, text_digest


# The name and the addresses go when the person is made anonymous; signing in and choosing a language are no acts.
@sealed("user", identity="staff_number", without=["username", "name", "email", "language", "last_login"],
        read={"password": text_digest})
class User(AbstractBaseUser):
    """A person who signs in. Created by `people.services.register_user`; deactivated, made anonymous, never deleted.

    `staff_number` names the person in the history for ever; a name is one field, as Chinese names are.
    """

    username = models.CharField(_("用户名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=80)
    email = models.EmailField(_("电子邮箱"), blank=True)
    staff_number = models.CharField(_("工号"), max_length=40, unique=True)
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="people",
        verbose_name=_("企业"),
    )
    # The one in which the person last chose to read the site; empty until then, and mails are in both.
    language = models.CharField(_("语言"), max_length=10, blank=True, editable=False)
    is_active = models.BooleanField(_("启用"), default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    # Since then the name is the staff number's (access.services.anonymise_person); the account stays closed.
    anonymised_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "staff_number"]
    objects = UserManager["User"]()

    class Meta:
        verbose_name = verbose_name_plural = _("账户")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is the password. Signing in never rewrites its digest, which acts alone change and are sealed."""
        return check_password(raw_password, self.password)

    @cached_property
    def _standing(self) -> frozenset[tuple[str, str]]:
        """Roles and declared conflicts in force, in one query, since almost every request asks for both."""
        roles = self.role_grants.in_force().order_by()
        conflicts = self.conflicts.filter(ended_at=None).order_by()
        return frozenset(roles.values_list(Value("role"), Cast("role", CharField())).union(
            conflicts.values_list(Value("conflict"), Cast("company_id", CharField()))))

    @property
    def role_codes(self) -> frozenset[str]:
        """The codes of the roles in force, read once per object; whoever left holds none."""
        if not self.is_active:
            return frozenset()
        return frozenset(value for kind, value in self._standing if kind == "role")

    def has_conflict_with(self, company_id: int | None) -> bool:
        """S9: whether the person declared a conflict of interest with the company."""
        return ("conflict", str(company_id)) in self._standing

    @property
    def is_member_of_staff(self) -> bool:
        """Whether the person works for the alliance."""
        return bool(self.role_codes & STAFF_ROLES)

    @property
    def is_staff(self) -> bool:
        """Django's admin is for accounts and settings, hence for the administrator alone."""
        return Role.AD in self.role_codes

    @property
    def is_superuser(self) -> bool:
        """Nobody is above the rules."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """The administrator may keep what the admin registers; nothing else is granted this way."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    """Grants by whether they count."""

    def in_force(self) -> RoleGrantQuerySet:
        """Confirmed by a second person and not revoked."""
        return self.filter(confirmed_at__isnull=False, revoked_at__isnull=True)


@sealed("role_grant")
class RoleGrant(models.Model):
    """A role given to a person by one and confirmed by another (S8); moved by `people.services`."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants", verbose_name=_("账户"))
    role = models.CharField(_("角色"), max_length=2, choices=Role)
    granted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("授予人")
    )
    granted_at = models.DateTimeField(_("授予时间"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("确认人")
    )
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(_("收回时间"), null=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("角色")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(revoked_at__isnull=True), name="role_granted_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=models.F("confirmed_by")),
                name="role_confirmed_by_another",
            ),
        ]


@sealed("test_authorisation")
class TestAuthorisation(models.Model):
    """That a person may test, verify or sign a category of items (ISO/IEC 17025, 6.2.6), between two dates."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="test_authorisations", verbose_name=_("账户"))
    activity = models.CharField(_("授权事项"), max_length=6, choices=Activity, default=Activity.RECORD)
    category = models.CharField(_("测试类别"), max_length=10)
    valid_from = models.DateField(_("有效期自"))
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("测试授权")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "activity", "category", "valid_from"], name="test_authorisation_once"
            ),
        ]


@sealed("conflict")
class ConflictOfInterest(models.Model):
    """S9: a person's ties to a company; until it ends they act on nothing of it. Kept by `people.services`."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="conflicts")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    declared_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-declared_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "company"], condition=Q(ended_at__isnull=True), name="conflict_declared_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | ~Q(ended_by=models.F("user")), name="conflict_ended_by_another"
            ),
        ]


# The label goes with the name; the last use is no act.
@sealed("api_token", without=["label", "last_used_at"])
class ApiToken(models.Model):
    """A key for programs: only its prefix and its digest are kept. Issued and revoked by `people.services`."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    label = models.CharField(max_length=80)
    # Empty: all that the person may. Otherwise only endpoints that name the scope open to it.
    scope = models.CharField(max_length=10, choices=TokenScope, blank=True)
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
