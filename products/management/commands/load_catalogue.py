"""Loads the catalogue that comes with the software: device types, suite, reasons for rework."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from products.devices.importing import import_device_types
from products.devices.models import DeviceType
from products.listings.services import raise_version
from products.rework.importing import import_reasons
from products.rework.models import Reason
from products.suites.importing import import_suite
from products.suites.models import Edition
from wapicert.errors import DomainError

PRODUCTS = Path(__file__).resolve().parent.parent.parent


class Command(BaseCommand):
    """All or nothing; running it again changes nothing; a changed published edition is refused."""

    help = "Load device types, the suite's editions and the reasons for rework. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                load_catalogue()
                # The directory shows words of the catalogue.
                raise_version()
        except DomainError as refusal:
            lines = [f"{refusal.message} {refusal.remedy}", *(describe(row) for row in refusal.rows)]
            raise CommandError("\n".join(lines)) from refusal
        self.stdout.write(
            f"{DeviceType.objects.count()} device types, {Edition.objects.count()} editions, "
            f"{Reason.objects.count()} reasons for rework"
        )


@transaction.atomic
def load_catalogue() -> None:
    """Bring the catalogue in line with the files beside the topics."""
    import_device_types(read(PRODUCTS / "devices/data/device-types.json"))
    import_suite(read(PRODUCTS / "suites/data/suite.json"))
    import_reasons(read(PRODUCTS / "rework/data/rework-reasons.json"))


def read(path: Path) -> dict[str, Any]:
    """The JSON in a file."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def describe(row: dict[str, Any]) -> str:
    """One line of a refusal: where, what, and the reason."""
    where = " ".join(str(row[key]) for key in ("device_type", "edition", "item", "key", "field") if row.get(key))
    return f"{where}: {row['code']} {row.get('message', '')}".rstrip()
