"""Backs up the whole site into a new folder, while it runs."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from members.management.keeping import back_up


class Command(BaseCommand):
    """Prints the folder; what it holds stands in contents.json."""

    help = "Write database, files and heads of the history into a new folder, each with its digest; keys stay apart."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups are kept; only you should be able to read it")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(back_up(options["folder"])))
