"""Every refusal of the API has one shape (RFC 9457)."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.translation import override
from rest_framework import exceptions, serializers

from wapicert.errors import Conflict, DomainError, Forbidden, InvalidInput, Stale
from wapicert.problems import exception_handler, field_errors


class Row(serializers.Serializer):
    code = serializers.CharField()
    number = serializers.IntegerField(required=False)


class Body(serializers.Serializer):
    name = serializers.CharField()
    rows = Row(many=True)


def faults(**data: object) -> list[tuple[object, str]]:
    shape = Body(data=data)
    assert not shape.is_valid()
    error = exceptions.ValidationError(shape.errors)
    return [(row["field"], row["code"]) for row in field_errors(error.detail)]


@pytest.mark.parametrize(("error", "status", "code"), [
    (DomainError(), 409, "refused"), (InvalidInput(), 422, "invalid_input"), (Forbidden(), 403, "forbidden"),
    (Conflict(), 409, "conflict"), (Stale(), 412, "stale"), (Http404(), 404, "not_found"),
    (PermissionDenied(), 403, "forbidden"), (RequestDataTooBig(), 413, "body_too_large"),
    (exceptions.NotFound(), 404, "not_found"), (exceptions.PermissionDenied(), 403, "forbidden"),
    (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"), (exceptions.ParseError(), 400, "parse_error"),
    (exceptions.Throttled(wait=3), 429, "throttled"), (exceptions.ValidationError("x"), 422, "invalid_input"),
])
def test_refusal_becomes_a_problem_document(error, status, code):
    answer = exception_handler(error, {})
    assert (answer.status_code, answer.data["status"], answer.data["code"]) == (status, status, code)
    assert answer.content_type == "application/problem+json"
    assert {"type", "title", "status", "code", "detail", "field", "remedy", "errors"} <= set(answer.data)


def test_domain_error_names_reason_field_remedy_rows_and_more():
    error = InvalidInput("理由", field="firmware", remedy="办法", rows=[{"row": 1, "code": "x", "message": "m"}],
                         extra={"state": "draft"})
    with override("zh-hans"):
        data = exception_handler(error, {}).data
    assert (data["detail"], data["field"], data["remedy"], data["state"]) == ("理由", "firmware", "办法", "draft")
    assert data["errors"] == [{"row": 1, "code": "x", "message": "m"}]


def test_retry_after_and_allow_are_kept():
    assert exception_handler(exceptions.Throttled(wait=3), {})["Retry-After"] == "3"


def test_fault_of_ours_is_no_problem_document():
    assert exception_handler(ZeroDivisionError(), {}) is None


@pytest.mark.parametrize(("data", "expected"), [
    ({}, [("name", "required"), ("rows", "required")]),
    ({"name": "", "rows": []}, [("name", "blank")]),
    ({"name": "x", "rows": [{"code": "a"}, {"number": "y"}]},
     [("rows.1.code", "required"), ("rows.1.number", "invalid")]),
    ({"name": "x", "rows": "text"}, [("rows", "not_a_list")]),
])
def test_field_errors_names_each_field_by_its_way(data, expected):
    assert faults(**data) == expected
