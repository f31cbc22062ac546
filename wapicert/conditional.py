"""Conditional answers: an ETag that is known before the page is made, so that an unchanged page costs one query."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language

View = Callable[..., HttpResponseBase]
SOURCES = ("wapicert", "members", "products", "templates")
SUFFIXES = frozenset({".py", ".html", ".css", ".js", ".mo"})


@cache
def build() -> str:
    """What tells one state of the software from another: its version and the youngest of its files."""
    files = (path for folder in SOURCES for path in (settings.BASE_DIR / folder).rglob("*") if path.suffix in SUFFIXES)
    return f"{settings.SOFTWARE_VERSION}/{max(path.stat().st_mtime_ns for path in files)}"


def answer_conditionally(version: Callable[..., object]) -> Callable[[View], View]:
    """Answer GET with an ETag over `version(request, …)`, language and address, or with 304 when the client has it.

    `version` must name everything that the answer shows; it is read before the answer is made, so an answer is never
    older than its tag. Only successful answers get a tag. Clients must ask again each time (no-cache). Somebody who
    is signed in always gets a fresh answer, since its frame shows messages and who they are.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
                return _mark(view(request, *args, **kwargs))
            tag = _tag(request, version(request, *args, **kwargs))
            response = get_conditional_response(request, etag=tag) or view(request, *args, **kwargs)
            if response.status_code in (200, 304):
                response.headers["ETag"] = tag
            return _mark(response)

        return answer

    return decorate


def _tag(request: HttpRequest, version: object) -> str:
    # The form that switches languages carries a token that belongs to the cookie, hence the cookie.
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    parts = (version, build(), get_language(), request.get_full_path(), cookie)
    return quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:32])


def _mark(response: HttpResponseBase) -> HttpResponseBase:
    patch_cache_control(response, no_cache=True, private=True)
    patch_vary_headers(response, ["Cookie", "Accept-Language", "Accept"])
    return response
