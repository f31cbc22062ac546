"""Who may act for whom: what every predicate of a role asks first."""

from __future__ import annotations

from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role


def may_act(user: User, company_id: int | None, *roles: str) -> bool:
    """Whether an active person holds one of the roles and declared no conflict with the company (S9)."""
    return user.is_active and bool(user.role_codes.intersection(roles)) and not user.has_conflict_with(company_id)


def can_declare_conflict(user: User, person: User) -> bool:
    """Everybody of the laboratory for themselves, the quality manager for anybody."""
    return user.is_active and bool(user.role_codes & BUSINESS_ROLES) and (user == person or Role.QM in user.role_codes)


def can_end_conflict(user: User, person: User) -> bool:
    """The quality manager, but nobody the own one."""
    return user.is_active and Role.QM in user.role_codes and user != person
