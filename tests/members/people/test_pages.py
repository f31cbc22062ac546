"""Signing in by token, and where people land."""

import pytest

from members.people.models import User
from members.people.services import issue_token
from members.people.states import Role
from tests.factories.people import PASSWORD, person


@pytest.mark.parametrize(("role", "address"), [
    (Role.VU, "/my/"), (Role.AD, "/admin/"), *((role, "/lab/") for role in sorted(set(Role) - {Role.VU, Role.AD}))])
def test_home_sends_everybody_to_their_part_of_the_site(client, db, role, address):
    client.force_login(person("one", role))
    assert client.get("/home/").url == address


@pytest.mark.parametrize("role", sorted(Role))
def test_navigation_leads_into_the_laboratory_whom_it_lets_in(client, db, role):
    client.force_login(person("one", role))
    shows = 'href="/lab/"' in client.get("/accounts/me/").content.decode()
    assert shows is (client.get("/lab/").status_code == 200) is (role not in (Role.VU, Role.AD))


def test_home_asks_the_public_to_sign_in(client, db):
    assert client.get("/home/").url == "/accounts/login/?next=/home/"


@pytest.mark.parametrize("is_active", [True, False])
def test_sign_in_lets_in_whoever_is_active(client, db, is_active):
    person("one", Role.TE)
    User.objects.update(is_active=is_active)
    client.post("/accounts/login/", {"login": "one", "password": PASSWORD})
    assert ("_auth_user_id" in client.session) is is_active


def test_nobody_signs_up_by_himself(client, db):
    assert client.post("/accounts/signup/", {"username": "new", "password1": PASSWORD}).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize("role", sorted(Role))
def test_admin_site_opens_to_the_administrator_alone(client, db, role):
    client.force_login(person("one", role))
    assert client.get("/admin/").status_code == (200 if role == Role.AD else 302)


@pytest.mark.parametrize(("header", "status"), [("Token {secret}", 200), ("Token {secret}x", 401), ("Token x", 401),
                                                ("", 401), ("Bearer {secret}", 401), ("Token", 401)])
def test_token_in_the_header_signs_a_program_in(client, db, header, status):
    _token, secret = issue_token(user=person("one", Role.TE), label="测试台")
    response = client.get("/api/v1/devices/", headers={"Authorization": header.format(secret=secret)} if header else {})
    assert response.status_code == status
    if status == 401:
        assert response["WWW-Authenticate"] == "Token"
        assert response["Content-Type"] == "application/problem+json"
