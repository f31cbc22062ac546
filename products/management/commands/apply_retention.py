"""Removes what is kept no longer, or says what that would be."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from products.retention.services import apply_retention


class Command(BaseCommand):
    """One line per kind: its code, how many went or would go, and after how many days."""

    help = "Remove what has run out by the table of retention (docs/retention.md); the worker does so every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in apply_retention(is_dry_run=options["dry_run"]):
            self.stdout.write(f"{line.kind}: {line.count} (after {line.days} days)")
