"""Who keeps the door."""

from __future__ import annotations

from members.people.models import User
from members.people.states import Role


def can_see_factors(user: User) -> bool:
    """Whoever may ask for a reset or confirm one, and the auditor."""
    return bool(user.role_codes & {Role.AD, Role.QM, Role.AU})


def can_request_reset(user: User, person: User) -> bool:
    """The administrator, never the own one."""
    return Role.AD in user.role_codes and user != person


def can_decide_reset(user: User, person: User) -> bool:
    """Another administrator or the quality manager, never the own one."""
    return bool(user.role_codes & {Role.AD, Role.QM}) and user != person


def can_read_sign_ins(user: User) -> bool:
    """The administrator and the auditor; everybody reads the own lines on the page of sessions."""
    return bool(user.role_codes & {Role.AD, Role.AU})


def can_invite(user: User, company_id: int | None) -> bool:
    """Administrators anybody, intake the people of a company."""
    is_open = Role.AD in user.role_codes or (Role.IN in user.role_codes and company_id is not None)
    return is_open and not user.has_conflict_with(company_id)


def can_see_invitations(user: User) -> bool:
    """Whoever may invite somebody."""
    return bool(user.role_codes & {Role.AD, Role.IN})
