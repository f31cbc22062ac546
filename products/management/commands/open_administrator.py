"""Opens the first two administrators of a site; everybody else gets an account from them in the admin."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from members.people.models import RoleGrant, User
from members.people.services import confirm_role, grant_role, register_user
from members.people.states import Role

# A role is granted by one administrator and confirmed by another (S8), so a site begins with two.
NEEDED = 2


class Command(BaseCommand):
    """Prints the first password once; refuses while two administrators are there, and an account that is known."""

    help = "Open an administrator; a new site needs two. The password is shown once and should be changed at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--staff-number", required=True, help="names the person in the history for ever")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        held = RoleGrant.objects.in_force().filter(role=Role.AD, user__is_active=True).count()
        if held >= NEEDED:
            raise CommandError("Two administrators are there; they open further accounts at /admin/.")
        user, password = open_administrator(options["username"], options["name"], options["staff_number"])
        self.stdout.write(f"{user.username}: {password}\nChange it at /accounts/password/change/.")
        if held + 1 < NEEDED:
            self.stdout.write("Open a second one, who confirms the roles that the first one grants.")


def open_administrator(username: str, name: str, staff_number: str) -> tuple[User, str]:
    """The account with its role, and its first password; refuses a username or staff number that is taken."""
    password = secrets.token_urlsafe(12)
    try:
        user = register_user(username=username, name=name, staff_number=staff_number, password=password, actor=None)
    except ValidationError as error:
        raise CommandError("; ".join(error.messages)) from error
    confirm_role(grant=grant_role(user=user, role=Role.AD, actor=None), actor=None)
    return user, password
