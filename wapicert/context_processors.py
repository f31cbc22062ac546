"""What every template may use."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from members.people.permissions import needs_second_factor


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name, version and source, and the role codes of whoever is signed in (empty for the public)."""
    roles = request.user.role_codes if request.user.is_authenticated else frozenset()
    return {"site_name": settings.SITE_NAME, "roles": roles, "software_version": settings.SOFTWARE_VERSION,
            "needs_second_factor": partial(_needs_second_factor, request), "source_url": settings.SOURCE_URL}


def _needs_second_factor(request: HttpRequest) -> bool:
    """Asked by the one page that says so."""
    return request.user.is_authenticated and needs_second_factor(request.user)
