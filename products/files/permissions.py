"""Who may have the laboratory keep a file."""

from __future__ import annotations

from members.companies.models import Company
from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role


def can_store_file(user: User, company: Company | None) -> bool:
    """The laboratory for anybody; a vendor for the own company. Auditors and administrators keep nothing."""
    if user.role_codes & BUSINESS_ROLES:
        return True
    return Role.VU in user.role_codes and company is not None and company.pk == user.company_id
