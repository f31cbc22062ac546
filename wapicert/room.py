"""Tells a full disk, and a database or Redis that is away, from every other fault, wherever it was met."""

from __future__ import annotations

import errno
import logging
import sqlite3
import sys
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import server_error
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSilent

from wapicert.errors import DomainError, StorageFull, Unavailable

# No space left on the device; the quota of the account is used up.
FILES = frozenset({errno.ENOSPC, errno.EDQUOT})
# PostgreSQL's disk_full (appendix A of its manual, class 53).
DISK_FULL = "53100"
# PostgreSQL's states of a connection that is lost, a server that stops or starts, and one that takes no more (class
# 08, 57P01–57P03, 53300); what never reached it has none.
NO_SERVER = ("08", "57P0", "53300")
BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR})
logger = logging.getLogger(__name__)


def is_out_of_room(fault: BaseException) -> bool:
    """Whether the fault, or what it was raised from, is a disk without room."""
    return any(
        (isinstance(one, OSError) and one.errno in FILES)
        or getattr(one, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(one, "sqlstate", None) == DISK_FULL
        for one in _causes(fault))


def is_away(fault: BaseException) -> bool:
    """Whether the fault, or what it was raised from, is a database or a Redis that does not answer."""
    return any(isinstance(one, (RedisAway, RedisSilent, BrokerAway)) or _is_database_away(one)
               for one in _causes(fault))


def _is_database_away(one: BaseException) -> bool:
    if not isinstance(one, (OperationalError, InterfaceError)):
        return False
    told = one.__cause__ or one
    if (code := getattr(told, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in BUSY
    state = getattr(told, "sqlstate", None)
    return type(told).__module__.startswith("psycopg") and (state is None or state.startswith(NO_SERVER))


def as_refusal(fault: BaseException) -> DomainError | None:
    """The refusal that says so to people and programs; None for every other fault."""
    if is_out_of_room(fault):
        return StorageFull()
    return Unavailable() if is_away(fault) else None


def refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """The refusal for whoever asked: a problem document for programs, a page for people.

    While the database is away the page must need nothing of it, not even who is signed in.
    """
    if request.path_info.startswith("/api/"):
        body = {"type": f"/api/docs/#{refusal.code}", "title": refusal.code, "status": refusal.status,
                "code": refusal.code, "detail": str(refusal.message), "field": None, "remedy": str(refusal.remedy),
                "errors": []}
        answer: HttpResponse = JsonResponse(body, status=refusal.status, content_type="application/problem+json")
    elif isinstance(refusal, Unavailable):
        answer = HttpResponse(render_to_string("503.html"), status=refusal.status)
    else:
        answer = render(request, "refused.html", {"error": refusal}, status=refusal.status)
    if refusal.retry_after is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after)
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    """The fault and what it was raised from; Django wraps what a database says."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__


def show_fault(request: HttpRequest) -> HttpResponse:
    """What no view and no middleware caught: a full disk and what is away are named (saving a session met it), the
    rest is a fault of ours."""
    fault = sys.exc_info()[1]
    refusal = as_refusal(fault) if fault else None
    if refusal is None:
        return server_error(request)
    try:
        return refusal_page(request, refusal)
    except Exception:  # The page itself may need what is broken; the plain one needs nothing.
        logger.exception("The page about what is missing could not be shown")
        return server_error(request)
