"""A rig's token records and does nothing else, with its own tools and orders, and is gone once it is revoked."""

import re

import pytest
from rest_framework.test import APIClient

from members.history.selectors import entries_of
from members.people.models import ApiToken
from products.results.models import Attempt, Rig
from products.results.services import register_rig
from tests.factories import equipment, orders, results
from tests.factories.people import PASSWORD
from tests.stage import staged

pytestmark = pytest.mark.django_db


@staged
def order(cast, catalogue):
    equipment.tool(cast.quality)
    return orders.in_testing(cast)


def registered(client, cast, who, **changes):
    client.force_login(who)
    sent = {"number": "RIG-1", "name_zh": "演示测试台", "responsible": cast.tester.pk, "days": "30",
            "tools": [equipment.tool(cast.quality).pk], "password": PASSWORD} | changes
    return client.post("/lab/rigs/", sent)


def secret_of(answer):
    return re.search(r'<code id="secret">([^<]+)</code>', answer.content.decode())[1]


def rig_client(secret):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client


def batch(order, codes, **changes):
    return [row | {"performed_at": row["performed_at"].isoformat()} | changes for row in results.rows(order, codes)]


def send(api, order, rows, key="k-1"):
    return api.post(f"/api/v1/orders/{order.number}/attempts/", rows, format="json", headers={"Idempotency-Key": key})


def test_rig_records_in_the_name_of_its_person_once_and_nothing_else_opens(client, cast, order):
    answer = registered(client, cast, cast.tester)
    api = rig_client(secret_of(answer))
    rows = batch(order, ["IOP-01", "FUN-02"])
    saved = send(api, order, rows)
    again = send(api, order, rows)
    assert (saved.status_code, again.status_code, again.headers["Idempotent-Replay"]) == (201, 201, "true")
    assert [(row["recorded_by"], row["rig"]) for row in saved.json()] == [(cast.tester.staff_number, "RIG-1")] * 2
    assert Attempt.objects.filter(rig__number="RIG-1").count() == 2
    assert entries_of(order.chain).filter(act="results.recorded").last().after["rig"] == "RIG-1"
    assert api.get(f"/api/v1/orders/{order.number}/plan/").status_code == 200
    for path in (f"orders/{order.number}/", f"orders/{order.number}/attempts/", "orders/", "devices/"):
        assert (api.get(f"/api/v1/{path}").status_code, api.get(f"/api/v1/{path}").json()["code"]) == (
            403, "token_out_of_scope")
    verify = api.post(f"/api/v1/orders/{order.number}/attempts/verify/", {"attempts": []}, format="json")
    assert verify.status_code == 403
    page = client.get(f"/lab/orders/{order.number}/attempts/{saved.json()[0]['id']}/").content.decode()
    assert "RIG-1" in page


def test_rig_with_another_tool_or_on_another_order_saves_nothing(client, cast, order):
    other = orders.in_testing(cast)
    equipment.tool(cast.quality, "YS-002")
    api = rig_client(secret_of(registered(client, cast, cast.tester, orders=[order.pk])))
    rows = batch(order, ["IOP-01"]) + batch(order, ["FUN-02"], tool="YS-002")
    refused = send(api, order, rows)
    assert (refused.status_code, [(row["row"], row["code"]) for row in refused.json()["errors"]]) == (
        422, [(1, "tool_not_of_rig")])
    elsewhere = send(api, other, batch(other, ["IOP-01"]), key="k-2")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "rig_elsewhere")
    assert not Attempt.objects.exists()


def test_token_is_kept_as_a_digest_renewed_and_revoked_by_its_person_or_quality(client, cast, order):
    first = secret_of(registered(client, cast, cast.quality))
    assert first.partition(".")[2] not in str(list(ApiToken.objects.values()))
    assert first not in client.get("/lab/rigs/").content.decode()
    for who in (cast.verifier, cast.auditor):
        client.force_login(who)
        assert client.post("/lab/rigs/RIG-1/revoke/").status_code == 403
    client.force_login(cast.tester)
    assert "RIG-1" in client.get("/notices/").content.decode()
    renewed = client.post("/lab/rigs/RIG-1/renew/", {"days": "90", "password": PASSWORD})
    second = secret_of(renewed)
    plan = f"/api/v1/orders/{order.number}/plan/"
    assert [rig_client(secret).get(plan).status_code for secret in (first, second)] == [401, 200]
    assert Rig.objects.get().token.last_used_at is not None
    assert client.post("/lab/rigs/RIG-1/revoke/").status_code == 302
    assert client.post("/lab/rigs/RIG-1/revoke/").status_code == 409
    assert rig_client(second).get(plan).status_code == 401
    assert [entry.act for entry in entries_of("rigs")] == ["rig.registered", "rig.renewed", "rig.revoked"]


@pytest.mark.parametrize(("who", "changes", "status"), [
    ("verifier", {}, 422), ("tester", {"password": "falsch"}, 403), ("tester", {"tools": []}, 422),
    ("tester", {"days": "9999"}, 422), ("quality", {"number": " "}, 422),
])
def test_registration_without_right_or_with_bad_input_makes_no_token(client, cast, order, who, changes, status):
    answer = registered(client, cast, getattr(cast, who), **changes)
    assert (answer.status_code, Rig.objects.count(), ApiToken.objects.count()) == (status, 0, 0)


def test_second_rig_of_one_number_is_refused_and_lists_ask_as_often_for_one_as_for_three(
    client, cast, order, django_assert_num_queries
):
    registered(client, cast, cast.tester)
    assert registered(client, cast, cast.tester).status_code == 422
    client.get("/lab/rigs/")
    for number in ("RIG-2", "RIG-3"):
        with django_assert_num_queries(10):
            assert client.get("/lab/rigs/").status_code == 200
        register_rig(number=number, name_zh="演示", responsible=cast.tester, tools=[equipment.tool(cast.quality)],
                     days=1, actor=cast.tester)
    with django_assert_num_queries(10):
        assert client.get("/lab/rigs/").status_code == 200
