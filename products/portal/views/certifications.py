"""The member's certifications with their states and dates."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from members.people.models import User
from products.certification.selectors import certifications_visible_to
from products.portal.views.access import member_page
from wapicert.downloads import file_response


@member_page
def show_certifications(request: HttpRequest, user: User) -> HttpResponseBase:
    """Granted certifications of the company, newest first."""
    rows = certifications_visible_to(user).filter(listing__isnull=False).order_by("-decided_at")
    return render(request, "products/portal/certifications.html", {"rows": rows})


@require_GET
@member_page
def download_certificate(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The certificate as it was issued, byte by byte."""
    rows = certifications_visible_to(user).filter(certificate__isnull=False).select_related("certificate")
    file = get_object_or_404(rows, listing__listing_number=number).certificate
    assert file is not None
    return file_response(file.content, name=file.name, media_type=file.media_type, sha256=file.sha256, sm3=file.sm3,
                         as_attachment=False)
