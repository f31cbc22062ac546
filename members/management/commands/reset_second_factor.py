"""Removes a lost second factor from the server's own shell, for when nobody is left who could confirm it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from members.access.services import reset_factors
from members.people.models import User
from wapicert.errors import DomainError


class Command(BaseCommand):
    """`manage.py reset_second_factor USERNAME --reason TEXT`; written into the history as done by the system."""

    help = "Remove a person's second factors and end their sessions. The site itself asks two persons for this."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="why, and who decided it; kept in the history")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['username']!r}.")
        try:
            reset_factors(user=user, reason=options["reason"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.username}: second factors removed, sessions ended, {user.email or 'no mail address'}")
