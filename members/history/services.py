"""Appends entries to the history. Every service that changes something calls this in its transaction."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from members.history.models import Chain, Entry
from wapicert.canonical import plain


@dataclass(frozen=True)
class Request:
    """Where an act came from; set by the middleware, empty for commands and workers."""

    request_id: str = ""
    address: str = ""


current_request: ContextVar[Request] = ContextVar("current_request", default=Request())  # noqa: B039 - a frozen dataclass


class Actor(Protocol):
    """Whoever acts: an account with a staff number and roles."""

    pk: Any
    staff_number: str

    @property
    def role_codes(self) -> frozenset[str]: ...


@transaction.atomic
def append_entry(
    *,
    chain: str,
    act: str,
    actor: Actor | None,
    object_type: str,
    object_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> Entry:
    """Append one act to its chain and return the entry; the chain's head is locked until the end of the transaction.

    `actor` is None for what the system does by itself. `before` and `after` hold only what the act changed.
    """
    request = current_request.get()
    head, _created = Chain.objects.select_for_update().get_or_create(name=chain)
    entry = Entry(
        chain=chain,
        sequence=head.length + 1,
        at=timezone.now(),
        actor_id=actor.pk if actor else None,
        actor_staff_number=actor.staff_number if actor else "",
        actor_roles=sorted(actor.role_codes) if actor else [],
        act=act,
        object_type=object_type,
        object_id=str(object_id),
        before=plain(before or {}),
        after=plain(after or {}),
        reason=reason,
        request_id=request.request_id,
        address=request.address,
        software_version=settings.SOFTWARE_VERSION,
        previous_hash=head.head,
    )
    entry.hash = entry.computed_hash()
    entry.save(force_insert=True)
    head.length, head.head = entry.sequence, entry.hash
    head.save(update_fields=["length", "head"])
    return entry
