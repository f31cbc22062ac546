"""Tells a full disk from every other fault, wherever it was met: files, SQLite, PostgreSQL."""

from __future__ import annotations

import errno
import logging
import sqlite3
import sys
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error

from wapicert.errors import StorageFull

# No space left on the device; the quota of the account is used up.
FILES = frozenset({errno.ENOSPC, errno.EDQUOT})
# PostgreSQL's disk_full (appendix A of its manual, class 53).
DISK_FULL = "53100"
logger = logging.getLogger(__name__)


def is_out_of_room(fault: BaseException) -> bool:
    """Whether the fault, or what it was raised from, is a disk without room."""
    return any(
        (isinstance(one, OSError) and one.errno in FILES)
        or getattr(one, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(one, "sqlstate", None) == DISK_FULL
        for one in _causes(fault))


def as_refusal(fault: BaseException) -> StorageFull | None:
    """The refusal that says so to people and programs; None for every other fault."""
    return StorageFull() if is_out_of_room(fault) else None


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    """The fault and what it was raised from; Django wraps what a database says."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__


def show_fault(request: HttpRequest) -> HttpResponse:
    """What no view and no middleware caught: a full disk is named (saving a session or an upload met it), the rest is
    a fault of ours."""
    fault = sys.exc_info()[1]
    refusal = as_refusal(fault) if fault else None
    if refusal is None:
        return server_error(request)
    try:
        return render(request, "refused.html", {"error": refusal}, status=refusal.status)
    except Exception:  # The page itself may need what is broken; the plain one needs nothing.
        logger.exception("The page about a full disk could not be shown")
        return server_error(request)
