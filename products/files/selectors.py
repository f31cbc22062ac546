"""Reads stored files, each only for those who may see it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from django.core.files.base import File
from django.db.models import QuerySet

from members.history.models import Entry
from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.files.models import StoredFile

# The act by which the history says that files are kept no longer, with their digests.
REMOVED = "files.removed"
# Media types that can be shown as a picture of a device.
PHOTOGRAPHS = frozenset({"image/png", "image/jpeg"})


def files_visible_to(user: User) -> QuerySet[StoredFile]:
    """All files for the laboratory and auditors, those of the own company for a vendor, none for anybody else."""
    if user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return StoredFile.objects.all()
    if Role.VU in user.role_codes and user.company_id:
        return StoredFile.objects.filter(company_id=user.company_id)
    return StoredFile.objects.none()


def digests_of(content: File[bytes]) -> tuple[str, str]:
    """SHA-256 and SM3 (GB/T 32905) over the bytes, in hexadecimal; leaves the file at its start."""
    sha256, sm3 = hashlib.sha256(), hashes.Hash(hashes.SM3())
    for chunk in content.chunks():
        sha256.update(chunk)
        sm3.update(chunk)
    content.seek(0)
    return sha256.hexdigest(), sm3.finalize().hex()


def files_not_as_stored() -> Iterator[tuple[StoredFile, str]]:
    """Every stored file whose bytes are gone or differ from its digests, with what is wrong.

    One that was removed when its time was over is no fault, if the history says so of these very digests.
    """
    said = _removals()
    for row in StoredFile.objects.order_by("pk").iterator():
        if row.removed_at is not None:
            if said.get(str(row.pk), (None,))[0] != (row.sha256, row.sm3):
                yield row, "marked as removed, which the history does not say"
            continue
        try:
            with row.content.open("rb") as content:
                found = digests_of(content)
        except OSError as error:
            yield row, f"missing: {error.strerror or error}"
            continue
        if found != (row.sha256, row.sm3):
            yield row, "altered"


def files_removed() -> Iterator[tuple[StoredFile, datetime]]:
    """Every file whose bytes were removed when their time was over, with the moment that the history names."""
    said = _removals()
    for row in StoredFile.objects.filter(removed_at__isnull=False).order_by("pk").iterator():
        digests, at = said.get(str(row.pk), (None, None))
        if at is not None and digests == (row.sha256, row.sm3):
            yield row, at


def _removals() -> dict[str, tuple[tuple[str, str], datetime]]:
    """What the history says of removed files, by id: the digests and when."""
    entries = Entry.objects.filter(act=REMOVED).order_by("pk")
    return {file["id"]: ((file["sha256"], file["sm3"]), entry.at)
            for entry in entries.iterator() for file in entry.after["files"]}
