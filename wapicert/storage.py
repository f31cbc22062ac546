"""Stored files are whole: of one that could not be written to its end nothing stays."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Django's storage, which leaves what it had written when the disk was full; nothing would ever remove that."""

    def _save(self, name: str, content: File[Any]) -> str:
        # Every path is random (products.storage_paths), so that what lies there now is of this attempt.
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # the stubs leave it out
        except OSError:
            with contextlib.suppress(OSError):
                Path(self.path(name)).unlink(missing_ok=True)
            raise
