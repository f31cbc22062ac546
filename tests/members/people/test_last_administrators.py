"""Two administrators remain: with fewer nobody could be granted a role any more (S8)."""

import pytest

from members.history.models import Entry
from members.people.errors import LastAdministrators
from members.people.models import RoleGrant, User
from members.people.services import revoke_role, set_active
from members.people.states import Role
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(cast):
    return person("admin2", Role.AD)


def test_revoke_role_of_one_of_two_administrators_is_refused(cast, second):
    grant = second.role_grants.get()
    before = Entry.objects.count()
    with pytest.raises(LastAdministrators):
        revoke_role(grant=grant, actor=cast.admin)
    assert RoleGrant.objects.get(pk=grant.pk).revoked_at is None
    assert Entry.objects.count() == before


def test_set_active_of_one_of_two_administrators_is_refused(cast, second):
    with pytest.raises(LastAdministrators):
        set_active(user=second, is_active=False, actor=cast.admin)
    assert User.objects.get(pk=second.pk).is_active


def test_set_active_of_one_of_three_administrators_closes_the_account(cast, second):
    person("admin3", Role.AD)
    set_active(user=second, is_active=False, actor=cast.admin)
    assert not User.objects.get(pk=second.pk).is_active


def test_revoke_role_of_somebody_else_needs_no_second_administrator(cast):
    revoke_role(grant=cast.tester.role_grants.get(), actor=cast.admin)
    assert not cast.tester.role_grants.filter(revoked_at__isnull=True).exists()
