"""Where the demonstration's commands add little or nothing: without orders, beside other accounts, on a public site."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.people.models import User
from members.people.services import register_user
from products.devices.models import Device
from products.management.demonstration.people import ACCOUNTS
from products.orders.models import Order
from tests.factories.api import row_counts
from tests.factories.catalogue import load

pytestmark = pytest.mark.django_db


def run(name: str, *words: str) -> str:
    """What a command prints."""
    out = StringIO()
    call_command(name, *words, stdout=out)
    return out.getvalue()


def test_load_people_only_opens_accounts_without_orders():
    load()
    run("load_demonstration", "--people-only")
    assert (User.objects.count(), Order.objects.count(), Device.objects.count()) == (len(ACCOUNTS), 0, 0)
    assert User.objects.get(username="lab").test_authorisations.count() == 4


def test_load_beside_an_account_of_somebody_else_refuses_and_adds_nothing():
    load()
    register_user(username="verifier", name="某人", staff_number="S-1", password=None, actor=None)
    before = row_counts()
    with pytest.raises(CommandError, match="not the demonstration's own: verifier"):
        run("load_demonstration")
    assert row_counts() == before


@pytest.mark.parametrize("command", ["load_demonstration", "show_accounts"])
def test_commands_on_a_public_site_refuse(settings, command):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="PRODUCTION=1"):
        run(command)
    assert User.objects.count() == 0


def test_show_accounts_before_loading_says_what_to_run():
    with pytest.raises(CommandError, match="run load_demonstration first"):
        run("show_accounts")
