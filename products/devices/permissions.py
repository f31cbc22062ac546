"""Who may describe devices."""

from __future__ import annotations

from members.companies.models import Company
from members.people.models import User
from members.people.states import Role


def can_describe_devices(user: User, company: Company) -> bool:
    """Users of the company, and nobody in their place."""
    return Role.VU in user.role_codes and user.company_id == company.pk
