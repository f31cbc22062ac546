"""Reads of people's own keys."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from members.people.models import ApiToken, User


def live_tokens(*, user: User) -> QuerySet[ApiToken]:
    """The person's tokens that are neither revoked nor expired, newest first."""
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    return user.api_tokens.filter(in_force, revoked_at__isnull=True).order_by("-created_at", "-id")
