"""What happens around every request: policy headers, request ids, refusals of the domain as pages."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, cast
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import ResolverMatch, resolve
from django.utils.cache import get_conditional_response

from wapicert.conditional import compress, is_anonymous_read, mark, shelf, tag_of
from wapicert.errors import DomainError
from wapicert.metrics import count_request
from wapicert.room import as_refusal, refusal_page
from wapicert.texts import as_refusal as refused_text
from wapicert.texts import is_clean
from wapicert.tracing import Request, client_address, current_request

logger = logging.getLogger("wapicert.requests")
GetResponse = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicy:
    """Sends the policy in SECURE_CSP, Django 6's setting, so that an upgrade deletes this class."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.header = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.header)
        return response


class RequestContext:
    """Gives each request an id, lets the history see it with the caller's address, and counts and logs the answer.

    The log names the pattern of the address, never the address itself, which may tell what somebody looked for.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id, started = uuid4().hex, time.perf_counter()
        token = current_request.set(Request(request_id=request_id, address=client_address(request),
                                            program=request.headers.get("User-Agent", "")[:300]))
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            route = count_request(request, response.status_code, seconds)
            logger.info("answered", extra={"route": route, "method": request.method, "status": response.status_code,
                                           "milliseconds": round(seconds * 1000, 1)})
        finally:
            current_request.reset(token)
        response.headers["X-Request-Id"] = request_id
        return response


class ByteRanges:
    """Answers one byte range (RFC 9110, 14) of a file that allows it, so that a large capture can be resumed."""

    WANTED = re.compile(r"bytes=(\d*)-(\d*)")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        wanted = self.WANTED.fullmatch(request.headers.get("Range", ""))
        is_file = isinstance(response, FileResponse) and response.get("Accept-Ranges") == "bytes"
        # With If-Range the client wants the whole file if it changed; without tags to compare it gets the whole.
        if not wanted or not is_file or response.status_code != 200 or "If-Range" in request.headers:
            return response
        return self._cut(response, int(response.headers["Content-Length"]), *wanted.groups())

    def _cut(self, response: Any, size: int, first: str, last: str) -> HttpResponse:
        start = int(first) if first else max(0, size - int(last or 0))
        end = min(int(last), size - 1) if first and last else size - 1
        if start > end or start >= size or not (first or last):
            response.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        file = response.file_to_stream
        file.seek(start)
        response.streaming_content = _pieces(file, end - start + 1)
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        response.headers["Content-Length"] = str(end - start + 1)
        return cast(HttpResponse, response)


def _pieces(file: Any, length: int) -> Iterator[bytes]:
    """So many bytes from where the file stands."""
    while length > 0 and (piece := file.read(min(length, 65536))):
        length -= len(piece)
        yield piece


@lru_cache(maxsize=4096)
def found_at(urlconf: str, path: str) -> ResolverMatch:
    """The view of an address; raises Http404."""
    return resolve(path, urlconf)


class KeptAnswers:
    """Sends strangers the public answer that is on the shelf, or 304, before session, language and view are touched.

    Only for views under `answer_conditionally`: what such a view shows is asked by its version first, so that a device
    that was suspended a moment ago is shown as suspended.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tag = self.tag(request)
        if tag is None:
            return self.get_response(request)
        if (unchanged := get_conditional_response(request, etag=tag)) is not None:
            unchanged.headers["ETag"] = tag
            return cast(HttpResponse, mark(unchanged))
        if (kept := shelf.get(tag)) is not None:
            return kept
        request.answer_tag = tag  # type: ignore[attr-defined]  # the view's decorator goes on with it
        response = self.get_response(request)
        compress(request, response)
        shelf.put(tag, response)
        return response

    def tag(self, request: HttpRequest) -> str | None:
        """The tag of the answer as it would be now; None for whatever is no public page."""
        if request.method != "GET" or not is_anonymous_read(request) or not is_clean(request.path_info):
            return None
        try:
            found = found_at(settings.ROOT_URLCONF, request.path_info)
            # Set again by the handler; here for the log and the counters of answers that never get there.
            request.resolver_match = found
            version = getattr(found.func, "version_of", None)
            return tag_of(request, version(request, *found.args, **found.kwargs)) if version else None
        except (Http404, DisallowedHost):
            return None


class PrivatePages:
    """Tells browsers and caches to keep no page that is shown to somebody who is signed in, or by a secret link."""

    AREAS = ("/my/", "/lab/", "/accounts/", "/people/", "/notices/", "/home/", "/admin/", "/invitations/",
             "/failures/", "/subscriptions/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(self.AREAS):
            response.headers["Cache-Control"] = "private, no-store"
        return response


class DomainErrors:
    """Shows a refusal that no view caught as a page with its reason and remedy; the API has its own handler.

    Nothing is found at an address that holds a control or direction character: no database is asked for it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_clean(request.path_info):
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for DomainError, a full disk and a part that is away; other exceptions go their way."""
        refusal = exception if isinstance(exception, DomainError) else (
            as_refusal(exception) or refused_text(exception))
        if refusal is None:
            return None
        if refusal is not exception and refusal.status >= 500:
            logger.error("Refused for want of a part of the site: %s", refusal.code, exc_info=exception)
        return refusal_page(request, refusal)


class ActsReadAgain:
    """Leads a browser that opens the address of an act, after a refusal or from its history, to the page above it.

    An act takes POST alone; its answer 405 has no page, and the address line shows it whenever an act was refused.
    Programs, which do not ask for pages, get the 405.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_opened = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")
        if response.status_code != 405 or not is_opened or request.path_info.startswith("/api/"):
            return response
        above = page_above(settings.ROOT_URLCONF, request.path_info)
        return redirect(above) if above else response


def page_above(urlconf: str, path: str) -> str | None:
    """The nearest address above that the site knows, or None."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        try:
            found_at(urlconf, above)
        except Http404:
            continue
        return above
    return None
