"""How long a rework may wait for a side, and which are overdue."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from products.rework.models import Rework
from products.rework.states import RUNNING, ReworkState


def days_allowed(rework: Rework) -> int:
    """The days that the side whose turn it is has, by the settings; a retest has the laboratory's."""
    is_vendors = rework.state == ReworkState.WITH_VENDOR
    days: int = settings.REWORK_VENDOR_DAYS if is_vendors else settings.REWORK_LABORATORY_DAYS
    return days


def is_overdue(rework: Rework, now: datetime | None = None) -> bool:
    """Whether a running rework has been in its state for longer than it may."""
    waited = (now or timezone.now()) - rework.state_since
    return rework.state in RUNNING and waited > timedelta(days=days_allowed(rework))


def reworks_overdue(now: datetime | None = None) -> QuerySet[Rework]:
    """All of them, the longest waiting first."""
    moment = now or timezone.now()
    vendor = Q(state=ReworkState.WITH_VENDOR, state_since__lt=moment - timedelta(days=settings.REWORK_VENDOR_DAYS))
    laboratory = Q(state__in=RUNNING - {ReworkState.WITH_VENDOR},
                   state_since__lt=moment - timedelta(days=settings.REWORK_LABORATORY_DAYS))
    return Rework.objects.filter(vendor | laboratory).order_by("state_since")
