"""Restores a backup into an empty place, and proves every digest in it."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from members.management.keeping import restore, secret_key_mark


class Command(BaseCommand):
    """Ends with 1 when anything is not as it was; run it as a drill now and then."""

    help = "Put a backup into an empty database and an empty DATA_DIR, then prove history, files, reports and results."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="one folder that `backup` made")

    def handle(self, *args: Any, **options: Any) -> None:
        contents = restore(options["folder"])
        if contents["secret_key_mark"] != secret_key_mark():
            self.stderr.write("warning: another SECRET_KEY than when the backup was made; sessions and second factors "
                              "that it protects count no more.")
        call_command("verify_history", stdout=self.stdout, stderr=self.stderr)
        call_command("verify_storage", stdout=self.stdout, stderr=self.stderr)
        self.stdout.write(f"Restored the backup of {contents['made_at']}: {sum(contents['rows'].values())} rows.")
