"""A database or a spool without room is named, on pages and by the API, and nothing of the request stays."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client

from tests.factories import orders
from tests.factories.api import Api, row_counts
from tests.factories.disk import full_database, no_room
from tests.factories.files import upload
from tests.factories.people import PASSWORD
from wapicert.room import is_out_of_room

SAID = "服务器的存储空间已满"
# More than the pages of any table have left.
REASON = "演示：缺少说明。" * 200


@pytest.mark.parametrize(("fault", "expected"), [
    (no_room(), True), (OSError(13, "denied"), False), (ValueError(), False), (OperationalError("locked"), False)])
def test_only_a_full_disk_is_called_one(fault, expected):
    assert is_out_of_room(fault) is expected


def test_cause_is_found_below_what_wraps_it_and_a_circle_ends():
    wrapped, inner = OperationalError("x"), sqlite3.OperationalError("database or disk is full")
    inner.sqlite_errorcode = sqlite3.SQLITE_FULL
    wrapped.__cause__, inner.__context__ = inner, wrapped
    assert is_out_of_room(wrapped)


@pytest.fixture
def submitted(transactional_db, cast, catalogue):
    """An application that intake may return."""
    return orders.submitted(cast)


def test_act_by_api_without_room_in_the_database_is_507_and_is_done_with_room(cast, submitted):
    address, before = f"orders/{submitted.number}/return/", row_counts()
    with full_database():
        refused = Api(cast.intake).post(address, {"reason": REASON}, version=submitted.row_version, key="k")
        assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert Api(cast.intake).get(f"orders/{submitted.number}/").json()["stage"] == "submitted"
    assert row_counts() == before
    again = Api(cast.intake).post(address, {"reason": REASON}, version=submitted.row_version, key="k")
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "false")


def test_act_on_a_page_without_room_in_the_database_is_a_page_that_says_so(cast, submitted, client):
    client.force_login(cast.intake)
    before = row_counts()
    with full_database():
        refused = client.post(f"/lab/orders/{submitted.number}/do/return/",
                              {"reason": REASON, "row_version": submitted.row_version})
        assert (refused.status_code, SAID in refused.content.decode()) == (507, True)
        # Reading goes on.
        assert client.get(f"/lab/orders/{submitted.number}/").status_code == 200
    assert row_counts() == before


def test_sign_in_without_room_for_the_session_is_a_page_that_says_so(cast, submitted):
    client = Client(raise_request_exception=False)
    with full_database("django_session"):
        # Whatever room the last page of the sessions still has.
        with suppress(OperationalError):
            while True:
                SessionStore().save(must_create=True)
        refused = client.post("/accounts/login/", {"login": cast.intake.username, "password": PASSWORD})
    assert (refused.status_code, SAID in refused.content.decode()) == (507, True)


def test_upload_that_finds_no_room_before_any_view_is_a_page_that_says_so(cast, client, db, settings):
    settings.FILE_UPLOAD_HANDLERS = ["tests.factories.disk.FullSpool"]
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(cast.vendor)
    client.cookies["csrftoken"] = "a" * 32
    refused = client.post("/verify/file/", {"file": upload()})
    assert (refused.status_code, SAID in refused.content.decode()) == (507, True)
    by_api = Api(cast.tester).post("files/", {"file": upload()}, form="multipart")
    assert (by_api.status_code, by_api.json()["code"]) == (507, "storage_full")
