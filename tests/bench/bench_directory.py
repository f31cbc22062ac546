"""The public directory with the published records and 10,000 generated listings, as a stranger reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from products.listings.models import Listing
from tests.bench import world
from tests.bench.caller import Caller, page_figures
from tests.bench.stopwatch import figure, repeated

PATHS = {
    "first page": "/",
    "company, two characters": f"/?q={quote('莲雾')}",
    "many hits": f"/?q={quote('科技')}",
    "fragment of a model": "/?q=AP-01",
    "no hit": f"/?q={quote('不存在 的')}",
    "three filters": "/?type=AP&band=5GHz&year=2024",
    "by model, oldest last": "/?ordering=model",
}


def figures() -> Iterator[dict[str, Any]]:
    """Pages, the same as JSON, one product, and an answer that did not change."""
    world.full_register()
    facts = {"listings": Listing.objects.count()}
    stranger = Caller()
    for name, path in PATHS.items():
        yield from page_figures(f"directory: {name}", stranger, path, **facts)
    yield from page_figures("directory: a page deep inside", stranger, deep(stranger), **facts)
    yield from page_figures("directory API: first page", stranger, "/api/v1/products/", **facts)
    yield from page_figures("directory API: with counts", stranger, "/api/v1/products/?facets=1", **facts)
    yield from page_figures("one product", stranger, "/products/WAPI-B-900123/", **facts)
    yield from page_figures("companies", stranger, "/companies/", **facts)
    tag = stranger.get("/")[1]["ETag"]
    headers = {"If-None-Match": tag}
    assert stranger.get("/", **headers)[0] == 304
    yield figure("directory: not modified", repeated(lambda: stranger.get("/", **headers), 50), **facts)


def deep(stranger: Caller) -> str:
    """The address after twenty pages."""
    path = "/"
    for _page in range(20):
        body = stranger.get(path)[2].decode()
        path = "/?cursor=" + body.split("cursor=")[-1].split('"')[0].replace("&amp;", "&")
    return path
