"""Publishes the directory as open data; the clock does the same every night."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from products.listings.models import Listing
from products.open_data.services import publish_open_data
from wapicert.errors import DomainError


class Command(BaseCommand):
    """`manage.py publish_open_data`: CSV, JSON Lines, XLSX and SQLite with digests and a signed manifest."""

    help = "Publish everything that the directory shows as open data. Older releases beyond OPEN_DATA_KEPT are removed."

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(total=Listing.objects.count(), unit=" rows", disable=not sys.stderr.isatty()) as bar:
            try:
                release = publish_open_data(count=bar.update)
            except DomainError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"open data {release.pk}: {release.rows} rows, "
                          f"{', '.join(file.name for file in release.files.all())}")
