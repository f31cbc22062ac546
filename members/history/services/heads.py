"""Keeps the heads of the chains outside the database."""

from __future__ import annotations

import fcntl
import hashlib
import logging
from pathlib import Path
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _

from members.history.selectors import heads_changed_since
from members.history.selectors.heads import heads_files
from wapicert.canonical import canonical_json

logger = logging.getLogger(__name__)


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
