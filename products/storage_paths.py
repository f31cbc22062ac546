"""Where files are stored. Migrations name these functions by path, so this module never moves."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone


def stored_file_path(instance: Any, filename: str) -> str:
    """A path that tells nothing about the content and can never be one that exists: year/month/random."""
    return f"{timezone.localdate():%Y/%m}/{uuid4().hex}"


def open_data_path(instance: Any, filename: str) -> str:
    """A path of its own for every file of open data."""
    return f"open-data/{uuid4().hex}"
