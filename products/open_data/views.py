"""The page of open data, its files at addresses that stay, the manifest with its signature, and the schema."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from products.open_data.models import Release, ReleaseFile
from products.open_data.selectors import COLUMNS, releases_published
from products.open_data.states import Format
from wapicert.conditional import answer_conditionally
from wapicert.downloads import file_response

SHOWN = 14


def newest() -> Release | None:
    """The release that stands at the addresses without a number."""
    return releases_published().first()


@require_safe
@answer_conditionally(lambda request: (newest() or Release()).pk)
def open_data_page(request: HttpRequest) -> HttpResponse:
    """What there is, under which licence, what the columns mean, how to check what was fetched."""
    releases = list(releases_published()[:SHOWN])
    context = {"releases": releases, "newest": releases[0] if releases else None, "columns": COLUMNS,
               "formats": Format.labels, "licence": settings.OPEN_DATA_LICENCE,
               "licence_url": settings.OPEN_DATA_LICENCE_URL, "site": settings.PUBLIC_URL}
    return render(request, "products/open_data/open_data.html", context)


@require_safe
def newest_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of the newest release."""
    return send(request, newest(), name)


@require_safe
def release_file(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """A file of the release with this number."""
    return send(request, releases_published().filter(pk=number).first(), name)


def send(request: HttpRequest, release: Release | None, name: str) -> HttpResponseBase:
    """The file, its digest as its tag; 404 for what was never published or is no longer kept."""
    file = ReleaseFile.objects.filter(release=release, name=name).first() if release else None
    if file is None:
        raise Http404
    tag = quote_etag(file.sha256)
    unchanged = get_conditional_response(request, etag=tag)
    response = unchanged if unchanged is not None and unchanged.status_code == 304 else file_response(
        file.content, name=f"wapi-{file.release_id}-{file.name}", media_type=file.media_type, sha256=file.sha256,
        sm3=file.sm3)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What the newest release vouches for, as JSON."""
    return JsonResponse(_manifest(), json_dumps_params={"ensure_ascii": False})


@require_safe
def manifest_signature(request: HttpRequest) -> HttpResponse:
    """The same, signed (compact JWS); the keys stand at /.well-known/jwks.json."""
    release = newest()
    if release is None:
        raise Http404
    return HttpResponse(release.manifest_jws, content_type="application/jose")


def _manifest() -> dict[str, Any]:
    release = newest()
    if release is None:
        raise Http404
    found: dict[str, Any] = release.manifest
    return found


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The columns as a Table Schema, with their meaning in the reader's language."""
    types = {"list": "array", "json": "object"}
    fields = [{"name": column.name, "type": types.get(column.type, column.type), "description": str(column.meaning)}
              for column in COLUMNS]
    body = {"fields": fields, "primaryKey": "listing_number", "missingValues": [""], "language": get_language()}
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})
