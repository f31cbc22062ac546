"""Conditional answers: an ETag that is known before the page is made, so that an unchanged page costs one query."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.text import compress_string
from django.utils.translation import get_language_from_request

View = Callable[..., HttpResponseBase]
SOURCES = ("wapicert", "members", "products", "templates")
GZIP = re.compile(r"\bgzip\b(?!;\s*q=0(\.0*)?\s*(,|$))")
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
    is signed in always gets a fresh answer, since its frame shows messages and who they are. For everybody else the
    answer is kept by its tag and sent again by `middleware.KeptAnswers` before the view is called.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not is_anonymous_read(request):
                return mark(view(request, *args, **kwargs))
            tag = getattr(request, "answer_tag", None) or tag_of(request, version(request, *args, **kwargs))
            response = get_conditional_response(request, etag=tag) or view(request, *args, **kwargs)
            if response.status_code in (200, 304):
                response.headers["ETag"] = tag
            return mark(response)

        answer.version_of = version  # type: ignore[attr-defined]  # read by the middleware
        return answer

    return decorate


def is_anonymous_read(request: HttpRequest) -> bool:
    """Whether the answer depends on nothing but the address, the language and what is public."""
    cookies = request.COOKIES
    return (request.method in ("GET", "HEAD") and not cookies.get(settings.SESSION_COOKIE_NAME)
            and not cookies.get("messages") and "HTTP_AUTHORIZATION" not in request.META)


def tag_of(request: HttpRequest, version: object) -> str:
    """The ETag of an answer. Pages show the year, and the API says by which host it was asked."""
    accepted = request.headers.get("Accept", "") if request.path.startswith("/api/") else ""
    parts = (version, build(), get_language_from_request(request), request.scheme, request.get_host(),
             request.get_full_path(), accepted, timezone.localdate(), takes_gzip(request))
    return quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:32])


def mark(response: HttpResponseBase) -> HttpResponseBase:
    """What every such answer says to caches."""
    patch_cache_control(response, no_cache=True, private=True)
    patch_vary_headers(response, ["Cookie", "Accept-Language", "Accept", "Accept-Encoding"])
    return response


def takes_gzip(request: HttpRequest) -> bool:
    """Whether the client unpacks what is sent to it."""
    return GZIP.search(request.headers.get("Accept-Encoding", "")) is not None


def compress(request: HttpRequest, response: HttpResponse) -> None:
    """Pack a page for whom takes it so: a list of 45 KB becomes 7.

    Only for answers that are the same for every stranger: they hold no secret that could be guessed from their length.
    """
    if (takes_gzip(request) and response.status_code == 200 and not response.streaming
            and response.headers.get("Content-Type", "").startswith("text/html")
            and "Content-Encoding" not in response.headers):
        response.content = compress_string(response.content)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))


class Shelf:
    """Answers of this process by their tag: at most `room` bytes, the one that was asked for longest ago goes first.

    A tag names one state of everything that the answer shows, so nothing on the shelf is ever out of date.
    """

    def __init__(self, room: int) -> None:
        self.room, self.used = room, 0
        self._answers: OrderedDict[str, tuple[bytes, list[tuple[str, str]]]] = OrderedDict()
        self._lock = Lock()

    def put(self, tag: str, response: HttpResponse) -> None:
        """Keep a whole successful answer that sets no cookie."""
        if response.status_code != 200 or response.streaming or response.cookies or response.headers.get("ETag") != tag:
            return
        with self._lock:
            if tag not in self._answers and len(response.content) <= self.room // 50:
                self._answers[tag] = (response.content, list(response.headers.items()))
                self.used += len(response.content)
            while self.used > self.room:
                _tag, (content, _headers) = self._answers.popitem(last=False)
                self.used -= len(content)

    def get(self, tag: str) -> HttpResponse | None:
        """A copy of the answer, or None."""
        with self._lock:
            kept = self._answers.get(tag)
            if kept is None:
                return None
            self._answers.move_to_end(tag)
        response = HttpResponse(kept[0])
        for name, value in kept[1]:
            response.headers[name] = value
        return response

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._answers.clear()
            self.used = 0


shelf = Shelf(32 * 1024 * 1024)
