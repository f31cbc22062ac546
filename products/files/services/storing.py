"""Stores an upload with its digests, or refuses it before anything is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from members.companies.models import Company
from members.history.services import append_entry
from members.people.models import User
from products.files.errors import FileKindRefused, FileMissing, FileOfAnotherCompany, FileTooLarge, FileTypeMismatch
from products.files.models import StoredFile
from products.files.permissions import can_store_file
from products.files.selectors import digests_of
from products.files.services.recognition import ALLOWED_KINDS, KINDS, Kind, matches
from products.files.services.summaries import ask_for_summary
from wapicert.errors import Forbidden, StorageFull
from wapicert.room import is_out_of_room

NAME_LENGTH = 120


def store_file(*, upload: File[bytes] | None, actor: User | None, company: Company | None = None) -> StoredFile:
    """Keep an upload; a vendor's belongs to the own company, the system's (actor None) to `company`.

    Refuses an empty file, one over settings.UPLOAD_LIMIT_BYTES, a kind that is not kept, a content that is not what the
    name says, and any file while the disk is full. The bytes are stored before the row; if the row fails, they are
    removed again. The history holds the digests from then on.
    """
    owner = _owner(actor, company)
    if upload is None or not upload.size:
        raise FileMissing(field="file")
    _require_size(upload)
    name = display_name(upload.name or "")
    kind = _require_kind(name, upload)
    sha256, sm3 = digests_of(upload)
    row = StoredFile(company=owner, name=name, media_type=kind.media_type, size=upload.size, sha256=sha256, sm3=sm3,
                     uploaded_by=actor)
    try:
        row.content.save(name, upload, save=False)
    except OSError as fault:
        raise (StorageFull(field="file") if is_out_of_room(fault) else fault) from fault
    with kept_only_if_used(row), transaction.atomic():
        row.save(force_insert=True)
        # A chain of its own: uploads at the same time need not wait for each other.
        append_entry(chain=f"file:{row.pk}", act="file.stored", actor=actor, object_type="file", object_id=row.pk,
                     after={"sha256": sha256, "sm3": sm3, "size": row.size}, rows=[row])
        ask_for_summary(row)
    return row


@contextmanager
def kept_only_if_used(stored: StoredFile) -> Iterator[None]:
    """Removes the bytes again when what is built on them fails; the row goes with its transaction."""
    try:
        yield
    except BaseException:
        stored.content.storage.delete(str(stored.content.name))
        raise


def display_name(name: str) -> str:
    """The name without path and control characters, shortened before its extension."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(char for char in last if char.isprintable()).strip(" .")
    stem, dot, extension = clean.rpartition(".")
    return f"{stem[:NAME_LENGTH]}{dot}{extension[:10]}" if dot else clean[:NAME_LENGTH]


def _owner(actor: User | None, company: Company | None) -> Company | None:
    """The company that the file will belong to; refuses who may not store for it."""
    if actor is None:
        return company
    is_vendor = actor.company_id is not None
    owner = company or (actor.company if is_vendor else None)
    if not can_store_file(actor, owner):
        raise FileOfAnotherCompany(field="company") if is_vendor else Forbidden(_("您没有上传文件的权限。"))
    return owner


def _require_size(upload: File[bytes]) -> None:
    if upload.size > settings.UPLOAD_LIMIT_BYTES:
        limit = filesizeformat(settings.UPLOAD_LIMIT_BYTES)
        raise FileTooLarge(_("文件超过上限 %(limit)s。") % {"limit": limit}, field="file",
                           extra={"limit": settings.UPLOAD_LIMIT_BYTES, "size": upload.size})


def _require_kind(name: str, upload: File[bytes]) -> Kind:
    stem, _dot, extension = name.rpartition(".")
    kind = KINDS.get(extension.lower()) if stem else None
    if kind is None:
        raise FileKindRefused(_("不接受此类文件：%(name)s。") % {"name": name}, field="file",
                              remedy=FileKindRefused.remedy % {"kinds": ", ".join(ALLOWED_KINDS)})
    if not matches(kind, upload):
        raise FileTypeMismatch(_("文件内容与扩展名 .%(extension)s 不符。") % {"extension": extension}, field="file")
    return kind
