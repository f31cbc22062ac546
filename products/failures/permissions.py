"""Who sees what failed, and who may start it again."""

from __future__ import annotations

from members.people.models import User
from members.people.states import Role
from products.failures.selectors import Failure
from products.failures.states import TECHNICAL


def can_see_failures(user: User) -> bool:
    """Quality managers, administrators, and auditors."""
    return bool(user.role_codes & {Role.QM, Role.AD, Role.AU})


def can_acknowledge_failure(user: User) -> bool:
    """Whoever is to mend it or to have it mended."""
    return bool(user.role_codes & {Role.QM, Role.AD})


def can_retry_failure(user: User, failure: Failure) -> bool:
    """The quality manager anything; the administrator what moves no work of the laboratory (S8)."""
    is_theirs = Role.QM in user.role_codes or (Role.AD in user.role_codes and failure.kind in TECHNICAL)
    return failure.is_given_up and is_theirs
