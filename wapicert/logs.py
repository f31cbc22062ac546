"""How lines of the log are written: one JSON object each, with the request's id and nothing that names a person."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from wapicert.tracing import current_request

# What libraries attach to their records and what would tell who somebody is.
PERSONAL = frozenset({"address", "authorization", "body", "cookie", "email", "name", "password", "phone", "query",
                      "request", "server_time", "token", "user", "username"})
Event = MutableMapping[str, Any]


def add_request_id(logger: Any, method: str, event: Event) -> Event:
    """The id that the answer carried as X-Request-Id and the history keeps, if a request is being answered."""
    if request_id := current_request.get().request_id:
        event["request_id"] = request_id
    return event


def drop_personal(logger: Any, method: str, event: Event) -> Event:
    """Without fields that tell who somebody is, and without what an address carried after its question mark."""
    kept = {key: value for key, value in event.items() if key not in PERSONAL}
    kept["event"] = str(kept.get("event", "")).split("?", 1)[0] if _is_request(kept) else kept.get("event", "")
    return kept


def _is_request(event: Event) -> bool:
    return str(event.get("logger", "")).startswith(("django.request", "django.security", "django.server"))


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
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
