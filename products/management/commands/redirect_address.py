"""Lets a number or slug that is no longer used lead to the one that took its place."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from products.listings.services import redirect_address
from products.listings.states import AddressKind
from wapicert.errors import DomainError


class Command(BaseCommand):
    """`manage.py redirect_address listing WAPI-B-0003 WAPI-2026-00007`; permanent addresses stay reachable for ever."""

    help = "Redirect a former number of a listing or company, or a former slug of an edition, to the present one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=AddressKind.values)
        parser.add_argument("former")
        parser.add_argument("present")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address = redirect_address(kind=AddressKind(options["kind"]), former=options["former"],
                                       present=options["present"], actor=None)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{address.former} → {address.present}")
