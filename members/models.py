"""Hub: Django looks for models here only."""

from members.access.models import FactorReset, Invitation, SignIn
from members.companies.models import Company, Contact
from members.history.models import Chain, Entry, Seal
from members.notices.models import Notice
from members.numbering.models import Series
from members.people.models import ApiToken, ConflictOfInterest, RoleGrant, TestAuthorisation, User
from members.requests.models import Answer

__all__ = [
    "Answer",
    "ApiToken",
    "Chain",
    "Company",
    "ConflictOfInterest",
    "Contact",
    "Entry",
    "FactorReset",
    "Invitation",
    "Notice",
    "RoleGrant",
    "Seal",
    "Series",
    "SignIn",
    "TestAuthorisation",
    "User",
]
