"""How often a caller may ask: counted before the view, refused with 429 and when to try again.

Strangers are counted by their address, those who are signed in by their account, programs by their token and, more
generously, by their address too. Answers that are kept (`middleware.KeptAnswers`) cost nothing and are not counted.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

from wapicert.tracing import client_address

logger = logging.getLogger(__name__)
# Names of addresses by the limit that they count under; of those in WRITES only what sends something.
LIMITED = {
    "verify": "verify", "verification": "verify", "verified-pdf": "verify", "api-verify": "verify",
    "api-verify-signed": "verify",
    "verify-file": "upload", "api-verify-file": "upload",
    "directory": "search", "companies": "search", "compare": "search", "changes": "search",
    "api-products": "search", "api-companies": "search", "api-changes": "search",
    "api-files": "evidence", "api-evidence": "evidence", "lab-bench-attach": "evidence",
    "lab-bench-import": "evidence", "lab-draft-import": "evidence", "portal-rework": "evidence",
    "subscribe": "subscribe", "open-account": "subscribe",
}
WRITES = {"upload", "evidence", "subscribe"}
SAFE = ("GET", "HEAD", "OPTIONS")


@cache
def limiter() -> FixedWindowRateLimiter:
    """Counts in Redis, for all processes together; without Redis each process counts for itself."""
    if settings.REDIS_URL:
        return FixedWindowRateLimiter(RedisStorage(settings.REDIS_URL, wrap_exceptions=True, key_prefix="limits",
                                                   socket_timeout=0.5, socket_connect_timeout=0.5))
    return FixedWindowRateLimiter(MemoryStorage())


@cache
def figure(text: str) -> RateLimitItem:
    """A limit as the settings write it: "60/minute"."""
    return parse(text)


class RateLimits:
    """Refuses what comes more often than settings.RATE_LIMITS allows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the request pass."""
        kind = LIMITED.get(request.resolver_match.url_name or "" if request.resolver_match else "")
        allowed = settings.RATE_LIMITS.get(kind) if kind else None
        if allowed is None or (kind in WRITES and request.method in SAFE):
            return None
        waits = [wait for text, who in _callers(request, *allowed) if text and (wait := _wait(text, str(kind), who))]
        return refuse(request, max(waits)) if waits else None


def _callers(request: HttpRequest, of_address: str, of_account: str) -> Iterator[tuple[str, str]]:
    """Under which limits a request counts, and as whose."""
    token = request.headers.get("Authorization", "")
    if token:
        # A token that opens nothing is refused by the view; changing it does not help whoever tries.
        yield of_account, f"token/{token.partition(' ')[2].partition('.')[0][:16]}"
        yield of_account, f"address/{client_address(request)}"
    elif settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        yield of_account, f"account/{request.user.pk}"
    else:
        yield of_address, f"address/{client_address(request)}"


def _wait(text: str, kind: str, who: str) -> int:
    """Count one request; 0 if it is allowed, otherwise the seconds until the next is."""
    limit = figure(text)
    try:
        if limiter().hit(limit, kind, who):
            return 0
        return max(1, math.ceil(limiter().get_window_stats(limit, kind, who).reset_time - time.time()))
    except StorageError as error:
        # The register stays readable while the counter is down.
        logger.warning("Requests are not counted: %s", type(error.storage_error).__name__)
        return 0


def refuse(request: HttpRequest, seconds: int = 60) -> HttpResponse:
    """429 with Retry-After: a problem document for programs, for people a page in their language.

    Also called by allauth (`handler429`), whose limits on signing in are per minute.
    """
    detail = _("请求过于频繁。")
    remedy = _("请在 %(seconds)d 秒后重试。") % {"seconds": seconds}
    if request.path_info.startswith("/api/"):
        body = {"type": "/api/docs/#throttled", "title": "throttled", "status": 429, "code": "throttled",
                "detail": detail, "field": None, "remedy": remedy, "errors": []}
        answer: HttpResponse = JsonResponse(body, status=429, content_type="application/problem+json")
    else:
        answer = render(request, "429.html", {"remedy": remedy}, status=429)
    answer.headers["Retry-After"] = str(seconds)
    answer.headers["Cache-Control"] = "no-store"
    return answer
