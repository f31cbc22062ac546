"""Disks without room: a storage that fills up in the middle of a file, and a database that takes no more."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings as site
from django.core.files.base import File
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.db import OperationalError, connection

from wapicert.storage import WholeFiles


def no_room() -> OSError:
    """What the system says of a full disk."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Half(File):
    """A file of which half can be written."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        content = self.file.read()
        yield content[: len(content) // 2]
        raise no_room()


class FullDisk(WholeFiles):
    """The site's storage on such a disk."""

    def _save(self, name: str, content: File) -> str:
        return super()._save(name, Half(content))


class FullSpool(MemoryFileUploadHandler):
    """There is no room for the upload itself, before any view sees it."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        raise no_room()


def fill(settings: Any) -> None:
    """From now on no file can be stored."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "tests.factories.disk.FullDisk"}}


def make_room(settings: Any) -> None:
    """From now on files can be stored again."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "wapicert.storage.WholeFiles"}}


def stored_names() -> set[str]:
    """Every file that lies in the storage."""
    return {str(path) for path in Path(site.MEDIA_ROOT).rglob("*") if path.is_file()}


@contextmanager
def full_database(table: str = "members_entry") -> Iterator[None]:
    """SQLite grows no further and has no free page; PostgreSQL refuses rows of the table, in its own words."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
                           "$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$")
            cursor.execute(f"CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()")
            try:
                yield
            finally:
                cursor.execute("DROP FUNCTION no_room CASCADE")
            return
        cursor.execute("CREATE TABLE filler (content BLOB)")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        with suppress(OperationalError):
            while True:
                cursor.execute("INSERT INTO filler VALUES (zeroblob(3000))")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
            cursor.execute("DROP TABLE filler")
