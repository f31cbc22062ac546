"""Seals what stands in tables whose seals have not begun."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from members.history.services import open_seals


class Command(BaseCommand):
    """Run after every `migrate`; harmless when run twice."""

    help = "Seal as found the rows of tables that are sealed from now on; written into the history, once per table."

    def handle(self, *args: Any, **options: Any) -> None:
        for table, count in open_seals():
            self.stdout.write(f"{table}: {count} rows sealed as found")
