"""Loads the products that were published before this system; may be run again at any time."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from products.listings import importing
from products.listings.errors import PublishedProductsInvalid

DATA = Path(importing.__file__).parent / "data" / "published-products.json"


class Command(BaseCommand):
    """`manage.py load_published_products [file]`; run load_catalogue first."""

    help = "Load the products that were published before this system (idempotent)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=DATA)

    def handle(self, *args: Any, **options: Any) -> None:
        data = json.loads(options["file"].read_text(encoding="utf-8"))
        try:
            outcome = importing.import_published_products(data)
        except PublishedProductsInvalid as error:
            lines = [f"{row['record']}: {row['field']}: {row['message']}" for row in error.rows]
            raise CommandError("\n".join([str(error), *lines])) from error
        counts = ((name, len(getattr(outcome, name))) for name in ("created", "changed", "unchanged"))
        self.stdout.write("published products: " + ", ".join(f"{count} {name}" for name, count in counts))
        for slug in sorted(outcome.unknown_editions):
            self.stderr.write(f"edition {slug} is not loaded; its entries show no edition until the next import")
