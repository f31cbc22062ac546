"""Hub: Django's admin looks here only."""

from members.companies.admin import CompanyAdmin
from members.people.admin import RoleGrantAdmin, TestAuthorisationAdmin, UserAdmin

__all__ = ["CompanyAdmin", "RoleGrantAdmin", "TestAuthorisationAdmin", "UserAdmin"]
