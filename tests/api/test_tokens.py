"""What each kind of token opens: every endpoint and method, by a walk through the addresses, with real data below."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from rest_framework.test import APIClient

from members.people.models import ApiToken
from members.people.services import issue_token, revoke_token
from products.results.services import register_rig
from products.urls import api_patterns
from tests.api.test_access import CASES
from tests.api.worlds import WORLDS
from tests.factories import equipment, orders, results

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
METHODS = ["get", "head", "options", "post", "put", "patch", "delete"]
# What a rig's token opens; everything else answers that it is out of its scope.
FOR_RIGS = {("api-order-plan", "get"), ("api-attempts", "post")}
ARGUMENTS = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "slug": "x-1", "str": "x"}


def client_with(secret: str) -> APIClient:
    """A program."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client


def addresses(patterns: list[Any], before: str = "/api/v1/") -> Any:
    """The name and an address of every endpoint, with made-up arguments."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            for kind, value in ARGUMENTS.items():
                for name, converter in pattern.pattern.converters.items():
                    if type(converter).__name__.lower().startswith("string" if kind == "str" else kind):
                        route = route.replace(f"<{kind}:{name}>", value)
            yield str(pattern.name), route


def is_out_of_scope(answer: Any) -> bool:
    """Refused for the token's purpose, before anything was looked up."""
    return answer.status_code == 403 and answer.data["code"] == "token_out_of_scope"


def rig(cast: SimpleNamespace, number: str, only: list[Any]) -> APIClient:
    """A rig's program, limited to these orders; to none: not limited."""
    tool = equipment.tool(cast.quality)
    return client_with(register_rig(number=number, name_zh="演示测试台", responsible=cast.tester, tools=[tool], days=30,
                                    actor=cast.tester, orders=only)[1])


def test_every_address_of_the_walk_is_whole():
    found = list(addresses(api_patterns))
    assert len(found) > 80
    assert [route for _name, route in found if "<" in route] == []
    assert {name for name, _method in FOR_RIGS} <= {name for name, _route in found}


@pytest.mark.parametrize("kind", ["revoked", "expired", "of a closed account", "unknown"])
def test_token_that_counts_no_more_opens_no_endpoint(cast, kind):
    person = cast.tester
    token, secret = issue_token(user=person, label="演示")
    if kind == "revoked":
        revoke_token(token=token, actor=person)
    elif kind == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif kind == "of a closed account":
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    client = client_with(f"{secret}x" if kind == "unknown" else secret)
    found = {(name, method): getattr(client, method)(route).status_code
             for name, route in addresses(api_patterns) for method in METHODS}
    assert {key: status for key, status in found.items() if status != 401} == {}


@pytest.mark.parametrize("is_limited", [False, True])
def test_token_of_a_rig_opens_what_rigs_need_and_nothing_else(cast, is_limited):
    client = rig(cast, "RIG-1", [orders.in_testing(cast)] if is_limited else [])
    answers = {(name, method): getattr(client, method)(route)
               for name, route in addresses(api_patterns) for method in METHODS}
    assert {key for key, answer in answers.items() if not is_out_of_scope(answer)} == FOR_RIGS


@pytest.mark.parametrize("reads", ["plan", "results before", "nobody's"])
def test_rig_limited_to_one_order_reads_and_records_nothing_of_another(cast, reads):
    equipment.tool(cast.quality)
    own, other = orders.in_testing(cast), orders.in_testing(cast)
    if reads == "results before":
        results.verified(other, cast, ["IOP-01"])
    number = "D-2026-9999" if reads == "nobody's" else other.number
    limited, free = rig(cast, "RIG-1", [own]), rig(cast, "RIG-2", [])
    batch = [row | {"performed_at": row["performed_at"].isoformat()} for row in results.rows(other, ["IOP-07"])]
    before = other.plan.filter(attempts__isnull=False).count()
    answers = [limited.get(f"/api/v1/orders/{number}/plan/"),
               limited.post(f"/api/v1/orders/{number}/attempts/", batch, format="json")]
    # The same answer, whether there is such an order or not, and nothing of what stands in it.
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "rig_elsewhere")] * 2
    assert not any("IOP" in answer.content.decode() for answer in answers)
    assert other.plan.filter(attempts__isnull=False).count() == before
    assert limited.get(f"/api/v1/orders/{own.number}/plan/").status_code == 200
    assert free.get(f"/api/v1/orders/{other.number}/plan/").status_code == 200


@pytest.mark.parametrize("world", sorted({case.world for case in CASES if case.method == "get"}))
def test_token_of_a_person_reads_what_the_person_reads_and_a_limited_rig_less(cast, world):
    built = WORLDS[world](cast)
    people = ["vendor", "stranger", "tester", "auditor"]
    clients = {who: client_with(issue_token(user=getattr(cast, who), label="演示")[1]) for who in people}
    limited = rig(cast, "RIG-1", [orders.in_testing(cast)])
    wrong = {}
    for case in CASES:
        if case.method != "get" or case.world != world:
            continue
        path = f"/api/v1/{case.path(built)}"
        found = {who: client.get(path) for who, client in clients.items()} | {"rig": limited.get(path)}
        for who, answer in found.items():
            b"".join(answer.streaming_content) if answer.streaming else None
            if answer.status_code != (403 if who == "rig" else case.expected[who]):
                wrong[case.name, who] = answer.status_code
    assert wrong == {}
