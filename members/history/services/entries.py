"""Appends entries to the history, and hands chains to assessors."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from members.history.models import Chain, Entry
from members.history.selectors import entries_of
from members.history.services.sealing import keep_seals, next_seals
from wapicert.canonical import canonical_json, plain
from wapicert.tracing import current_request


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
    rows: Iterable[Model] = (),
    gone: Iterable[Model] = (),
) -> Entry:
    """Append one act to its chain and return the entry; the chain's head is locked until the end of the transaction.

    `actor` is None for what the system does by itself. `before` and `after` hold only what the act changed. `rows` are
    all rows of sealed tables (`wapicert.seals`) that the act wrote, each saved before; `gone` those that it removes.
    """
    request = current_request.get()
    seals = next_seals(rows, gone)
    if seals:
        after = {**(after or {}), "rows": {seal.key: f"{seal.number}:{seal.digest}" for seal in seals}}
    head, _is_new = Chain.objects.select_for_update().get_or_create(name=chain)
    entry = Entry(
        chain=chain,
        sequence=head.length + 1,
        at=_now(),
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
    keep_seals(seals, entry)
    return entry


def note_told(chains: Collection[Chain]) -> int:
    """Note that people were told of all that these chains held when they were read; returns how many were noted.

    One that another worker noted meanwhile is left alone. Called in the transaction that writes the notices.
    """
    alike: dict[tuple[int, int], list[str]] = {}
    for chain in chains:
        alike.setdefault((chain.told, chain.length), []).append(chain.name)
    return sum(Chain.objects.filter(name__in=names, told=told).update(told=length)
               for (told, length), names in alike.items())


def _now() -> datetime:
    """The server's time to the millisecond: what the digest covers and the row holds is then the same."""
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def history_archive(*, chain: str) -> bytes:
    """A ZIP for an assessor: the chain as JSON Lines and CSV, its head, and a program to check it elsewhere."""
    rows = [entry.as_exported() for entry in entries_of(chain)]
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(Entry.EXPORTED)
    for row in rows:
        writer.writerow([canonical_json(value) if isinstance(value, dict | list) else value for value in row.values()])
    head = Chain.objects.filter(name=chain).values("name", "length", "head").first()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("history.jsonl", "".join(f"{canonical_json(row)}\n" for row in rows))
        # With the mark of UTF-8 in front, without which spreadsheets spoil Chinese.
        archive.writestr("history.csv", "\ufeff" + table.getvalue())
        archive.writestr("head.json", canonical_json(head))
        archive.write(settings.BASE_DIR / "deploy" / "assessor" / "check_history.py", "check_history.py")
    return made.getvalue()
