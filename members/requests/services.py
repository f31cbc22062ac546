"""Gives a repeated POST the answer that the first one got (Idempotency-Key)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from members.people.models import User
from members.requests.errors import KeyReused
from members.requests.models import Answer
from wapicert.canonical import digest_of, plain


def answer_once(
    *, user: User, key: str, request: dict[str, Any], act: Callable[[], tuple[int, Any]]
) -> tuple[int, Any, bool]:
    """Run `act` once per user and key; returns status, body, and whether it was answered before.

    `request` is what must be the same: method, path and body. A refusal raised by `act` is not kept, so it can be
    mended and sent again. Two at once: the second waits for the first's row and gets its answer.
    """
    digest = digest_of(request)
    with transaction.atomic():
        row, created = Answer.objects.select_for_update().get_or_create(
            user=user, key=key, defaults={"request_digest": digest}
        )
        if row.request_digest != digest:
            raise KeyReused(field="Idempotency-Key")
        if not created and row.status:
            return row.status, row.body, True
        status, body = act()
        row.status, row.body = status, plain(body)
        row.save(update_fields=["status", "body"])
    return status, row.body, False
