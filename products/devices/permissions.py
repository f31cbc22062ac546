"""Who may describe devices."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from members.companies.models import Company
from members.people.models import User
from members.people.states import Role


def can_describe_devices(user: User | AnonymousUser, company: Company) -> bool:
    """Users of the company, and nobody in their place."""
    return user.is_authenticated and Role.VU in user.role_codes and user.company_id == company.pk
