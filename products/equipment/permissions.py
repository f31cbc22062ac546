"""Who keeps the register of test tools."""

from __future__ import annotations

from members.people.models import User
from members.people.permissions import may_act
from members.people.states import Role


def can_keep_tools(user: User) -> bool:
    """Testers and the quality manager."""
    return bool(user.role_codes & {Role.TE, Role.QM})


def can_lend_tools(user: User, borrower: int | None = None) -> bool:
    """Whoever keeps the register, and intake, which meets the borrowers; not to a company of one's interest (S9)."""
    return may_act(user, borrower, Role.TE, Role.QM, Role.IN)
