"""Accounts, roles by two persons (S8), authorisations, tokens, and the password asked again."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from members.history.models import Entry
from members.people.errors import PasswordLocked, PasswordWrong, RoleNeedsAnother, RolesDoNotMix
from members.people.models import RoleGrant, User
from members.people.services import (
    authorise_tester,
    confirm_role,
    declare_conflict,
    find_token,
    grant_role,
    issue_token,
    note_token_use,
    register_user,
    require_password,
    set_active,
)
from members.people.states import BUSINESS_ROLES, STAFF_ROLES, Role
from tests.factories.people import PASSWORD, company, person
from wapicert.errors import Forbidden

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def admins(db):
    return person("first", Role.AD), person("second", Role.AD)


def roles_of(user: User) -> frozenset[str]:
    return User.objects.get(pk=user.pk).role_codes


def test_register_user_opens_an_account_without_roles(admins):
    user = register_user(username="new", name="演示新人", staff_number="S-new", password=PASSWORD, actor=admins[0])
    assert (user.role_codes, user.check_password(PASSWORD)) == (frozenset(), True)
    entry = Entry.objects.get(act="user.registered", object_id="S-new")
    assert (entry.actor_staff_number, entry.told) == ("S-first", {"company": None})


@pytest.mark.parametrize("field", ["username", "staff_number"])
def test_register_user_with_a_name_that_is_taken_is_refused(admins, field):
    values = {"username": "new", "name": "演示新人", "staff_number": "S-new"}
    values[field] = getattr(admins[0], field)
    with pytest.raises(ValidationError) as refusal:
        register_user(**values, password=PASSWORD, actor=None)
    assert list(refusal.value.error_dict) == [field]


def test_grant_role_counts_only_when_another_confirmed_it(admins):
    user = person("tester")
    grant = grant_role(user=user, role=Role.TE, actor=admins[0])
    assert roles_of(user) == frozenset()
    confirm_role(grant=grant, actor=admins[1])
    assert roles_of(user) == {"TE"}
    entries = Entry.objects.filter(object_id="S-tester", act__startswith="role.").order_by("sequence")
    assert [(entry.act, entry.actor_staff_number, entry.told) for entry in entries] == [
        ("role.granted", "S-first", {"role": "TE"}), ("role.confirmed", "S-second", {"role": "TE"})]


def test_confirm_role_by_the_granter_is_refused(admins):
    grant = grant_role(user=person("tester"), role=Role.TE, actor=admins[0])
    with pytest.raises(RoleNeedsAnother):
        confirm_role(grant=grant, actor=admins[0])
    assert roles_of(grant.user) == frozenset()


def test_confirm_role_by_whoever_gets_it_is_refused(admins):
    candidate = person("candidate", Role.AD)
    grant = RoleGrant.objects.create(user=candidate, role=Role.AU, granted_by=admins[0])
    with pytest.raises(RoleNeedsAnother):
        confirm_role(grant=grant, actor=candidate)


def test_database_refuses_a_grant_confirmed_by_its_granter(admins):
    with pytest.raises(IntegrityError, match="role_confirmed_by_another"):
        RoleGrant.objects.create(user=admins[1], role=Role.AU, granted_by=admins[0], confirmed_by=admins[0])


def test_person_who_left_holds_no_role_until_the_account_is_opened_again(admins):
    leaver = person("leaver", Role.TE, Role.QM)
    closed = set_active(user=leaver, is_active=False, actor=admins[0])
    assert (closed.role_codes, closed.is_member_of_staff) == (frozenset(), False)
    with pytest.raises(Forbidden):
        declare_conflict(user=closed, company=company(), reason="演示", actor=closed)
    assert roles_of(set_active(user=closed, is_active=True, actor=admins[0])) == {"TE", "QM"}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AD}))
def test_grant_and_confirm_role_by_anybody_but_an_administrator_is_refused(admins, role):
    actor, user = person("actor", role), person("someone")
    grant = grant_role(user=user, role=Role.AU, actor=admins[0])
    with pytest.raises(Forbidden):
        grant_role(user=user, role=Role.AU, actor=actor)
    with pytest.raises(Forbidden):
        confirm_role(grant=grant, actor=actor)
    assert roles_of(user) == frozenset()


@pytest.mark.parametrize(("held", "wanted"), [
    *((Role.AD, role) for role in sorted(BUSINESS_ROLES)), *((role, Role.AD) for role in sorted(BUSINESS_ROLES)),
    *((Role.VU, role) for role in sorted(STAFF_ROLES)), *((role, Role.VU) for role in sorted(STAFF_ROLES)),
])
def test_grant_role_that_does_not_mix_is_refused(db, held, wanted):
    user = person("one", held)
    with pytest.raises(RolesDoNotMix) as refusal:
        grant_role(user=user, role=wanted, actor=None)
    assert (refusal.value.field, roles_of(user)) == ("role", {held})


@pytest.mark.parametrize(("held", "wanted"), [(Role.RV, Role.DM), (Role.IN, Role.TE), (Role.AU, Role.AD)])
def test_grant_role_that_mixes_is_accepted(db, held, wanted):
    user = person("one", held)
    confirm_role(grant=grant_role(user=user, role=wanted, actor=None), actor=None)
    assert roles_of(user) == {held, wanted}


def test_authorise_tester_twice_changes_the_end_and_keeps_both_acts(db):
    user = person("one", Role.TE)
    for until in (None, date(2026, 12, 31)):
        authorise_tester(user=user, category="SEC", valid_from=date(2026, 1, 1), valid_until=until, actor=None)
    assert user.test_authorisations.get(category="SEC").valid_until == date(2026, 12, 31)
    assert Entry.objects.filter(act="tester.authorised", after__category="SEC").count() == 2


def test_find_token_opens_with_the_whole_secret_only(db):
    user = person("one", Role.TE)
    token, secret = issue_token(user=user, label="测试台")
    assert find_token(secret=secret) == token
    assert secret.partition(".")[2] not in str(token.__dict__)
    for wrong in ("", secret[:-1], secret + "x", secret.partition(".")[0], f"{token.prefix}.", f".{secret}"):
        assert find_token(secret=wrong) is None


@pytest.mark.parametrize("end", ["expired", "revoked", "deactivated"])
def test_find_token_that_ended_opens_nothing(db, end):
    with time_machine.travel(NOON, tick=False):
        token, secret = issue_token(user=person("one"), label="测试台", expires_at=NOON + timedelta(days=1))
        assert find_token(secret=secret) == token
    if end == "revoked":
        type(token).objects.update(revoked_at=NOON)
    if end == "deactivated":
        User.objects.update(is_active=False)
    with time_machine.travel(NOON + timedelta(days=end == "expired"), tick=False):
        assert find_token(secret=secret) is None


def test_note_token_use_writes_once_a_minute(db):
    token, _secret = issue_token(user=person("one"), label="测试台")
    used = []
    for seconds in (0, 59, 61):
        with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
            note_token_use(token=token)
        token.refresh_from_db()
        used.append((token.last_used_at - NOON).seconds)
    assert used == [0, 0, 61]


def test_require_password_accepts_the_own_password_only(db):
    user, other = person("one"), person("other")
    other.set_password("something else entirely")
    require_password(user=user, password=PASSWORD)
    for who, password in ((user, ""), (user, "wrong"), (other, PASSWORD)):
        with pytest.raises(PasswordWrong) as refusal:
            require_password(user=who, password=password)
        assert (refusal.value.status, refusal.value.field) == (403, "password")


def test_require_password_wrong_too_often_takes_not_even_the_right_one(db, settings):
    user, other = person("guessed"), person("other")
    for _try in range(settings.PASSWORD_TRIES):
        with pytest.raises(PasswordWrong):
            require_password(user=user, password="guess")
    with pytest.raises(PasswordLocked):
        require_password(user=user, password=PASSWORD)
    require_password(user=other, password=PASSWORD)


def test_require_password_right_in_time_forgets_the_wrong_ones(db, settings):
    user = person("forgetful")
    for _round in range(2):
        for _try in range(settings.PASSWORD_TRIES - 1):
            with pytest.raises(PasswordWrong):
                require_password(user=user, password="guess")
        require_password(user=user, password=PASSWORD)
