"""Writes the heads of the history now; a clock does it every day."""

from typing import Any

from django.core.management.base import BaseCommand

from members.history.services import record_heads


class Command(BaseCommand):
    """Says where, or that nothing grew."""

    help = "Keep the heads of all chains of the history outside the database (HEADS_ROOT, and mail to ADMIN_MAIL)."

    def handle(self, *args: Any, **options: Any) -> None:
        path = record_heads()
        self.stdout.write(str(path) if path else "No chain grew since the last file.")
