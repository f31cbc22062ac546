"""Proves that results, evidence and issued reports are what was stored, and names what is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from products.files.models import StoredFile
from products.files.selectors import files_not_as_stored
from products.reports.selectors import reports_not_as_issued
from products.results.selectors import attempts_not_as_recorded


class Command(BaseCommand):
    """One line per fault; ends with 1 when there is any. The history itself is proved by verify_history."""

    help = "Compare stored files with their digests, reports and results with the digests in the history."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(faults())
        for fault in found:
            self.stdout.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults.")
        self.stdout.write(f"{StoredFile.objects.count()} files, no faults.")


def faults() -> Iterator[str]:
    """A line for each file, report and batch of results that is not what it was."""
    yield from (f"file {row.pk} {row.name}: {fault}" for row, fault in files_not_as_stored())
    yield from (f"report {report.number}: {fault}" for report, fault in reports_not_as_issued())
    for order, attempts in attempts_not_as_recorded():
        items = ", ".join(f"{row.plan_item.code} #{row.ordinal}.{row.revision} (id {row.pk})" for row in attempts)
        yield f"results {order.number}: {items or 'a recorded batch is gone'}"
