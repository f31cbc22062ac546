"""Makes the directory's index anew."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from products.listings.models import DirectoryState, IndexEntry, Listing
from products.listings.services import rebuild_directory


class Command(BaseCommand):
    """Goes on where an interrupted run ended; running it on a good index changes nothing but the version."""

    help = "Bring index, counts and version of the directory in line with the register, with a progress bar."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from-start", action="store_true", help="do not go on where an interrupted run ended")
        parser.add_argument("--when-empty", action="store_true", help="only if nothing is indexed or a run was "
                                                                      "interrupted, for example after an upgrade")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = DirectoryState.objects.filter(rebuilt_to__isnull=False).values_list("rebuilt_to", flat=True).first()
        if options["when_empty"] and begun is None and (IndexEntry.objects.exists() or not Listing.objects.exists()):
            return
        done = 0 if begun is None or options["from_start"] else Listing.objects.filter(pk__lte=begun).count()
        with tqdm(total=Listing.objects.count(), initial=done, unit="listing", unit_scale=True) as bar:
            for number in rebuild_directory(from_start=options["from_start"]):
                bar.update(number)
        self.stdout.write(f"{IndexEntry.objects.count()} listings indexed")
