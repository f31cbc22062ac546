"""Small parts that everything rests on: canonical JSON, transitions, guards of tables, health, headers."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from wapicert import celery_app, database
from wapicert.canonical import canonical_json, digest_of, plain
from wapicert.errors import Conflict
from wapicert.middleware import DomainErrors, RequestContext
from wapicert.tracing import current_request
from wapicert.transitions import IllegalTransition, require_transition, step

JSON = st.recursive(st.none() | st.booleans() | st.integers(-2**53, 2**53) | st.text(),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4))
TABLE = {"submit": step(["draft", "returned"], "submitted", "VU"), "resume": step(["on_hold"], None, "IN")}


@given(JSON)
def test_plain_returns_what_json_can_hold_unchanged(value):
    assert plain(value) == value
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_digest_does_not_depend_on_the_order_of_names(value):
    assert digest_of(dict(reversed(value.items()))) == digest_of(value)


def test_canonical_json_writes_dates_decimals_and_chinese_one_way():
    value = {"数": Decimal("1.50"), "at": datetime(2026, 11, 21, tzinfo=UTC)}
    assert canonical_json(value) == '{"at":"2026-11-21T00:00:00Z","数":"1.50"}'


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_require_transition_gives_the_row_for_a_step_in_order(state):
    row = require_transition(TABLE, "submit", state, state)
    assert (row.target, row.roles) == ("submitted", {"VU"})


@pytest.mark.parametrize(("verb", "state", "allowed"), [("submit", "submitted", []), ("submit", "on_hold", ["resume"]),
                                                        ("resume", "draft", ["submit"])])
def test_require_transition_out_of_order_is_refused_with_what_is_allowed(verb, state, allowed):
    with pytest.raises(IllegalTransition) as refusal:
        require_transition(TABLE, verb, state, "草稿")
    assert (refusal.value.status, refusal.value.extra) == (409, {"state": state, "allowed": allowed})
    assert "草稿" in str(refusal.value.remedy)


def test_guards_can_be_put_up_twice_and_taken_off_twice(db):
    assert "members_entry" in database.GUARDED
    for commands in (database.statements, database.statements, database.removal, database.removal):
        database.run(connection, commands(connection.vendor, "members_entry"))


def test_health_names_the_parts(client, db):
    assert client.get("/healthz").json()["status"] == "live"
    answer = client.get("/readyz")
    parts = {"database": True, "broker": True, "storage": True}
    assert (answer.status_code, answer.json()) == (200, {"parts": parts, "missing": []})


def test_readiness_names_a_broker_that_is_down(client, db, monkeypatch, tmp_path):
    monkeypatch.setattr(celery_app.conf, "broker_write_url", f"sqlitequeue:///{tmp_path}")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["broker"]) == (503, False)


def test_request_context_gives_each_request_an_id_that_the_history_sees(rf):
    seen = []

    def view(request):
        seen.append(current_request.get())
        return HttpResponse()

    response = RequestContext(view)(rf.get("/", REMOTE_ADDR="192.0.2.1"))
    assert (seen[0].address, seen[0].request_id) == ("192.0.2.1", response["X-Request-Id"])
    assert current_request.get().request_id == ""


def test_policy_header_names_no_other_host(client, db):
    policy = client.get("/healthz")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "http" not in policy


def test_domain_error_that_no_view_caught_becomes_a_page(rf, db):
    request = rf.get("/")
    request.user = type("Nobody", (), {"is_authenticated": False})()
    assert DomainErrors(None).process_exception(request, ValueError()) is None
    response = DomainErrors(None).process_exception(request, Conflict("现在不行", remedy="稍后再试"))
    assert response.status_code == 409
    assert "现在不行" in response.content.decode()
    assert "稍后再试" in response.content.decode()
