"""The page of the own account: tokens are issued, shown once and revoked."""

from __future__ import annotations

import pytest

from members.history.models import Entry
from members.people.models import ApiToken
from members.people.services import find_token, issue_token, revoke_token
from members.people.states import TokenScope
from tests.factories.people import PASSWORD
from wapicert.errors import Forbidden

PAGE = "/accounts/me/"
TYPED = {"label": "测试台", "days": "90", "password": PASSWORD}


@pytest.fixture
def vendor_client(client, cast):
    client.force_login(cast.vendor)
    return client


def test_show_account_to_the_public_asks_to_sign_in(client, db):
    assert client.get(PAGE).url == f"/accounts/login/?next={PAGE}"


def test_issue_token_with_password_shows_the_secret_once(vendor_client, cast):
    response = vendor_client.post(PAGE, TYPED)
    secret = response.context["secret"]
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert find_token(secret=secret).user == cast.vendor
    assert secret not in vendor_client.get(PAGE).content.decode()
    assert list(Entry.objects.filter(act="token.issued").values_list("actor_id", flat=True)) == [cast.vendor.pk]


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"password": "wrong"}, (403, "password", "password_wrong")),
    ({"label": ""}, (422, "label", "required")),
    ({"label": "x" * 81}, (422, "label", "max_length")),
    ({"days": "9999"}, (422, "days", "invalid_choice")),
    ({"label": "旧令牌"}, (422, "label", "token_label_taken")),
])
def test_issue_token_with_bad_input_is_refused_beside_the_field(vendor_client, cast, changes, refusal):
    status, field, code = refusal
    issue_token(user=cast.vendor, label="旧令牌")
    response = vendor_client.post(PAGE, TYPED | changes)
    assert response.status_code == status
    assert [error.code for error in response.context["form"].errors[field].as_data()] == [code]
    assert ApiToken.objects.count() == 1


def test_issue_token_refused_keeps_label_and_drops_password(vendor_client):
    page = vendor_client.post(PAGE, TYPED | {"password": "wrong-entry"}).content.decode()
    assert 'value="测试台"' in page
    assert "wrong-entry" not in page


def test_revoke_own_token_ends_it_and_is_kept_in_the_history(vendor_client, cast):
    token, secret = issue_token(user=cast.vendor, label="测试台")
    response = vendor_client.post(f"{PAGE}tokens/{token.prefix}/revoke/")
    assert (response.status_code, response.url) == (302, PAGE)
    assert find_token(secret=secret) is None
    assert Entry.objects.filter(act="token.revoked", object_id=token.prefix).count() == 1


def test_revoke_token_twice_is_refused(vendor_client, cast):
    token, _secret = issue_token(user=cast.vendor, label="测试台")
    vendor_client.post(f"{PAGE}tokens/{token.prefix}/revoke/")
    response = vendor_client.post(f"{PAGE}tokens/{token.prefix}/revoke/")
    assert (response.status_code, response.context["error"].code) == (409, "token_revoked")


def test_revoke_token_of_another_is_not_found(vendor_client, cast):
    token, secret = issue_token(user=cast.stranger, label="他人的令牌")
    assert vendor_client.post(f"{PAGE}tokens/{token.prefix}/revoke/").status_code == 404
    assert find_token(secret=secret).pk == token.pk


@pytest.mark.parametrize("count", [1, 3])
def test_show_account_asks_the_database_the_same_for_any_number_of_tokens(
    vendor_client, cast, count, django_assert_num_queries
):
    for number in range(count):
        issue_token(user=cast.vendor, label=f"测试台 {number}")
    with django_assert_num_queries(7):
        page = vendor_client.get(PAGE).content.decode()
    assert page.count("测试台 ") >= count


def test_revoke_token_by_the_administrator_ends_it(cast):
    token, secret = issue_token(user=cast.vendor, label="测试台")
    revoke_token(token=token, actor=cast.admin)
    assert find_token(secret=secret) is None


def test_revoke_token_by_somebody_else_is_refused(cast):
    token, secret = issue_token(user=cast.vendor, label="测试台")
    with pytest.raises(Forbidden):
        revoke_token(token=token, actor=cast.quality)
    assert find_token(secret=secret).pk == token.pk


def test_token_of_a_scope_is_revoked_by_the_quality_manager_and_by_no_tester(cast):
    token, secret = issue_token(user=cast.tester, label="测试台", scope=TokenScope.RIG)
    with pytest.raises(Forbidden):
        revoke_token(token=token, actor=cast.verifier)
    assert find_token(secret=secret).pk == token.pk
    revoke_token(token=token, actor=cast.quality)
    assert find_token(secret=secret) is None


def test_show_account_lists_no_token_of_another(vendor_client, cast):
    issue_token(user=cast.stranger, label="他人的令牌")
    assert "他人的令牌" not in vendor_client.get(PAGE).content.decode()
