"""The member's certifications with their states and dates."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from members.people.models import User
from products.certification.selectors import certifications_visible_to
from products.portal.views.access import member_page


@member_page
def show_certifications(request: HttpRequest, user: User) -> HttpResponseBase:
    """Granted certifications of the company, newest first."""
    rows = certifications_visible_to(user).filter(listing__isnull=False).order_by("-decided_at")
    return render(request, "products/portal/certifications.html", {"rows": rows})
