"""Invitations: who invites whom, links that work once and for a week, roles that wait for a second person."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from members.access.errors import (
    InvitationClosed,
    InvitationForbidden,
    InvitationInvalid,
    NameTaken,
    PasswordRefused,
    RoleMissing,
)
from members.access.models import Invitation
from members.access.services import (
    accept_invitation,
    invitation_link,
    invitation_of,
    invite,
    resend_invitation,
    revoke_invitation,
    send_invitations,
)
from members.history.models import Entry
from members.notices.models import Notice
from members.people.errors import RoleNeedsAnother, RolesDoNotMix
from members.people.models import RoleGrant, User
from members.people.services import confirm_role, declare_conflict, revoke_role
from members.people.states import Role
from tests.factories import people
from tests.factories.api import row_counts
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/people/invitations/"
TYPED = {"email": "new@example.com", "name": "演示新人", "username": "new", "staff_number": "S-new",
         "roles": ["TE", "VE"]}


def invited(actor, **changes):
    return invite(**{**TYPED, "company": None, "actor": actor, **changes})


def token_of(row):
    return invitation_link(row).split("/")[-2]


def test_invited_person_opens_the_account_once_and_roles_wait_for_another(client, cast):
    second = people.person("admin2", Role.AD)
    client.force_login(cast.admin)
    assert client.post(PAGE, TYPED).url == PAGE
    assert (send_invitations(), send_invitations()) == (1, 0)
    [sent] = mail.outbox
    assert sent.to == ["new@example.com"]
    assert "邀请" in sent.subject
    assert "Invitation" in sent.subject
    address = re.search(r"/invitations/[^/\s]+/", sent.body)[0]
    visitor = Client()
    page = visitor.get(address)
    assert "演示新人" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert not User.objects.filter(username="new").exists()
    assert visitor.post(address, {"password": PASSWORD, "again": PASSWORD}).url == "/accounts/login/"
    user = User.objects.get(username="new")
    assert (user.check_password(PASSWORD), user.email, user.role_codes) == (True, "new@example.com", frozenset())
    assert [visitor.get(address).status_code, visitor.post(address).status_code] == [404, 404]
    grants = RoleGrant.objects.filter(user=user).order_by("role")
    assert [(grant.role, grant.granted_by) for grant in grants] == [("TE", cast.admin), ("VE", cast.admin)]
    with pytest.raises(RoleNeedsAnother):
        confirm_role(grant=grants[0], actor=cast.admin)
    confirm_role(grant=grants[0], actor=second)
    assert User.objects.get(pk=user.pk).role_codes == {"TE"}
    acts = Entry.objects.filter(object_type="invitation").order_by("sequence").values_list("act", flat=True)
    assert list(acts) == ["invitation.sent", "invitation.accepted"]
    assert Notice.objects.filter(event="access.roles_to_confirm", recipient=second).count() == 1


def test_intake_invites_people_of_companies_alone(cast):
    with pytest.raises(InvitationForbidden):
        invited(cast.intake)
    row = invited(cast.intake, company=cast.company_a, roles=[], staff_number="")
    user = accept_invitation(token=token_of(row), password=PASSWORD)
    assert (user.company, user.staff_number) == (cast.company_a, "U-00001")
    grant = RoleGrant.objects.get(user=user)
    assert (grant.role, grant.granted_by, grant.confirmed_at) == ("VU", cast.intake, None)
    confirm_role(grant=grant, actor=cast.admin)
    assert User.objects.get(pk=user.pk).role_codes == {"VU"}
    for nobody in (cast.vendor, cast.tester, cast.quality):
        with pytest.raises(InvitationForbidden):
            invited(nobody, company=cast.company_a, roles=[])


def test_intake_with_a_declared_conflict_invites_nobody_of_that_company(cast):
    declare_conflict(user=cast.intake, company=cast.company_a, reason="曾任职", actor=cast.intake)
    intake = User.objects.get(pk=cast.intake.pk)
    with pytest.raises(InvitationForbidden):
        invited(intake, company=cast.company_a, roles=[])
    assert invited(intake, company=cast.company_b, roles=[]).company == cast.company_b


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"roles": []}, RoleMissing), ({"roles": ["AD", "TE"]}, RolesDoNotMix), ({"username": "TESTER"}, NameTaken),
    ({"staff_number": "S-tester"}, NameTaken), ({"username": "open"}, NameTaken), ({"company": "a"}, RolesDoNotMix)])
def test_invite_refuses_and_saves_nothing(cast, changes, refusal):
    invited(cast.admin, username="open", staff_number="S-open")
    if "company" in changes:
        changes = {"company": cast.company_a}
    before = row_counts()
    with pytest.raises(refusal):
        invited(cast.admin, **changes)
    assert row_counts() == before


@pytest.mark.parametrize(("changes", "field"), [
    ({"email": "nowhere"}, "email"), ({"email": ""}, "email"), ({"name": ""}, "name"), ({"name": "长" * 81}, "name"),
    ({"username": "two words"}, "username"), ({"username": "tester"}, "username"), ({"roles": ["VU"]}, "roles"),
    ({"roles": ["XX"]}, "roles"), ({"roles": []}, "roles"), ({"company": "C-none"}, "company")])
def test_bad_input_is_refused_beside_its_field(client, cast, changes, field):
    client.force_login(cast.admin)
    before = row_counts()
    answer = client.post(PAGE, TYPED | changes)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert row_counts() == before


def test_answer_is_the_same_for_an_address_that_is_known(client, cast):
    User.objects.filter(pk=cast.tester.pk).update(email="known@example.com")
    client.force_login(cast.intake)
    answers = []
    for name in ("known", "unknown"):
        answer = client.post(PAGE, {"email": f"{name}@example.com", "name": "演示", "username": name,
                                    "company": cast.company_a.number}, follow=True)
        answers.append([str(message) for message in answer.context["messages"]])
    assert answers[0] == answers[1]
    assert Invitation.objects.count() == 2


def test_link_ends_after_a_week_and_a_new_one_ends_the_older(cast):
    row = invited(cast.admin)
    old = token_of(row)
    with time_machine.travel(timezone.now() + timezone.timedelta(days=7, minutes=1)), pytest.raises(InvitationInvalid):
        accept_invitation(token=old, password=PASSWORD)
    row = resend_invitation(invitation=row, actor=cast.admin)
    with pytest.raises(InvitationInvalid):
        accept_invitation(token=old, password=PASSWORD)
    assert accept_invitation(token=token_of(row), password=PASSWORD).username == "new"
    for act in (resend_invitation, revoke_invitation):
        with pytest.raises(InvitationClosed):
            act(invitation=row, actor=cast.admin)


@pytest.mark.parametrize("spoil", ["revoke", "forge", "demote"])
def test_link_that_does_not_count_is_not_there(client, cast, spoil):
    row = invited(cast.admin)
    token = token_of(row)
    if spoil == "revoke":
        revoke_invitation(invitation=row, actor=cast.admin)
    elif spoil == "demote":
        for name in ("admin2", "admin3"):
            people.person(name, Role.AD)
        revoke_role(grant=cast.admin.role_grants.get(), actor=User.objects.get(username="admin2"))
    answer = client.get(f"/invitations/{token[:-1] if spoil == 'forge' else token}/")
    assert answer.status_code == 404
    assert "邀请链接无效" in answer.content.decode()


@pytest.mark.parametrize(("password", "again", "field"), [
    ("short", "short", "password"), ("password123", "password123", "password"), (PASSWORD, "other", "again"),
    ("", "", "password"), ("1234567890123", "1234567890123", "password")])
def test_bad_password_is_refused_and_the_link_stays(client, cast, password, again, field):
    row = invited(cast.admin)
    address = f"/invitations/{token_of(row)}/"
    if password == "1234567890123":
        Invitation.objects.filter(pk=row.pk).update(username=password)
    answer = client.post(address, {"password": password, "again": again})
    assert answer.status_code in (403, 422)
    assert field in answer.context["form"].errors
    assert invitation_of(token_of(row)).user is None


def test_name_that_was_taken_meanwhile_is_refused(cast):
    row = invited(cast.admin)
    people.person("new")
    with pytest.raises(NameTaken):
        accept_invitation(token=token_of(row), password=PASSWORD)
    with pytest.raises(PasswordRefused):
        accept_invitation(token=token_of(row), password="newnew")


def test_mail_that_fails_is_tried_again_and_then_shown(client, cast, settings, monkeypatch):
    settings.MAIL_TRIES = 2
    invited(cast.admin)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda self: 1 / 0)
    assert [send_invitations() for _time in range(3)] == [0, 0, 0]
    client.force_login(cast.admin)
    assert "未能发出" in client.get(PAGE).content.decode()
    monkeypatch.undo()
    resend_invitation(invitation=Invitation.objects.get(), actor=cast.admin)
    assert send_invitations() == 1
