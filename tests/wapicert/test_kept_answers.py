"""Public answers on the shelf: for strangers only, never out of date, never more than fit."""

from __future__ import annotations

import gzip
from datetime import date

import pytest
from django.http import HttpResponse

from products.listings.services import set_listing_status
from products.listings.states import ListingStatus
from tests.factories import listings as factory
from wapicert.conditional import Shelf

PAGES = ["/", "/?q=demo", "/products/WAPI-2026-00001/", "/api/v1/products/"]


@pytest.fixture
def listing(cast, catalogue):
    return factory.listed(cast, catalogue)


@pytest.mark.parametrize("path", PAGES)
def test_second_answer_is_the_first_ones_bytes_and_costs_the_version_alone(
    listing, client, path, django_assert_max_num_queries
):
    first = client.get(path)
    with django_assert_max_num_queries(2):
        second = client.get(path)
    assert (second.content, second["ETag"], second["Content-Type"]) == (
        first.content, first["ETag"], first["Content-Type"])
    for name in ("Content-Security-Policy", "X-Frame-Options", "Vary", "Cache-Control", "Content-Language"):
        assert second.get(name) == first.get(name), name
    assert second["X-Request-Id"] != first["X-Request-Id"]
    assert not second.cookies


@pytest.mark.parametrize("path", PAGES)
def test_suspension_shows_in_the_next_answer(listing, client, path):
    before = client.get(path).content
    assert client.get(path).content == before
    set_listing_status(listing=listing, status=ListingStatus.SUSPENDED, since=date(2026, 11, 21))
    assert client.get(path).content != before


def test_page_is_packed_for_whom_takes_it_so_and_is_the_same_page(listing, client):
    packing = {"Accept-Encoding": "br, gzip"}
    plain, packed = client.get("/products/WAPI-2026-00001/"), client.get("/products/WAPI-2026-00001/", headers=packing)
    assert (packed["Content-Encoding"], packed["Content-Length"]) == ("gzip", str(len(packed.content)))
    assert (gzip.decompress(packed.content), plain.has_header("Content-Encoding")) == (plain.content, False)
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in packed["Vary"]
    assert plain["ETag"] != packed["ETag"]
    assert client.get("/products/WAPI-2026-00001/", headers=packing).content == packed.content
    unchanged = client.get("/products/WAPI-2026-00001/", headers={**packing, "If-None-Match": packed["ETag"]})
    assert unchanged.status_code == 304
    refused = client.get("/products/WAPI-2026-00001/", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert refused.content == plain.content


def test_page_of_somebody_who_is_signed_in_is_never_packed(listing, cast, client):
    client.force_login(cast.vendor)
    assert not client.get("/", headers={"Accept-Encoding": "gzip"}).has_header("Content-Encoding")


def test_answer_of_another_language_is_another(listing, client):
    chinese = client.get("/").content
    english = client.get("/", headers={"Accept-Language": "en"}).content
    assert (client.get("/").content, client.get("/", headers={"Accept-Language": "en"}).content) == (chinese, english)
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert b'<html lang="en">' in client.get("/").content


def test_whoever_is_signed_in_gets_an_answer_of_their_own(listing, cast, client):
    kept = client.get("/").content
    client.force_login(cast.vendor)
    own = client.get("/")
    assert (cast.vendor.username.encode() in own.content, own.has_header("ETag")) == (True, False)
    client.logout()
    assert client.get("/").content == kept


def test_message_for_a_stranger_is_shown_once_and_never_kept(listing, cast, client):
    client.force_login(cast.vendor)
    client.post("/accounts/logout/")
    told = client.get("/")
    again = client.get("/")
    assert ("messages" in told.content.decode(), told.has_header("ETag"), again.has_header("ETag")) == (
        True, False, True)


def test_token_of_the_api_is_looked_at_though_an_answer_is_kept(listing, client):
    assert client.get("/api/v1/products/").status_code == 200
    assert client.get("/api/v1/products/", headers={"Authorization": "Token nonsense"}).status_code == 401


def answer(tag: str, text: str = "x" * 100, **cookies: str) -> HttpResponse:
    response = HttpResponse(text, headers={"ETag": tag})
    for name, value in cookies.items():
        response.set_cookie(name, value)
    return response


def test_shelf_keeps_what_was_asked_for_last_within_its_room():
    shelf = Shelf(room=5000)
    for number in range(51):
        shelf.put(f"{number}", answer(f"{number}"))
        shelf.get("0")
    assert (shelf.get("1"), shelf.get("0") is None, shelf.get("50") is None, shelf.used) == (None, False, False, 5000)


@pytest.mark.parametrize("response", [
    answer("1", token="secret"), answer("other"), answer("1", "x" * 101), HttpResponse("x", status=404),
])
def test_shelf_refuses_what_is_not_for_everybody(response):
    shelf = Shelf(room=5000)
    shelf.put("1", response)
    assert shelf.get("1") is None
