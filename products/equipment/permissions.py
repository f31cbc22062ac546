"""Who keeps the register of test tools."""

from __future__ import annotations

from members.people.models import User
from members.people.states import Role


def can_keep_tools(user: User) -> bool:
    """Testers and the quality manager."""
    return bool(user.role_codes & {Role.TE, Role.QM})
