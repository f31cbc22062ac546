"""Hands out a stored file: its own name, its digests, and no chance to act as a page of this site."""

from __future__ import annotations

import base64
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from wapicert.errors import Removed


def file_response(
    content: FieldFile, *, name: str, media_type: str, sha256: str, sm3: str, as_attachment: bool = True
) -> HttpResponseBase:
    """The file's bytes, or with settings.X_ACCEL_REDIRECT the order to nginx to send them.

    Repr-Digest (RFC 9530) carries SHA-256, Repr-Digest-SM3 the SM3 in hexadecimal. A browser that opens the file
    runs nothing in it (sandbox). A file that was removed when its time was over raises Removed.
    """
    if not content or getattr(content.instance, "removed_at", None):
        raise Removed
    response: HttpResponseBase
    if settings.X_ACCEL_REDIRECT:
        response = HttpResponse(headers={"X-Accel-Redirect": settings.X_ACCEL_REDIRECT + quote(str(content.name))})
    else:
        response = FileResponse(content.open("rb"))
        response.headers["Content-Length"] = str(content.size)
        response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = str(content_disposition_header(as_attachment, name))
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
    response.headers["Repr-Digest-SM3"] = sm3
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
