"""Appends entries to the history, keeps the heads of its chains outside, and hands chains to assessors.

Every service that changes something calls `append_entry` in its transaction.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import logging
import zipfile
from datetime import datetime
from pathlib import Path
from smtplib import SMTPException
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.history.models import Chain, Entry
from members.history.selectors import entries_of, heads_changed_since
from members.history.selectors.heads import heads_files
from wapicert.canonical import canonical_json, plain
from wapicert.tracing import current_request

logger = logging.getLogger(__name__)


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
    return entry


def _now() -> datetime:
    """The server's time to the millisecond: what the digest covers and the row holds is then the same."""
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def record_heads(*, folder: Path | None = None) -> Path | None:
    """Write the heads of all chains that grew since the last file beside the database, and mail it to ADMINS.

    Returns the new file, or None when nothing grew. Each file names the digest of the one before it, so that none can
    be changed or taken away without a trace; the mail keeps a copy where neither database nor disk can be reached.
    """
    place = folder or settings.HEADS_ROOT
    place.mkdir(parents=True, exist_ok=True)
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        written = _write_heads(place)
    if written is not None and settings.ADMINS:
        _mail_heads(written)
    return written


def _write_heads(place: Path) -> Path | None:
    files = list(heads_files(place))
    known = {head.chain: head.length for file in files for head in file.heads}
    grown = heads_changed_since(known)
    if not grown:
        return None
    now = timezone.now()
    first = {"previous": files[-1].digest if files else "", "written_at": now.isoformat(timespec="seconds"),
             "software_version": settings.SOFTWARE_VERSION}
    rows = [first, *({"chain": chain.name, "length": chain.length, "head": chain.head} for chain in grown)]
    path = place / f"heads-{now:%Y%m%dT%H%M%S%f}Z.jsonl"
    waiting = path.with_suffix(".part")
    try:
        waiting.write_text("".join(f"{canonical_json(row)}\n" for row in rows), encoding="utf-8")
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)
    return path


def _mail_heads(path: Path) -> None:
    content = path.read_bytes()
    message = EmailMessage(
        subject=_("历史链头 %(name)s") % {"name": path.name},
        body=_("附件为各历史链当日的链头，SHA-256：%(digest)s。请保存于本系统之外；"
               "核对时使用 manage.py verify_history。")
        % {"digest": hashlib.sha256(content).hexdigest()},
        to=[address for _name, address in settings.ADMINS],
        attachments=[(path.name, content, "application/jsonl")],
    )
    try:
        message.send()
    except (OSError, SMTPException):
        # The file is written all the same; the next day's mail names its digest.
        logger.exception("The heads of the history could not be mailed")


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
