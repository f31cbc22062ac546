"""Limits on how often a caller may ask: whom they count, what a refusal says, and that they let nobody else down."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import get_resolver
from limits.errors import StorageError

from members.people.services import issue_token
from tests.factories.people import PASSWORD
from wapicert import limits

pytestmark = pytest.mark.django_db
CODE, API = "/v/7K2MQ9XWB4TF8/", "/api/v1/verify/7K2MQ9XWB4TF8/"


@pytest.fixture(autouse=True)
def few(settings):
    """Two for an address, three for an account, and nothing counted yet."""
    settings.RATE_LIMITS = dict.fromkeys(["verify", "upload", "search", "evidence", "subscribe"],
                                         ("2/minute", "3/minute"))
    counter = limits.limiter()
    counter.storage.reset()
    yield
    counter.storage.reset()


def statuses(client, times, address=API, **options):
    return [client.get(address, **options).status_code for _time in range(times)]


def names(patterns):
    for pattern in patterns:
        yield from names(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern.name]


def test_every_limited_address_is_one():
    assert limits.LIMITED.keys() - set(names(get_resolver().url_patterns)) == set()


def test_program_that_asks_too_often_gets_a_problem_and_when_to_try_again(client):
    assert statuses(client, 2) == [200, 200]
    answer = client.get(API)
    assert (answer.status_code, answer.json()["code"], answer["Content-Type"]) == (
        429, "throttled", "application/problem+json")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert answer["Retry-After"] in answer.json()["remedy"]


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "请求过于频繁"), ("en", "Too many requests")])
def test_person_who_asks_too_often_gets_a_page_in_their_language(client, language, words):
    client.cookies["django_language"] = language
    statuses(client, 2, CODE)
    page = client.get(CODE)
    assert (page.status_code, page["Retry-After"] in page.content.decode()) == (429, True)
    assert words in page.content.decode()


def test_strangers_count_by_address_as_our_proxies_saw_it(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    said = [f"192.0.2.{number}, 203.0.113.1" for number in range(3)]
    assert [client.get(API, headers={"X-Forwarded-For": each}).status_code for each in said] == [200, 200, 429]
    assert client.get(API, headers={"X-Forwarded-For": "192.0.2.9, 203.0.113.2"}).status_code == 200


def test_people_count_by_account_and_not_by_the_house_they_sit_in(cast):
    for person in (cast.tester, cast.verifier):
        client = Client()
        client.force_login(person)
        assert statuses(client, 4) == [200, 200, 200, 429]
    assert statuses(Client(), 3) == [200, 200, 429]


def test_tokens_count_by_token_and_changing_it_does_not_help(cast, client):
    _token, secret = issue_token(user=cast.tester, label="测试台")
    assert statuses(client, 4, headers={"Authorization": f"Token {secret}"}) == [200, 200, 200, 429]
    others = [client.get(API, headers={"Authorization": f"Token guess{number}.x"}).status_code for number in range(2)]
    assert others == [429, 429]


@pytest.mark.parametrize(("address", "kind"), [
    ("/subscriptions/", "subscribe"), ("/verify/file/", "upload"), ("/api/v1/verify/", "upload")])
def test_what_sends_something_is_counted_and_looking_is_not(client, address, kind):
    assert 429 not in statuses(client, 4, address)
    assert [client.post(address).status_code == 429 for _time in range(3)] == [False, False, True]


def test_kinds_are_counted_apart_and_an_empty_figure_sets_no_limit(client, settings):
    settings.RATE_LIMITS = {"verify": ("1/minute", ""), "search": ("", "")}
    assert statuses(client, 2) == [200, 429]
    assert statuses(client, 4, "/api/v1/products/") == [200] * 4


def test_kept_answers_are_not_counted(client):
    assert statuses(client, 6, "/") == [200] * 6


def test_sign_in_too_often_gets_the_same_page(client, cast, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    typed = {"login": "tester", "password": "wrong"}
    answers = [client.post("/accounts/login/", typed) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert (answers[1]["Retry-After"], "请求过于频繁" in answers[1].content.decode()) == ("60", True)
    assert PASSWORD not in answers[1].content.decode()


def test_register_stays_readable_while_the_counter_is_down(client, monkeypatch):
    def fail(*args):
        raise StorageError(ConnectionError())

    monkeypatch.setattr(limits, "limiter", lambda: SimpleNamespace(hit=fail))
    assert statuses(client, 4) == [200] * 4
