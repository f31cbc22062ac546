"""Loads the demonstration: invented companies, one account for each part, and an order at every stage."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from members.people.models import User
from products.management.demonstration.bench import register_tools
from products.management.demonstration.desk import show_imports, show_loans
from products.management.demonstration.duties import show_duties
from products.management.demonstration.laboratory import show_laboratory
from products.management.demonstration.people import ACCOUNTS, open_accounts, open_companies
from products.management.demonstration.stories import STORIES, tell
from products.management.demonstration.walk import RenderingFailed


class Command(BaseCommand):
    """`manage.py load_demonstration`; run load_catalogue first. Every fact goes through the services of the site."""

    help = "Load invented companies, accounts and orders at every stage. Safe to run again; refused on a public site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people-only", action="store_true",
                            help="only companies, accounts and tools, no devices and orders")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("PRODUCTION=1: a public site shows no invented devices and opens no known passwords.")
        started = time.monotonic()
        people = load_people()
        told = 0 if options["people_only"] else load_stories(people)
        self.stdout.write(f"demonstration: {len(people)} accounts, {told} orders added "
                          f"in {time.monotonic() - started:.0f} s")


@transaction.atomic
def load_people() -> dict[str, User]:
    """Companies, accounts and tools; refuses to take over an account that somebody else opened."""
    taken = User.objects.filter(username__in=[account.username for account in ACCOUNTS])
    strangers = taken.exclude(staff_number__in=[account.staff_number for account in ACCOUNTS])
    if names := sorted(strangers.values_list("username", flat=True)):
        raise CommandError(f"These accounts are not the demonstration's own: {', '.join(names)}")
    register_tools()
    return open_accounts(open_companies())


def load_stories(people: dict[str, User]) -> int:
    """Every order that is missing; returns how many were added."""
    try:
        told = sum(tell(story, people) for story in STORIES)
    except RenderingFailed as failure:
        raise CommandError(f"A report could not be rendered. {failure}") from failure
    show_duties(people)
    show_laboratory(people)
    show_loans(people)
    show_imports(people)
    return told
