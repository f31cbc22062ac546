"""Who may act for whom: what every predicate of a role asks first."""

from __future__ import annotations

from django.conf import settings

from members.people.models import ApiToken, User
from members.people.states import BUSINESS_ROLES, SECOND_FACTOR_ROLES, Role


def may_act(user: User, company_id: int | None, *roles: str) -> bool:
    """Whether an active person holds one of the roles and declared no conflict with the company (S9)."""
    return bool(user.role_codes.intersection(roles)) and not user.has_conflict_with(company_id)


def can_declare_conflict(user: User, person: User) -> bool:
    """Everybody of the laboratory for themselves, the quality manager for anybody."""
    return bool(user.role_codes & BUSINESS_ROLES) and (user == person or Role.QM in user.role_codes)


def can_end_conflict(user: User, person: User) -> bool:
    """The quality manager, but nobody the own one."""
    return Role.QM in user.role_codes and user != person


def can_revoke_token(user: User, token: ApiToken) -> bool:
    """Its owner and the administrator; one that is limited to a scope the quality manager too."""
    return token.user_id == user.pk or Role.AD in user.role_codes or bool(token.scope and Role.QM in user.role_codes)


def needs_second_factor(user: User) -> bool:
    """Signatories, decision makers and administrators, unless settings.SECOND_FACTOR says that nobody does."""
    return settings.SECOND_FACTOR == "required" and bool(user.role_codes & SECOND_FACTOR_ROLES)
