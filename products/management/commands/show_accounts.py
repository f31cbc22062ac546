"""Prints how to sign in to the demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from members.people.models import User
from products.management.demonstration.people import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    """`manage.py show_accounts`; nothing is printed on a public site."""

    help = "Print the accounts of the demonstration, their roles and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("PRODUCTION=1: a public site has no demonstration accounts.")
        known = set(User.objects.values_list("staff_number", flat=True))
        accounts = [account for account in ACCOUNTS if account.staff_number in known]
        if not accounts:
            raise CommandError("There are no demonstration accounts; run load_demonstration first.")
        self.stdout.write(f"  密码 Password         {PASSWORD}")
        for account in accounts:
            roles = "、".join(str(role.label) for role in account.roles)
            self.stdout.write(f"  {account.username:<21} {'+'.join(account.roles):<6}{account.name}（{roles}）")
