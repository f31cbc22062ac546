"""Whether the site lives, and whether it can serve: database, broker, storage."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import KombuError

from wapicert.celery import app


def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return JsonResponse({"status": "live", "version": settings.SOFTWARE_VERSION})


def ready(request: HttpRequest) -> HttpResponse:
    """200 when every part answers, 503 with the part that does not."""
    parts = {"database": _database(), "broker": _broker(), "storage": _storage()}
    missing = [name for name, answers in parts.items() if not answers]
    return JsonResponse({"parts": parts, "missing": missing}, status=503 if missing else 200)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OSError, KombuError):
        return False
    return True


def _storage() -> bool:
    try:
        default_storage.exists("probe")
    except OSError:
        return False
    return True
