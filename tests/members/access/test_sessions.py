"""Sessions that their owner sees and ends, and the log of sign-ins: what it keeps, what not, for how long, for whom."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from members.access.models import SignIn
from members.access.rendering import device_of
from members.access.services import note_sign_in
from members.access.states import SignInKind
from tests.factories.people import PASSWORD
from wapicert.tracing import network_of

pytestmark = pytest.mark.django_db
PAGE, LOG = "/accounts/sessions/", "/people/sign-ins/"
CHROME = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


def sign_in(username, *, password=PASSWORD, program=CHROME, address="203.0.113.77"):
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=program)
    client.post("/accounts/login/", {"login": username, "password": password})
    return client


def lines():
    return list(SignIn.objects.order_by("id").values_list("kind", "user__username"))


def is_inside(client):
    return client.get("/accounts/me/").status_code == 200


def test_sessions_show_device_and_network_but_no_whole_address(cast):
    sign_in("tester", program=FIREFOX, address="2001:db8:7:8::9")
    page = sign_in("tester").get(PAGE).content.decode()
    for text in ("Chrome · Windows", "Firefox · Linux", "203.0.113.0/24", "2001:db8:7::/48", "本次"):
        assert text in page
    for text in ("203.0.113.77", "2001:db8:7:8"):
        assert text not in page
    assert set(UserSession.objects.values_list("ip", flat=True)) == {"203.0.113.0", "2001:db8:7::"}


def test_end_others_ends_all_but_this_one_and_nobody_elses(cast):
    here, there, other = sign_in("tester"), sign_in("tester"), sign_in("verifier")
    assert here.post(f"{PAGE}end-others/").url == PAGE
    assert [is_inside(client) for client in (here, there, other)] == [True, False, True]


def test_end_one_ends_the_own_one_and_never_anothers(cast):
    here, there, other = sign_in("tester"), sign_in("tester"), sign_in("verifier")
    key = UserSession.objects.get(session_key=there.session.session_key).pk
    assert other.post(f"{PAGE}{key}/end/").status_code == 404
    here.post(f"{PAGE}{key}/end/")
    assert [is_inside(client) for client in (here, there, other)] == [True, False, True]
    key = UserSession.objects.get(session_key=here.session.session_key).pk
    assert here.post(f"{PAGE}{key}/end/").url == "/"
    assert not is_inside(here)


def test_change_of_password_ends_the_other_sessions(cast):
    here, there = sign_in("tester"), sign_in("tester")
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "another horse 7",
                                             "password2": "another horse 7"})
    assert [is_inside(client) for client in (here, there)] == [True, False]
    assert ("password_changed", "tester") in lines()
    assert UserSession.objects.filter(user=cast.tester).count() == 1


def test_log_tells_success_failure_and_lock_out_without_what_was_typed(cast, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/5m/key"}
    sign_in("tester")
    for name in ("tester", "tester", "tester", "my secret password"):
        sign_in(name, password="wrong entry")
    assert lines() == [("signed_in", "tester"), ("wrong_password", "tester"), ("wrong_password", "tester"),
                       ("locked", "tester"), ("wrong_password", None)]
    stored = str(list(SignIn.objects.values()))
    assert "secret" not in stored
    assert "entry" not in stored
    assert "203.0.113.77" not in stored


def test_log_is_read_by_administrator_and_auditor_and_searched(client, cast):
    note_sign_in(kind=SignInKind.WRONG_PASSWORD, user=cast.tester)
    note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.verifier)
    for who in (cast.admin, cast.auditor):
        client.force_login(who)
        assert [row.user.username for row in client.get(LOG).context["page"]] == ["verifier", "tester"]
    assert [row.user.username for row in client.get(LOG, {"person": "s-TEST"}).context["page"]] == ["tester"]
    assert [row.user.username for row in client.get(LOG, {"kind": "signed_in"}).context["page"]] == ["verifier"]
    wrong = client.get(LOG, {"kind": "robbed"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["kind"])


def test_own_page_tells_the_own_lines_alone(client, cast):
    note_sign_in(kind=SignInKind.WRONG_PASSWORD, user=cast.verifier)
    note_sign_in(kind=SignInKind.CODES_RENEWED, user=cast.tester)
    client.force_login(cast.tester)
    assert [row.kind for row in client.get(PAGE).context["lines"]] == ["codes_renewed"]


@pytest.mark.parametrize("count", [1, 3])
def test_log_asks_the_database_the_same_for_any_number_of_lines(client, cast, count, django_assert_num_queries):
    for _line in range(count):
        note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.tester)
    client.force_login(cast.auditor)
    with django_assert_num_queries(5):
        assert len(client.get(LOG).context["page"]) == count


@pytest.mark.parametrize(("proxies", "said", "network"), [
    (0, "198.51.100.9", "203.0.113.0/24"), (1, "192.0.2.66, 198.51.100.9", "198.51.100.0/24"),
    (2, "192.0.2.66, 198.51.100.9", "192.0.2.0/24")])
def test_address_is_what_our_own_proxies_saw(cast, settings, proxies, said, network):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = Client(REMOTE_ADDR="203.0.113.77", HTTP_X_FORWARDED_FOR=said)
    client.post("/accounts/login/", {"login": "tester", "password": PASSWORD})
    assert SignIn.objects.get().network == network


@pytest.mark.parametrize(("address", "network"), [
    ("::ffff:203.0.113.77", "203.0.113.0/24"), ("fe80::1%eth0", "fe80::/48"), ("", ""), ("unix:", "")])
def test_network_of_shortens_every_kind_of_address(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(("program", "device"), [
    (CHROME, "Chrome · Windows"), (FIREFOX, "Firefox · Linux"), ("curl/8.5.0", "curl"), ("", ""), ("<b>", "")])
def test_device_of_names_what_it_knows(program, device):
    assert device_of(program) == device
