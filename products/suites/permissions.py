"""Who may do what with editions of the suite."""

from __future__ import annotations

from members.people.models import User
from members.people.states import Role


def can_edit_editions(user: User) -> bool:
    """测试项目编辑 (SE) edit drafts."""
    return Role.SE in user.role_codes


def can_approve_editions(user: User) -> bool:
    """测试项目批准人 (SA) approve, publish and retire; S5 is checked on who edited the draft."""
    return Role.SA in user.role_codes
