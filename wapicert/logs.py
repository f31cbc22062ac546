"""How lines of the log are written: one JSON object each, with the request's id and nothing that names a person."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from wapicert.tracing import current_request

# What libraries attach to their records and what would tell who somebody is.
PERSONAL = frozenset({"address", "authorization", "body", "cookie", "email", "name", "password", "phone", "query",
                      "request", "server_time", "token", "user", "username"})
Event = MutableMapping[str, Any]
# Who writes what was asked, as it was asked.
ABOUT_REQUESTS = ("django.request", "django.security", "django.server", "gunicorn.access", "gunicorn.error")
PATH = re.compile(r"(?:https?://[^\s/]+)?/[^\s\"']*")


class RouteNames(logging.Filter):
    """Puts the name of the route in the place of an address: addresses hold tokens, codes and what was looked for."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes."""
        if record.name.startswith(ABOUT_REQUESTS):
            route = route_of(getattr(record, "request", None))
            record.msg, record.args = PATH.sub(route, record.getMessage()), ()
        return True


def route_of(request: Any) -> str:
    """The name of the route that a request took; "unknown" for what led nowhere."""
    match = getattr(request, "resolver_match", None)
    return str(match.view_name or match.route) if match else "unknown"


def traceback_of(exc_info: Any) -> str:
    """Where a fault was met and of what kind it and its causes are, not what they say: it holds values."""
    whole = traceback.TracebackException(*exc_info)
    pending, seen = [whole], set[int]()
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        one._str = ""  # type: ignore[attr-defined]  # the text behind the name of its kind
        one.__notes__ = None
        pending += [other for other in (one.__cause__, one.__context__, *(one.exceptions or ())) if other]
    return "".join(whole.format()).rstrip()


def add_traceback(logger: Any, method: str, event: Event) -> Event:
    """The place of a fault and its kind."""
    if exc_info := event.pop("exc_info", None):
        event["exception"] = traceback_of(exc_info if isinstance(exc_info, tuple) else sys.exc_info())
    return event


class LineFormatter(logging.Formatter):
    """Lines for people, with the same care as those for machines."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """The place of a fault and its kind."""
        return traceback_of(ei)



def add_request_id(logger: Any, method: str, event: Event) -> Event:
    """The id that the answer carried as X-Request-Id and the history keeps, if a request is being answered."""
    if request_id := current_request.get().request_id:
        event["request_id"] = request_id
    return event


def drop_personal(logger: Any, method: str, event: Event) -> Event:
    """Without fields that tell who somebody is, and without what an address carried after its question mark."""
    kept = {key: value for key, value in event.items() if key not in PERSONAL}
    if str(kept.get("logger", "")).startswith(ABOUT_REQUESTS):
        # Whoever writes past the filter still tells no address.
        kept["event"] = PATH.sub("…", str(kept.get("event", "")))
    return kept


SHARED: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    add_request_id,
    drop_personal,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """Named by LOGGING; writes records of every library alike."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            add_traceback,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
