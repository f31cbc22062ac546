"""Redis or the database away: whoever asks is told so (503) and when to come again; no secret is written down."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client

from tests.factories import reports
from tests.factories.api import Api
from tests.factories.people import PASSWORD
from wapicert.logs import LineFormatter, RouteNames, formatter

ROOT = Path(__file__).resolve().parents[2]
# The site without its database, asked once at each address; it prints what it answered.
WITHOUT_DATABASE = """
import json, os, sys, time
os.environ.update(DJANGO_SETTINGS_MODULE="wapicert.settings", DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
                  DATABASE_SECONDS="1")
import django
django.setup()
from django.test import Client
answers = []
for method, path, sent in json.loads(sys.argv[1]):
    client, began = Client(raise_request_exception=False), time.monotonic()
    client.cookies["sessionid"] = "x" * 32
    answer = getattr(client, method)(path, sent)
    answers.append([path, answer.status_code, answer.get("Retry-After"), answer["Content-Type"],
                    answer.content.decode(), time.monotonic() - began])
print(json.dumps(answers))
"""


@pytest.fixture
def redis(settings, tmp_path):
    """A Redis of this test's own, behind the counters of the site."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail("redis-server was not found; it is needed to see what happens when it goes away")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    for _time in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    settings.CACHES = {"default": {**settings.CACHES["default"],
                                   "BACKEND": "django.core.cache.backends.redis.RedisCache", "OPTIONS": {},
                                   "LOCATION": f"redis://127.0.0.1:{port}/0"}}
    yield server
    server.kill()
    server.wait()
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def stop(server):
    server.kill()
    server.wait()


def written(caplog):
    """Every line of the log, as both forms write it, filtered as the handler does."""
    lines = []
    for record in caplog.records:
        RouteNames().filter(record)
        lines += [formatter().format(record), LineFormatter("%(name)s %(message)s").format(record)]
    return "\n".join(lines)


@pytest.mark.django_db
def test_sign_in_while_redis_is_away_is_answered_503_and_mails_no_password(cast, redis, settings, caplog):
    settings.ADMINS, settings.DEBUG = [("", "admin@example.org")], False
    settings.ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/5m/key"}
    client, typed = Client(raise_request_exception=False), {"login": cast.tester.username, "password": PASSWORD}
    assert client.post("/accounts/login/", typed).status_code == 302
    stop(redis)
    answer = Client(raise_request_exception=False).post("/accounts/login/", typed)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert ("暂时无法使用" in answer.content.decode(), "not available" in answer.content.decode()) == (True, True)
    assert mail.outbox == []
    text = written(caplog)
    assert (PASSWORD in text, cast.tester.username in text, "account_login" in text) == (False, False, True)
    # What asks no counter goes on.
    assert (client.get("/accounts/me/").status_code, client.get("/").status_code) == (200, 200)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["password/change/", "address/", "me/"])
def test_password_that_cannot_be_counted_is_not_heard(cast, redis, path):
    client = Client(raise_request_exception=False)
    client.force_login(cast.tester)
    stop(redis)
    answer = client.post(f"/accounts/{path}", {"oldpassword": PASSWORD, "password1": "another horse 7", "days": "30",
                                               "password2": "another horse 7", "password": PASSWORD, "label": "x",
                                               "address": "new@example.org"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    cast.tester.refresh_from_db()
    assert cast.tester.check_password(PASSWORD)


@pytest.mark.django_db
def test_authorising_by_api_while_redis_is_away_is_a_problem_document_and_changes_nothing(cast, catalogue, redis):
    report = reports.checked(cast)
    stop(redis)
    answer = Api(cast.signatory).post(f"reports/{report.pk}/authorise/", {"password": PASSWORD},
                                      version=report.row_version)
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"], answer.json()["code"]) == (
        503, "application/problem+json", "30", "unavailable")
    report.refresh_from_db()
    assert report.state == "checked"


def test_every_door_without_the_database_is_answered_503_soon(tmp_path):
    asked = [["get", "/", {}], ["get", "/products/X/", {}], ["get", "/my/", {}], ["get", "/verify/", {"code": "x"}],
             ["get", "/v/7K2MQ9XWB4TF7/", {}], ["post", "/accounts/login/", {"login": "a", "password": PASSWORD}],
             ["get", "/api/v1/products/", {}], ["get", "/api/v1/orders/", {}], ["get", "/api/v1/verify/X/", {}]]
    done = subprocess.run([sys.executable, "-c", WITHOUT_DATABASE, json.dumps(asked)], capture_output=True, check=True,
                          cwd=ROOT, env={**os.environ, "DATA_DIR": str(tmp_path), "REDIS_URL": "", "PRODUCTION": "0"})
    answers = json.loads(done.stdout)
    # The redirect to a code's own address asks nothing of the database.
    found = [(path, status, wait) for path, status, wait, *_more in answers if path != "/verify/"]
    assert found == [(path, 503, "30") for _method, path, _sent in asked if path != "/verify/"]
    for path, _status, _wait, kind, body, seconds in answers:
        assert (kind == "application/problem+json") is path.startswith("/api/")
        assert (PASSWORD in body, seconds < 20) == (False, True)
    assert PASSWORD not in done.stderr.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "secret"), [
    ("/invitations/WzEsMV0:1abc:secret-token/", "secret-token"), ("/v/7K2MQ9XWB4TF7/report.pdf", "7K2M"),
    ("/accounts/password/reset/key/1-secret-token/", "secret-token"), ("/subscriptions/secret-token/", "secret-token"),
    ("/no/such/secret-token/", "secret-token"), ("/?q=secret-token", "secret-token")])
def test_log_names_routes_and_no_secret_of_an_address(client, caplog, path, secret):
    caplog.set_level(logging.DEBUG)
    client.get(path)
    client.post(path, {"password": "s3cret pass"})
    text = written(caplog)
    assert (secret in text, "s3cret pass" in text) == (False, False)


@pytest.mark.parametrize(("name", "message"), [
    ("django.server", '"GET /invitations/secret-token/ HTTP/1.1" 200 5'),
    ("django.security.DisallowedHost", "Invalid HTTP_HOST header at https://x.example/v/secret-token/"),
    ("gunicorn.error", "Error handling request /v/secret-token/?code=secret-token")])
def test_log_of_servers_and_refusals_holds_no_address(name, message):
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, "%s", (message,), None)
    assert "secret-token" not in formatter().format(record)
    assert RouteNames().filter(record)
    assert "secret-token" not in LineFormatter("%(message)s").format(record)


def test_traceback_in_the_log_tells_place_and_kind_but_no_value():
    try:
        try:
            int("secret-token")
        except ValueError as error:
            raise KeyError("13800000000") from error
    except KeyError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "A fault", (), sys.exc_info())
    for text in (formatter().format(record), LineFormatter("%(message)s").format(record)):
        assert ("KeyError" in text, "ValueError" in text, "test_away.py" in text) == (True, True, True)
        assert "13800000000\n" not in text
        assert "invalid literal" not in text


def test_faults_are_mailed_to_nobody():
    names = ["django", "django.request", "django.security", "django.server"]
    assert [handler for name in names for handler in logging.getLogger(name).handlers] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/my/", "/accounts/me/", "/lab/", "/accounts/login/", "/notices/", "/home/"])
@pytest.mark.parametrize("who", ["vendor", "tester"])
def test_private_pages_are_kept_by_no_browser(cast, client, path, who):
    client.force_login(getattr(cast, who))
    assert "no-store" in client.get(path)["Cache-Control"]
