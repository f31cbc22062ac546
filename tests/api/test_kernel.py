"""What every endpoint shares: problem details, strict bodies, versions, answers given once, signing in."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from members.companies.models import Company
from members.companies.services import register_company
from members.people.services import issue_token
from members.requests.api import Verb
from members.requests.models import Answer
from members.requests.serializers import Count, Flag, Instant, PlainObject, Shape, Text
from tests.factories.api import Api
from tests.factories.people import PASSWORD
from wapicert.errors import Conflict

pytestmark = pytest.mark.django_db


class ToyIn(Shape):
    name = Text()
    is_on = Flag(required=False)
    count = Count(required=False)
    at = Instant(required=False)
    more = PlainObject(required=False)
    password = Text(required=False)


class Toy(Verb):
    """Registers a company, or refuses."""

    input_class = ToyIn
    success_status: ClassVar[int] = 201

    def act(self, subject: Any, data: Any, **version: int) -> Any:
        company = register_company(name_zh=data["name"], actor=None)
        if data["name"] == "refuse":
            raise Conflict("no", field="name", remedy="try again")
        return company

    def present_result(self, subject: Any, result: Any) -> Any:
        return {"number": result.number, "row_version": result.row_version, "seen": self.kwargs.get("seen")}


class Versioned(Toy):
    """The same, for those who say what they saw."""

    needs_version = True

    def act(self, subject: Any, data: Any, **version: int) -> Any:
        self.kwargs["seen"] = version["row_version"]
        return super().act(subject, data)


def call(user, body, view=Toy, content_type="application/json", **headers):
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    request = APIRequestFactory().post("/api/v1/toy/", data, content_type=content_type, headers=headers)
    force_authenticate(request, user)
    return view.as_view()(request).render()


def test_post_known_body_acts_and_shows_etag(cast):
    answer = call(cast.intake, {"name": "新"})
    assert (answer.status_code, answer.headers["ETag"], answer.headers["Cache-Control"]) == (
        201, '"1"', "private, no-store")


@pytest.mark.parametrize(("body", "field", "code"), [
    ({"name": "x", "nmae": "y"}, "nmae", "unknown_field"),
    ({}, "name", "required"),
    ({"name": 1.10}, "name", "invalid"),
    ({"name": True}, "name", "invalid"),
    ({"name": None}, "name", "null"),
    ({"name": ""}, "name", "blank"),
    ({"name": "a\0b"}, "name", "null_characters_not_allowed"),
    ({"name": "a\ud800b"}, "name", "surrogate_characters_not_allowed"),
    ({"name": "x", "is_on": "yes"}, "is_on", "invalid"),
    ({"name": "x", "is_on": 1}, "is_on", "invalid"),
    ({"name": "x", "count": "3"}, "count", "invalid"),
    ({"name": "x", "count": True}, "count", "invalid"),
    ({"name": "x", "count": 2.5}, "count", "invalid"),
    ({"name": "x", "at": "2026-03-15T09:30:00"}, "at", "naive"),
    ({"name": "x", "at": "2026-03-15"}, "at", "naive"),
    ({"name": "x", "at": "15.3.2026"}, "at", "invalid"),
    ({"name": "x", "at": 5}, "at", "invalid"),
    ({"name": "x", "more": []}, "more", "not_an_object"),
    ({"name": "x", "more": {"a": ["b\0"]}}, "more", "unstorable"),
    ({"name": "x", "more": {"\ud800": 1}}, "more", "unstorable"),
    ([], None, "invalid"),
    ("text", None, "invalid"),
])
def test_post_wrong_shape_is_refused_by_field(cast, body, field, code):
    before = Company.objects.count()
    answer = call(cast.intake, json.dumps(body))
    problem = json.loads(answer.content)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert (problem["code"], problem["field"], problem["errors"][0]["code"]) == ("invalid_input", field, code)
    assert Company.objects.count() == before


def test_post_several_faults_names_them_all(cast):
    problem = json.loads(call(cast.intake, {"nmae": "y", "is_on": 1}).content)
    assert [(row["field"], row["code"]) for row in problem["errors"]] == [
        ("nmae", "unknown_field"), ("name", "required"), ("is_on", "invalid")]


@pytest.mark.parametrize("body", [
    b"{", b"\xff\xfe", b'{"name": NaN}', b'{"name": 1e999}', b'{"name": "a", "name": "b"}',
    b'{"name": ' + b"[" * 30 + b"]" * 30 + b"}", b"[" * 100_000, b'{"name": ' + b"9" * 5000 + b"}",
])
def test_post_malformed_json_is_refused(cast, body):
    answer = call(cast.intake, body)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "malformed_json")


def test_post_too_large_body_is_refused(cast, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50
    answer = call(cast.intake, {"name": "x" * 50})
    assert (answer.status_code, json.loads(answer.content)["code"]) == (413, "body_too_large")


def test_post_other_media_type_is_refused(cast):
    answer = call(cast.intake, "name=x", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(("header", "status", "code"), [
    (None, 428, "precondition_required"),
    ("", 428, "precondition_required"),
    ("3", 422, "if_match_malformed"),
    ("*", 422, "if_match_malformed"),
    ('"1", "2"', 422, "if_match_malformed"),
    ('"x"', 422, "if_match_malformed"),
])
def test_post_without_version_is_refused(cast, header, status, code):
    headers = {} if header is None else {"If-Match": header}
    problem = json.loads(call(cast.intake, {"name": "x"}, Versioned, **headers).content)
    assert (problem["status"], problem["code"], problem["field"]) == (status, code, "If-Match")


@pytest.mark.parametrize("header", ['"3"', 'W/"3"', ' "3" '])
def test_post_with_version_hands_it_to_the_service(cast, header):
    answer = call(cast.intake, {"name": "x"}, Versioned, **{"If-Match": header})
    assert json.loads(answer.content)["seen"] == 3


def test_post_same_key_and_body_answers_again_without_acting(cast):
    first = call(cast.intake, {"name": "一"}, **{"Idempotency-Key": "k1"})
    again = call(cast.intake, {"name": "一"}, **{"Idempotency-Key": "k1"})
    assert (again.status_code, json.loads(again.content)) == (201, json.loads(first.content))
    assert again.headers["ETag"] == first.headers["ETag"] == '"1"'
    assert [first.headers["Idempotent-Replay"], again.headers["Idempotent-Replay"]] == ["false", "true"]
    assert Company.objects.filter(name_zh="一").count() == 1


def test_post_same_key_other_body_is_refused(cast):
    call(cast.intake, {"name": "一"}, **{"Idempotency-Key": "k1"})
    problem = json.loads(call(cast.intake, {"name": "二"}, **{"Idempotency-Key": "k1"}).content)
    assert (problem["status"], problem["code"], problem["field"]) == (
        422, "idempotency_key_reused", "Idempotency-Key")
    assert not Company.objects.filter(name_zh="二").exists()


def test_post_same_key_of_another_person_acts(cast):
    call(cast.intake, {"name": "一"}, **{"Idempotency-Key": "k1"})
    assert call(cast.quality, {"name": "一"}, **{"Idempotency-Key": "k1"}).status_code == 201
    assert Company.objects.filter(name_zh="一").count() == 2


def test_post_refused_with_key_keeps_nothing_and_may_be_sent_again(cast):
    before = Company.objects.count()
    answers = [call(cast.intake, {"name": "refuse"}, **{"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert (Company.objects.count(), Answer.objects.count()) == (before, 0)


@pytest.mark.parametrize("key", ["", "a b", "k" * 129, "键"])
def test_post_with_malformed_key_is_refused(cast, key):
    problem = json.loads(call(cast.intake, {"name": "x"}, **{"Idempotency-Key": key}).content)
    assert (problem["status"], problem["code"]) == (422, "idempotency_key_malformed")


def test_kept_answer_does_not_hold_the_password(cast):
    call(cast.intake, {"name": "x", "password": PASSWORD}, **{"Idempotency-Key": "k1"})
    plain = call(cast.intake, {"name": "x", "password": "other"}, **{"Idempotency-Key": "k1"})
    assert plain.status_code == 422
    assert PASSWORD not in json.dumps(list(Answer.objects.values()), default=str)


@pytest.mark.parametrize(("language", "detail"), [("zh-hans", "未找到"), ("en", "Not found")])
def test_unknown_address_is_a_problem_in_the_readers_language(db, language, detail):
    answer = Api(**{"Accept-Language": language}).get("nowhere/at/all/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert detail in answer.json()["detail"]


def test_address_without_final_slash_is_not_redirected(db):
    assert Api().post("files").status_code == 404


def test_anonymous_is_asked_to_sign_in(db):
    answer = Api().post("files/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"], answer.json()["code"]) == (
        401, "Token", "not_authenticated")


def test_token_opens_and_wrong_token_is_refused(cast):
    _token, secret = issue_token(user=cast.vendor, label="rig")
    client = APIClient()
    assert client.get("/api/v1/files/", headers={"Authorization": f"Token {secret}"}).status_code == 405
    refused = client.get("/api/v1/files/", headers={"Authorization": f"Token {secret}x"})
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
    assert refused.json()["remedy"] is None


def test_session_needs_the_csrf_token(cast):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(cast.vendor)
    answer = client.post("/api/v1/files/", {}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_method_that_is_not_allowed_names_those_that_are(cast):
    answer = Api(cast.vendor).get("files/")
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (
        405, "method_not_allowed", "POST, OPTIONS")
