"""What happens around every request: policy headers, request ids, refusals of the domain as pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wapicert.errors import DomainError
from wapicert.metrics import count_request
from wapicert.tracing import Request, current_request

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
        token = current_request.set(Request(request_id=request_id, address=request.META.get("REMOTE_ADDR", "")))
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


class DomainErrors:
    """Shows a refusal that no view caught as a page with its reason and remedy; the API has its own handler."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for DomainError; other exceptions go their way."""
        if not isinstance(exception, DomainError):
            return None
        return render(request, "refused.html", {"error": exception}, status=exception.status)
