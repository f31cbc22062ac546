"""What search engines are told."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from products.directory.views import crawlers
from products.listings.models import Listing
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(client, path: str) -> list[str]:
    """The paths that a file names."""
    response = client.get(path)
    assert response.status_code == 200
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own file
    return [place.text.removeprefix("http://127.0.0.1:8000") for place in root.iter(f"{NAMESPACE}loc")]


def test_robots_are_welcome_and_told_where_the_map_is(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /lab/" in lines
    assert lines[-1] == "Sitemap: http://127.0.0.1:8000/sitemap.xml"
    assert "Disallow: /" not in lines


def test_map_holds_every_public_page_once_and_each_of_them_opens(cast, catalogue, client, monkeypatch):
    monkeypatch.setattr(crawlers, "FILE", 4)
    factory.published()
    factory.listed(cast, catalogue)
    index = places(client, "/sitemap.xml")
    assert index == ["/sitemaps/pages.xml", *(f"/sitemaps/products-{nth}.xml" for nth in (1, 2, 3)),
                     *(f"/sitemaps/companies-{nth}.xml" for nth in (1, 2))]
    found = [path for name in index for path in places(client, name)]
    assert len(found) == len(set(found))
    assert {path for path in found if path.startswith("/products/")} == {
        f"/products/{number}/" for number in Listing.objects.values_list("listing_number", flat=True)}
    # A company that has only applied is not in it.
    assert f"/companies/{cast.company_a.number}/" in found
    assert f"/companies/{cast.company_b.number}/" not in found
    assert {client.get(path).status_code for path in found} == {200}


@pytest.mark.parametrize("path", [
    "/sitemaps/products-9.xml", "/sitemaps/products-0.xml", "/sitemaps/companies-9.xml",
    "/sitemaps/products-184467440737096.xml", f"/sitemaps/companies-{'9' * 30}.xml",
])
def test_file_that_does_not_exist_is_not_found(client, path):
    assert client.get(path).status_code == 404
