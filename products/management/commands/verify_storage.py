"""Proves that results, evidence and issued reports are what was stored, and names what is not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from products.failures.selectors import storage_lines
from products.files.models import StoredFile
from products.files.selectors import files_removed


class Command(BaseCommand):
    """One line per fault; ends with 1 when there is any. Files whose time was over are named and are no fault.

    The history itself is proved by verify_history.
    """

    help = "Compare stored files with their digests, reports and results with the digests in the history."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(storage_lines())
        for fault in found:
            self.stdout.write(fault)
        for file, at in files_removed():
            self.stdout.write(f"file {file.pk} {file.name}: removed on {at:%Y-%m-%d} under retention")
        if found:
            raise CommandError(f"{len(found)} faults.")
        self.stdout.write(f"{StoredFile.objects.count()} files, no faults.")

