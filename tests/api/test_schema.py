"""The API describes itself, without a warning, on this site alone."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from products.urls import api_patterns
from tests.api.test_access import endpoints

WRITES = ("post", "patch")


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(schema):
    return {(path, method): row for path, methods in schema["paths"].items() for method, row in methods.items()}


def test_schema_is_valid_and_without_warnings():
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=out)
    assert json.loads(out.getvalue())["openapi"].startswith("3.")


def test_schema_holds_every_endpoint_once(schema):
    found = operations(schema)
    assert len(found) == len(list(endpoints(api_patterns)))
    assert len({row["operationId"] for row in found.values()}) == len(found)


def test_every_operation_says_what_it_does_and_how_it_refuses(schema):
    for address, row in operations(schema).items():
        assert row.get("description"), address
        assert "application/problem+json" in row["responses"]["default"]["content"], address


def test_writes_name_their_headers(schema):
    headers = {address: {one["name"]: one.get("required", False) for one in row.get("parameters", [])
                         if one["in"] == "header"} for address, row in operations(schema).items()}
    assert headers["/api/v1/orders/{number}/submit/", "post"] == {"Idempotency-Key": False, "If-Match": True}
    assert headers["/api/v1/orders/", "post"] == {"Idempotency-Key": False}
    assert headers["/api/v1/orders/{number}/", "patch"] == {"If-Match": True}
    assert headers["/api/v1/orders/{number}/", "get"] == {}
    # A file is posted to be verified, and nothing is written.
    del headers["/api/v1/verify/", "post"]
    assert all("Idempotency-Key" in names for (_path, method), names in headers.items() if method == "post")


def test_batches_are_lists_and_lists_come_in_pages(schema):
    found = operations(schema)
    body = found["/api/v1/orders/{number}/attempts/", "post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["type"] == "array"
    pages = found["/api/v1/orders/", "get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert set(schema["components"]["schemas"][pages.rsplit("/", 1)[1]]["properties"]) == {
        "next", "previous", "results"}


def test_refusals_are_listed_with_code_status_and_sentence(schema):
    text = schema["components"]["schemas"]["Problem"]["description"]
    assert "| `already_recorded` | 409 |" not in text  # its sentence is made for the case
    assert "| `illegal_transition` | 409 | 当前状态不允许此操作。 |" in text
    assert "%(" not in text
