"""Reads test tools and says whether one may be measured with on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.equipment.models import Tool


def tools_visible_to(user: User) -> QuerySet[Tool]:
    """All tools for the laboratory and auditors, none for anybody else."""
    if user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return Tool.objects.all()
    return Tool.objects.none()


def tools_fit_on(day: date) -> QuerySet[Tool]:
    """The tools in use whose calibration, where they need one, holds on the day."""
    return Tool.objects.filter(Q(calibrated_until__isnull=True) | Q(calibrated_until__gte=day), is_active=True)


def is_calibrated_on(tool: Tool, day: date) -> bool:
    """Whether the calibration holds on the day; a tool without a date needs none (ISO/IEC 17025, 6.4.6)."""
    return tool.calibrated_until is None or day <= tool.calibrated_until
