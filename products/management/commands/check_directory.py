"""Compares the directory's index with the register."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from products.listings.models import Listing
from products.listings.services import Drift, find_drift

# More lines help nobody; the number is told anyway.
SHOWN = 20


class Command(BaseCommand):
    """Ends with an error when anything differs, so that a clock can call it and a person is told."""

    help = "Find entries that are missing, extra or different, and counts that are wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        drift: list[Drift] = []
        with tqdm(total=Listing.objects.count(), unit="listing", unit_scale=True) as bar:
            for found in find_drift():
                if isinstance(found, Drift):
                    drift.append(found)
                else:
                    bar.update(found)
        if drift:
            lines = [f"{one.kind}: {one.listing}: {one.detail}" for one in drift[:SHOWN]]
            raise CommandError("\n".join([*lines, f"{len(drift)} differences; manage.py rebuild_directory mends them"]))
        self.stdout.write("no difference")
