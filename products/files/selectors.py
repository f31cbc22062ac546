"""Reads stored files, each only for those who may see it."""

from __future__ import annotations

from django.db.models import QuerySet

from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.files.models import StoredFile

# Media types that can be shown as a picture of a device.
PHOTOGRAPHS = frozenset({"image/png", "image/jpeg"})


def files_visible_to(user: User) -> QuerySet[StoredFile]:
    """All files for the laboratory and auditors, those of the own company for a vendor, none for anybody else."""
    if user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return StoredFile.objects.all()
    if Role.VU in user.role_codes and user.company_id:
        return StoredFile.objects.filter(company_id=user.company_id)
    return StoredFile.objects.none()
