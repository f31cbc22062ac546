"""Fills a scratch database with generated listings, to measure on."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from members.companies.models import Company
from members.history.services import open_seals
from products.listings.models import Listing
from products.management.commands.load_catalogue import load_catalogue
from products.management.generation import generate, is_scratch


class Command(BaseCommand):
    """The same seed makes the same listings; everything is marked as demonstration."""

    help = "Generate listings of invented companies into an empty database; then run rebuild_directory."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=1_000_000)
        parser.add_argument("--companies", type=int, default=20_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_scratch():
            raise CommandError("This database holds companies, listings or accounts already; generated listings are "
                               "for scratch databases only.")
        load_catalogue()
        with tqdm(total=options["count"], unit="listing", unit_scale=True) as bar:
            for number in generate(count=options["count"], companies=options["companies"], seed=options["seed"]):
                bar.update(number)
        # No act wrote them; they count as found.
        for _table in open_seals():
            pass
        self.stdout.write(f"{Listing.objects.count()} listings of {Company.objects.count()} companies")
