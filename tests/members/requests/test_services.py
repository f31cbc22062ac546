"""A repeated request gets the first answer; a refusal is not kept."""

import pytest

from members.requests.errors import KeyReused
from members.requests.models import Answer
from members.requests.services import answer_once
from tests.factories.people import person
from wapicert.errors import Conflict

REQUEST = {"method": "POST", "path": "/api/v1/orders/", "body": {"b": 1, "a": [1, 2]}}


@pytest.fixture
def ask(db):
    """Asks with a counting act; returns the answer. `ask.count` is how often it ran."""
    people = {}

    def ask(username="one", key="k", request=REQUEST, refuse=False):
        def act():
            ask.count += 1
            if refuse:
                raise Conflict
            return 201, {"number": ask.count}

        user = people.get(username) or people.setdefault(username, person(username))
        return answer_once(user=user, key=key, request=request, act=act)

    ask.count = 0
    return ask


def test_answer_once_repeats_the_first_answer(ask):
    assert ask() == (201, {"number": 1}, False)
    assert ask(request={"path": REQUEST["path"], "body": {"a": [1, 2], "b": 1}, "method": "POST"}) == (
        201, {"number": 1}, True)
    assert ask.count == 1


@pytest.mark.parametrize("change", [{"key": "other"}, {"username": "other"}])
def test_answer_once_acts_again_for_another_key_or_person(ask, change):
    ask()
    assert ask(**change) == (201, {"number": 2}, False)


@pytest.mark.parametrize("part", ["method", "path", "body"])
def test_answer_once_refuses_the_key_for_another_request(ask, part):
    ask()
    with pytest.raises(KeyReused) as refusal:
        ask(request=REQUEST | {part: "other"})
    assert (refusal.value.status, refusal.value.field, ask.count) == (422, "Idempotency-Key", 1)


def test_answer_once_keeps_no_refusal(ask):
    with pytest.raises(Conflict):
        ask(refuse=True)
    assert not Answer.objects.exists()
    assert ask() == (201, {"number": 2}, False)
