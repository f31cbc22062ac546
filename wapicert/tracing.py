"""Which request is being answered: its id and the caller's address, for the history and the log."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """Where an act came from; set by the middleware, empty for commands and workers."""

    request_id: str = ""
    address: str = ""


current_request: ContextVar[Request] = ContextVar("current_request", default=Request())  # noqa: B039 - a frozen dataclass
