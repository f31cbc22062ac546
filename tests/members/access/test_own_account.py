"""The own account: an open session alone changes nothing of it, every change is told and written down."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as steps
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from members.access.models import SignIn
from members.access.services import note_account_change
from members.history.models import Entry
from members.notices.models import Notice
from members.notices.services import send_mails
from members.people.models import ApiToken
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
ADDRESS, CHANGE, RESET = "/accounts/address/", "/accounts/password/change/", "/accounts/password/reset/"
NEW = "a whole new secret 7"
# What stands below /accounts/: the pages of the sign-in library that are meant, and ours. Nothing else is there.
MEANT = [
    "account", "account_change_password", "account_inactive", "account_login", "account_logout",
    "account_reauthenticate", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_activate_totp",
    "mfa_add_webauthn", "mfa_authenticate", "mfa_deactivate_totp", "mfa_download_recovery_codes", "mfa_edit_webauthn",
    "mfa_generate_recovery_codes", "mfa_index", "mfa_list_webauthn", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes", "own-address", "revoke-token",
    "session-end", "sessions", "sessions-end-others",
]


@pytest.fixture
def owner(cast):
    cast.vendor.email = "old@example.org"
    cast.vendor.save()
    return cast.vendor


@pytest.fixture
def inside(owner):
    return sign_in(owner)


def sign_in(user, password=PASSWORD):
    client = Client()
    client.post("/accounts/login/", {"login": user.username, "password": password})
    return client


def is_inside(client):
    return client.get("/accounts/me/").status_code == 200


def patterns(rows, before=""):
    for row in rows:
        route = before + str(row.pattern).removeprefix("^")
        if isinstance(row, URLResolver):
            yield from patterns(row.url_patterns, route)
        elif isinstance(row, URLPattern):
            yield route, row.name


def told(user):
    """What the person was told of, and where the mails went."""
    send_mails()
    return {event: [message.to for message in mail.outbox] for event in
            Notice.objects.filter(recipient=user).values_list("event", flat=True)}


def test_pages_of_accounts_are_those_that_are_meant():
    found = [name for route, name in patterns(get_resolver().url_patterns) if route.startswith("accounts/")]
    assert sorted(found) == sorted(MEANT)


@pytest.mark.parametrize("path", ["email/", "signup/", "confirm-email/", "confirm-email/MQ:1/", "password/set/",
                                  "login/code/", "login/code/confirm/", "social/connections/", "phone/change/"])
def test_other_pages_of_the_library_are_not_there(inside, owner, path):
    typed = {"action_add": "", "action_primary": "", "email": "attacker@example.net"}
    answers = [inside.get(f"/accounts/{path}"), inside.post(f"/accounts/{path}", typed)]
    assert [answer.status_code for answer in answers] == [404, 404]
    owner.refresh_from_db()
    assert owner.email == "old@example.org"
    assert not EmailAddress.objects.filter(email="attacker@example.net").exists()


@pytest.mark.parametrize("typed", [{}, {"password": ""}, {"password": "wrong"}, {"password": f"{PASSWORD} "}])
def test_address_stays_without_the_password(inside, owner, typed):
    assert inside.post(ADDRESS, {"address": "attacker@example.net", **typed}).status_code in (403, 422)
    owner.refresh_from_db()
    assert (owner.email, Entry.objects.filter(act="address.changed").exists()) == ("old@example.org", False)


def test_address_changes_with_the_password_and_the_old_one_is_told_in_both_languages(inside, owner, mailoutbox):
    there, key = sign_in(owner), inside.session.session_key
    assert inside.post(ADDRESS, {"address": "new@example.org", "password": PASSWORD}).url == "/accounts/me/"
    owner.refresh_from_db()
    assert owner.email == "new@example.org"
    assert told(owner) == {"access.address.changed": [["old@example.org"]]}
    assert ("电子邮箱刚刚更改" in mailoutbox[0].body, "was changed" in mailoutbox[0].body) == (True, True)
    entry = Entry.objects.get(act="address.changed")
    assert (entry.object_id, "example.org" in str(entry.__dict__)) == (owner.staff_number, False)
    assert SignIn.objects.filter(user=owner, kind="address_changed").count() == 1
    # Other sessions have ended, and this one goes on under another key.
    assert [is_inside(inside), is_inside(there), inside.session.session_key == key] == [True, False, False]
    # The link for a new password goes to the new address alone.
    mailoutbox.clear()
    for typed in ("old@example.org", "new@example.org"):
        Client().post(RESET, {"email": typed})
    assert [message.to for message in mailoutbox] == [["new@example.org"]]


def test_address_that_is_the_same_is_refused(inside, owner):
    answer = inside.post(ADDRESS, {"address": "OLD@example.org", "password": PASSWORD})
    assert (answer.status_code, "这就是现在的电子邮箱" in answer.content.decode()) == (422, True)


def test_whoever_has_a_second_factor_gives_it_for_address_token_and_password(inside, owner):
    secret = generate_totp_secret()
    TOTP.activate(owner, secret)
    note_account_change(user=owner, change="totp_activated")
    for page, typed in ((ADDRESS, {"address": "new@example.org"}), ("/accounts/me/", {"label": "rig", "days": "30"})):
        assert inside.post(page, {**typed, "password": PASSWORD}).status_code == 403
    changed = inside.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert changed.url == f"/accounts/2fa/reauthenticate/?next={CHANGE.replace('/', '%2F')}"
    assert not any(NEW in str(value) for value in inside.session.values())
    owner.refresh_from_db()
    assert (owner.email, owner.check_password(PASSWORD), ApiToken.objects.count()) == ("old@example.org", True, 0)
    code = format_hotp_value(hotp_value(secret, list(steps())[1]))
    given = {"address": "new@example.org", "password": PASSWORD, "second_factor": code}
    assert inside.post(ADDRESS, given).status_code == 302


def test_password_that_was_changed_is_told_and_written_down(inside, owner, mailoutbox):
    inside.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    owner.refresh_from_db()
    assert owner.check_password(NEW)
    assert told(owner) == {"access.password.changed": [["old@example.org"]]}
    assert Entry.objects.get(act="password.changed").object_id == owner.staff_number
    assert ("密码刚刚修改" in mailoutbox[0].body, "password" in mailoutbox[0].body) == (True, True)


@pytest.mark.parametrize(("page", "field", "more"), [
    (CHANGE, "oldpassword", {"password1": NEW, "password2": NEW}),
    ("/accounts/reauthenticate/", "password", {}), (ADDRESS, "password", {"address": "new@example.org"}),
    ("/accounts/me/", "password", {"label": "rig", "days": "30"})])
def test_wrong_passwords_are_counted_together_wherever_they_are_typed(inside, owner, page, field, more, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    for _time in range(settings.PASSWORD_TRIES):
        inside.post(page, {field: "wrong", **more})
    # Locked now: the right one is not heard, on this page and on every other.
    for other, name, typed in ((page, field, more), (CHANGE, "oldpassword", {"password1": NEW, "password2": NEW})):
        answer = inside.post(other, {name: PASSWORD, **typed})
        assert "多次" in answer.content.decode()
    owner.refresh_from_db()
    assert (owner.email, owner.check_password(PASSWORD), ApiToken.objects.count()) == ("old@example.org", True, 0)


def test_wrong_password_at_the_change_stands_in_the_log_of_sign_ins(inside, owner):
    inside.post(CHANGE, {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert SignIn.objects.filter(user=owner, kind="wrong_password").count() == 1


def test_token_is_told_when_it_is_made_and_when_it_ends(inside, owner):
    inside.post("/accounts/me/", {"label": "rig", "days": "30", "password": PASSWORD})
    token = ApiToken.objects.get()
    inside.post(f"/accounts/me/tokens/{token.prefix}/revoke/")
    assert list(told(owner)) == ["access.token.revoked", "access.token.issued"]


@pytest.mark.parametrize("host", ["127.0.0.1:6666", "localhost:1", "localhost"])
def test_link_for_a_new_password_bears_the_address_of_the_site(owner, settings, mailoutbox, host):
    settings.PUBLIC_URL = "https://wapi.example"
    Client().post(RESET, {"email": "OLD@example.org"}, headers={"Host": host})
    link = re.search(r"https?://\S+", mailoutbox[0].body).group()
    assert (link.startswith("https://wapi.example/accounts/password/reset/key/"), mailoutbox[0].to) == (
        True, ["old@example.org"])
    assert (host in mailoutbox[0].body + mailoutbox[0].subject, "重设密码" in mailoutbox[0].body) == (False, True)
    # It opens, once, and the person is told.
    browser = Client()
    page = browser.get(link.removeprefix("https://wapi.example"), follow=True)
    browser.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    owner.refresh_from_db()
    assert owner.check_password(NEW)
    assert Entry.objects.get(act="password.reset").object_id == owner.staff_number
    assert "access.password.reset" in told(owner)


def test_address_that_nobody_has_gets_no_mail_and_the_same_answer(owner, mailoutbox):
    answers = [Client().post(RESET, {"email": typed}) for typed in ("old@example.org", "nobody@example.org")]
    assert [(row.status_code, row.url) for row in answers] == [(302, f"{RESET}done/")] * 2
    assert [message.to for message in mailoutbox] == [["old@example.org"]]


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:2", "localhost"])
def test_wrong_sign_ins_are_counted_whatever_host_is_named(owner, settings, host):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/5m/key"}
    for _time in range(2):
        Client().post("/accounts/login/", {"login": owner.username, "password": "wrong"})
    late = Client()
    late.post("/accounts/login/", {"login": owner.username, "password": PASSWORD}, headers={"Host": host})
    assert "_auth_user_id" not in late.session
