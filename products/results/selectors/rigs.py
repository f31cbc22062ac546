"""Reads of test rigs."""

from __future__ import annotations

from django.db.models import QuerySet

from members.people.models import User
from members.people.states import BUSINESS_ROLES, Activity, Role
from products.results.models import Rig


def rigs_visible_to(user: User) -> QuerySet[Rig]:
    """All rigs for the laboratory and its auditor, with what a list shows; none for anybody else. Three queries."""
    if not user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return Rig.objects.none()
    return Rig.objects.select_related("responsible", "token").prefetch_related("tools", "orders")


def people_for_rigs(user: User) -> QuerySet[User]:
    """Who may answer for a rig that this person registers: any tester for the quality manager, else only oneself."""
    testers = User.objects.filter(
        is_active=True, test_authorisations__activity=Activity.RECORD, role_grants__role=Role.TE,
        role_grants__confirmed_at__isnull=False, role_grants__revoked_at__isnull=True).distinct().order_by("name")
    return testers if Role.QM in user.role_codes else testers.filter(pk=user.pk)
