"""Opens accounts, grants roles by two persons, issues tokens, and asks for the password again."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from members.history.services import append_entry
from members.people.errors import (
    AccountAnonymised,
    ConflictDeclared,
    LastAdministrators,
    PasswordLocked,
    PasswordWrong,
    ReasonMissing,
    RoleNeedsAnother,
    RolesDoNotMix,
    TokenLabelTaken,
    TokenRevoked,
)
from members.people.models import ApiToken, ConflictOfInterest, RoleGrant, TestAuthorisation, User
from members.people.permissions import can_declare_conflict, can_end_conflict, can_revoke_token
from members.people.selectors import categories_authorised, live_tokens
from members.people.states import BUSINESS_ROLES, STAFF_ROLES, Activity, Role
from wapicert.errors import DomainError, Forbidden
from wapicert.texts import CODE, REASON, line, takes_text

CHAIN = "people"
logger = logging.getLogger(__name__)


@takes_text(username=line(60), name=line(80), staff_number=line(40), email=line(254))
@transaction.atomic
def register_user(
    *,
    username: str,
    name: str,
    staff_number: str,
    password: str | None,
    actor: User | None,
    company: Company | None = None,
    email: str = "",
) -> User:
    """Open an account without roles; `password` None leaves it without one until it is set by mail.

    The history names the person by the staff number alone, which stays when the names go.
    """
    user = User(username=username, name=name, staff_number=staff_number, company=company, email=email)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save(force_insert=True)
    append_entry(chain=CHAIN, act="user.registered", actor=actor, object_type="user", object_id=user.staff_number,
                 after={"company": company.number if company else None}, rows=[user])
    return user


def _require_two_administrators_without(user: User) -> None:
    """Roles take two administrators (S8); with fewer, nobody could be granted anything any more.

    Their grants are locked, so that two administrators cannot leave at the same moment.
    """
    grants = RoleGrant.objects.select_for_update(of=("self",)).filter(
        role=Role.AD, revoked_at__isnull=True, confirmed_at__isnull=False, user__is_active=True)
    holders = set(grants.values_list("user_id", flat=True))
    if user.pk in holders and len(holders) <= 2:
        raise LastAdministrators


def _require_administrator(actor: User | None) -> None:
    """Roles are kept by administrators; None stands for a command that sets up the site."""
    if actor and Role.AD not in actor.role_codes:
        raise Forbidden(_("只有系统管理员可以授予或确认角色。"), remedy=_("请联系系统管理员。"))


def require_roles_mix(roles: set[str], *, field: str = "role") -> None:
    """S8: raises RolesDoNotMix for roles that one person must not hold together."""
    if (Role.VU in roles and roles & STAFF_ROLES) or (Role.AD in roles and roles & BUSINESS_ROLES):
        raise RolesDoNotMix(field=field)


@transaction.atomic
def grant_role(*, user: User, role: Role, actor: User | None) -> RoleGrant:
    """Grant a role, which counts once another person confirms it; refuses mixtures that S8 forbids.

    Intake proposes the users of companies; an administrator confirms these too.
    """
    is_proposal = role == Role.VU and user.company_id and actor and Role.IN in actor.role_codes
    if not is_proposal:
        _require_administrator(actor)
    held = set(user.role_grants.filter(revoked_at__isnull=True).values_list("role", flat=True)) | {role.value}
    require_roles_mix(held)
    grant, _created = RoleGrant.objects.get_or_create(
        user=user, role=role, revoked_at=None, defaults={"granted_by": actor}
    )
    append_entry(chain=CHAIN, act="role.granted", actor=actor, object_type="user", object_id=user.staff_number,
                 after={"role": role}, rows=[grant])
    return grant


@transaction.atomic
def confirm_role(*, grant: RoleGrant, actor: User | None) -> RoleGrant:
    """Confirm a granted role; neither the granter nor the person who gets it can.

    The system (actor None) confirms what a command sets up.
    """
    _require_administrator(actor)
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    if actor and actor.pk in (grant.granted_by_id, grant.user_id):
        raise RoleNeedsAnother(field="confirmed_by")
    grant.confirmed_by, grant.confirmed_at = actor, timezone.now()
    grant.save(update_fields=["confirmed_by", "confirmed_at"])
    append_entry(chain=CHAIN, act="role.confirmed", actor=actor, object_type="user",
                 object_id=grant.user.staff_number, after={"role": grant.role}, rows=[grant])
    return grant


@takes_text(category=line(10), activity=line(6))
@transaction.atomic
def authorise_tester(
    *, user: User, category: str, valid_from: date, actor: User | None, valid_until: date | None = None,
    activity: str = Activity.RECORD,
) -> TestAuthorisation:
    """Authorise a person to test, verify or sign a category of items (ISO/IEC 17025, 6.2.6)."""
    row, _created = TestAuthorisation.objects.update_or_create(
        user=user, activity=activity, category=category, valid_from=valid_from,
        defaults={"valid_until": valid_until, "granted_by": actor},
    )
    append_entry(chain=CHAIN, act="tester.authorised", actor=actor, object_type="user", object_id=user.staff_number,
                 after={"activity": activity, "category": category, "valid_from": valid_from,
                        "valid_until": valid_until}, rows=[row])
    return row


@takes_text(label=line(80), scope=CODE)
@transaction.atomic
def issue_token(
    *, user: User, label: str, expires_at: datetime | None = None, scope: str = "", actor: User | None = None
) -> tuple[ApiToken, str]:
    """Issue a token; returns it with its secret text, which is shown once and never stored.

    A `scope` limits it to endpoints that name it. `actor` issues it for somebody else. Refuses a label that another
    token in force carries.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if live_tokens(user=user, scope=scope).filter(label=label).exists():
        raise TokenLabelTaken(field="label")
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, label=label, prefix=prefix, expires_at=expires_at, scope=scope,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
    )
    append_entry(chain=CHAIN, act="token.issued", actor=actor or user, object_type="token", object_id=prefix,
                 rows=[token])
    return token, f"{prefix}.{secret}"


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: User) -> ApiToken:
    """Revoke a token for good; who may: `can_revoke_token`."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if not can_revoke_token(actor, token):
        raise Forbidden(_("只能撤销本人的令牌。"), remedy=_("请由本人或系统管理员撤销。"))
    if token.revoked_at:
        raise TokenRevoked
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    append_entry(chain=CHAIN, act="token.revoked", actor=actor, object_type="token", object_id=token.prefix,
                 rows=[token])
    return token


def find_token(*, secret: str) -> ApiToken | None:
    """The token that `secret` opens, if it counts now."""
    prefix, _dot, rest = secret.partition(".")
    token = ApiToken.objects.select_related("user").filter(prefix=prefix, revoked_at__isnull=True).first()
    digest = hashlib.sha256(rest.encode()).hexdigest()
    if token is None or not secrets.compare_digest(token.digest, digest) or not token.user.is_active:
        return None
    if token.expires_at and token.expires_at <= timezone.now():
        return None
    return token


def note_token_use(*, token: ApiToken) -> None:
    """Note the day of last use, at most once a minute."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def require_password(*, user: User, password: str) -> None:
    """Ask for the password again before an act that binds the alliance; raises PasswordWrong.

    After PASSWORD_TRIES wrong ones it raises PasswordLocked for PASSWORD_LOCK_SECONDS, whatever is typed: a session
    left open must not be a place to guess.
    """
    count_tries(key=f"password-tries:{user.pk}", is_right=lambda: bool(password) and user.check_password(password),
                wrong=PasswordWrong(field="password"), locked=PasswordLocked(field="password"))


def count_tries(*, key: str, is_right: Callable[[], bool], wrong: DomainError, locked: DomainError) -> None:
    """Ask whether an answer is right; raises `wrong`, and after PASSWORD_TRIES of these `locked` without asking.

    `locked` says after how many seconds the next one is heard. The operator's log names each wrong one by its key: the
    log of sign-ins cannot, since what is written there goes with the act that is refused.
    """
    now, until = int(timezone.now().timestamp()), f"{key}:until"
    if cache.get(key, 0) >= settings.PASSWORD_TRIES:
        locked.retry_after = max(cache.get(until, now) - now, 1)
        raise locked
    if not is_right():
        # The first wrong one starts the time; further ones do not lengthen it.
        if cache.add(key, 0, settings.PASSWORD_LOCK_SECONDS):
            cache.set(until, now + settings.PASSWORD_LOCK_SECONDS, settings.PASSWORD_LOCK_SECONDS)
        with suppress(ValueError):
            cache.incr(key)
        logger.warning("a wrong answer was given again", extra={"about": key})
        raise wrong
    cache.delete_many([key, until])


@transaction.atomic
def revoke_role(*, grant: RoleGrant, actor: User) -> RoleGrant:
    """Take a role back; only the administrator may, and it counts at once. The grant stays readable."""
    _require_administrator(actor)
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    if grant.revoked_at is None:
        if grant.role == Role.AD:
            _require_two_administrators_without(grant.user)
        grant.revoked_by, grant.revoked_at = actor, timezone.now()
        grant.save(update_fields=["revoked_by", "revoked_at"])
        append_entry(chain=CHAIN, act="role.revoked", actor=actor, object_type="user",
                     object_id=grant.user.staff_number, after={"role": grant.role}, rows=[grant])
    return grant


@transaction.atomic
def set_active(*, user: User, is_active: bool, actor: User) -> User:
    """Close an account, or open it again; only the administrator may, and nobody closes the own one."""
    _require_administrator(actor)
    if user.pk == actor.pk:
        raise Forbidden(_("不能停用本人的账户。"), remedy=_("请由另一位管理员办理。"))
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.anonymised_at is not None:
        raise AccountAnonymised(field="is_active")
    if user.is_active and not is_active:
        _require_two_administrators_without(user)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    append_entry(chain=CHAIN, act="user.activated" if is_active else "user.deactivated", actor=actor,
                 object_type="user", object_id=user.staff_number, after={"is_active": is_active}, rows=[user])
    return user


@takes_text(reason=REASON)
@transaction.atomic
def declare_conflict(*, user: User, company: Company, reason: str, actor: User) -> ConflictOfInterest:
    """Declare that a person has an interest in a company (S9); it counts at once. Refuses an empty reason.

    A second declaration about the same company returns the first one.
    """
    if not can_declare_conflict(actor, user):
        raise Forbidden(_("只能声明本人的利益关系。"), remedy=_("请由本人或质量负责人声明。"))
    if not reason.strip():
        raise ReasonMissing(field="reason")
    row, is_new = ConflictOfInterest.objects.select_for_update().get_or_create(
        user=user, company=company, ended_at=None, defaults={"reason": reason.strip(), "declared_by": actor}
    )
    if is_new:
        append_entry(chain=CHAIN, act="conflict.declared", actor=actor, object_type="user",
                     object_id=user.staff_number, after={"company": company.number}, reason=row.reason,
                     rows=[row])
    return row


@takes_text(reason=REASON)
@transaction.atomic
def end_conflict(*, conflict: ConflictOfInterest, reason: str, actor: User) -> ConflictOfInterest:
    """End a declared conflict; only the quality manager may, never the own one, and says why."""
    if not can_end_conflict(actor, conflict.user):
        raise Forbidden(_("只有质量负责人可以解除他人的利益关系声明。"), remedy=_("请由另一位质量负责人办理。"))
    if not reason.strip():
        raise ReasonMissing(field="reason")
    row = ConflictOfInterest.objects.select_for_update().select_related("company", "user").get(pk=conflict.pk)
    if row.ended_at is None:
        row.ended_by, row.ended_at = actor, timezone.now()
        row.save(update_fields=["ended_by", "ended_at"])
        append_entry(chain=CHAIN, act="conflict.ended", actor=actor, object_type="user",
                     object_id=row.user.staff_number, before={"company": row.company.number}, reason=reason.strip(),
                     rows=[row])
    return row


def require_no_conflict(*, user: User, company_id: int) -> None:
    """S9: raises ConflictDeclared for whoever has an interest in the company."""
    if user.has_conflict_with(company_id):
        raise ConflictDeclared(field="actor")


def is_authorised(*, user: User, activity: str, categories: set[str], on: date) -> bool:
    """Whether the person may do this for all the categories on that day."""
    return categories <= categories_authorised(user=user, activity=activity, on=on)


@takes_text(language=CODE)
def keep_language(*, user: User, language: str) -> None:
    """Keep the language that a person chose for the site, for the mails that are written to them."""
    if language in dict(settings.LANGUAGES) and user.language != language:
        User.objects.filter(pk=user.pk).update(language=language)
