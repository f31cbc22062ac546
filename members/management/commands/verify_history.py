"""Proves the whole history and names every place that is not what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.history.models import Entry
from members.history.selectors import faults_in_history
from members.history.selectors.rights import tables_open_to_change


class Command(BaseCommand):
    """One line per fault; ends with 1 when there is any."""

    help = "Find altered, missing, moved or cut off entries of the history, also against the heads kept outside."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--heads", type=Path, help="folder of the heads kept outside; HEADS_ROOT without it")

    def handle(self, *args: Any, **options: Any) -> None:
        for table in tables_open_to_change():
            self.stderr.write(f"warning: this role may change {table}; see manage.py prepare_database_role")
        count = 0
        for count, fault in enumerate(faults_in_history(folder=options["heads"]), start=1):  # noqa: B007 - used below
            self.stdout.write(str(fault))
        if count:
            raise CommandError(f"{count} faults in {Entry.objects.count()} entries.")
        self.stdout.write(f"{Entry.objects.count()} entries, no faults.")
