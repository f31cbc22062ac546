"""The command that opens the first two administrators."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.history.models import Entry
from members.people.models import User
from members.people.services import confirm_role, grant_role
from members.people.states import Role
from tests.factories import people

pytestmark = pytest.mark.django_db


def opened(username, staff_number):
    out = StringIO()
    call_command("open_administrator", username, name="演示", staff_number=staff_number, stdout=out)
    return User.objects.get(username=username), out.getvalue()


def test_open_administrator_gives_the_role_and_a_password_that_signs_in(client):
    user, said = opened("first", "A-1")
    password = said.splitlines()[0].removeprefix("first: ")
    assert (user.role_codes, client.login(username="first", password=password)) == ({Role.AD}, True)
    assert list(Entry.objects.order_by("pk").values_list("act", flat=True)) == [
        "user.registered", "role.granted", "role.confirmed"]
    assert "second" in said


def test_open_two_administrators_lets_one_confirm_what_the_other_grants():
    first, second = opened("first", "A-1")[0], opened("second", "A-2")[0]
    grant = grant_role(user=people.person("tester-new"), role=Role.TE, actor=first)
    assert confirm_role(grant=grant, actor=second).confirmed_by == second


def test_open_administrator_beside_two_is_refused():
    opened("first", "A-1")
    opened("second", "A-2")
    with pytest.raises(CommandError, match="Two administrators"):
        opened("third", "A-3")
    assert not User.objects.filter(username="third").exists()


@pytest.mark.parametrize(("username", "staff_number"), [("first", "A-2"), ("second", "A-1")])
def test_open_administrator_under_a_name_that_is_taken_is_refused(username, staff_number):
    opened("first", "A-1")
    with pytest.raises(CommandError):
        opened(username, staff_number)
    assert User.objects.count() == 1
