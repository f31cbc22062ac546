"""Reads of people's own keys and factors, and of what they are authorised for."""

from __future__ import annotations

from datetime import date

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.utils import timezone

from members.people.models import ApiToken, User


def live_tokens(*, user: User, scope: str = "") -> QuerySet[ApiToken]:
    """The person's tokens of a scope that are neither revoked nor expired, newest first."""
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    return user.api_tokens.filter(in_force, scope=scope, revoked_at__isnull=True).order_by("-created_at", "-id")


def second_factors(*, user: User) -> QuerySet[Authenticator]:
    """The person's authenticator and passkeys; recovery codes only stand in for one of them."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user.pk)
    return rows.exclude(type=Authenticator.Type.RECOVERY_CODES)


def categories_authorised(*, user: User, activity: str, on: date) -> set[str]:
    """The categories for which the person may do this on that day (ISO/IEC 17025, 6.2.6)."""
    in_force = user.test_authorisations.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)
    return set(in_force.filter(activity=activity).values_list("category", flat=True))
