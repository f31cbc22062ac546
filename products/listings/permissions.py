"""Who may change what the register says about companies; everything else follows certifications."""

from __future__ import annotations

from members.people.models import User
from members.people.states import Role


def can_rename_companies(user: User) -> bool:
    """Intake keeps the records of companies, the quality manager may correct them."""
    return bool({Role.IN, Role.QM} & user.role_codes)
