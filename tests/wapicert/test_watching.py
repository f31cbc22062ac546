"""Logs without personal data, metrics for those who may read them, readiness that names what is missing."""

import json
import logging

import pytest
from django.test import RequestFactory

from tests.factories import people, reports
from wapicert.health import ready
from wapicert.logs import formatter
from wapicert.metrics import REGISTRY
from wapicert.tracing import Request, current_request

SECRETS = {"password": "geheim", "user": "张三", "address": "10.1.2.3", "email": "a@example.org", "request": object()}


def line(name, message, **extra):
    record = logging.LogRecord(name, logging.WARNING, __file__, 1, message, (), None)
    record.__dict__.update(extra)
    return json.loads(formatter().format(record))


def test_log_line_carries_the_request_id_and_nothing_personal():
    token = current_request.set(Request(request_id="abc", address="10.1.2.3"))
    try:
        written = line("django.request", "Not Found: /directory/?q=张三", status=404, **SECRETS)
    finally:
        current_request.reset(token)
    assert written.pop("timestamp")[-1] == "Z"
    # Addresses hold secrets; whoever writes one is cut, and the filter of the handler names the route instead.
    assert written == {"event": "Not Found: …", "level": "warning", "logger": "django.request",
                       "request_id": "abc", "status": 404}


def test_answer_is_logged_by_its_pattern_only(client, db, caplog):
    caplog.set_level(logging.INFO, "wapicert.requests")
    answer = client.get("/products/WAPI-2026-00001/?q=秘密")
    record = next(record for record in caplog.records if record.name == "wapicert.requests")
    assert (record.route, record.method, record.status) == ("product", "GET", answer.status_code)
    assert "秘密" not in str(record.__dict__)


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 200), ({"REMOTE_ADDR": "10.1.2.3"}, 404), ({"HTTP_X_FORWARDED_FOR": "10.1.2.3"}, 404),
])
def test_metrics_without_token_are_for_the_machine_itself(client, db, headers, status):
    assert client.get("/metrics", **headers).status_code == status


@pytest.mark.parametrize(("given", "status"), [("Bearer s3cret", 200), ("Bearer other", 404), ("", 404)])
def test_metrics_with_token_ask_for_it(client, db, settings, given, status):
    settings.METRICS_TOKEN = "s3cret"
    assert client.get("/metrics", HTTP_AUTHORIZATION=given).status_code == status


def test_metrics_count_answers_and_what_waits(client, cast, catalogue):
    labels = {"route": "healthz", "method": "GET", "status": "200"}
    before = REGISTRY.get_sample_value("wapicert_requests_total", labels) or 0
    client.get("/healthz")
    assert REGISTRY.get_sample_value("wapicert_requests_total", labels) == before + 1
    reports.authorised(cast)
    shown = client.get("/metrics").content.decode()
    assert "wapicert_renderings_waiting 1.0" in shown
    assert "wapicert_renderings_failed 0.0" in shown
    assert people.PASSWORD not in shown


def test_readiness_names_what_is_missing(db, monkeypatch):
    monkeypatch.setattr("wapicert.health._broker", lambda: False)
    answer = ready(RequestFactory().get("/readyz"))
    assert (answer.status_code, json.loads(answer.content)["missing"]) == (503, ["broker"])
