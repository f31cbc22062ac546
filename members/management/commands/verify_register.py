"""Proves that the rows of the register are what acts left there, and names every row that is not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from members.history.models import Seal
from members.history.selectors import faults_in_register


class Command(BaseCommand):
    """One line per row; ends with 1 when there is any. The history itself is proved by verify_history."""

    help = "Compare every row of the sealed tables with its newest seal in the history."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for count, fault in enumerate(faults_in_register(), start=1):  # noqa: B007 - used below
            self.stdout.write(str(fault))
        if count:
            raise CommandError(f"{count} faults in {Seal.objects.count()} sealed rows.")
        self.stdout.write(f"{Seal.objects.count()} sealed rows, no faults.")
