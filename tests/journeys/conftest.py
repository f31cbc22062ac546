"""One running site for all journeys of a test process, and the people who use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from products.management.demonstration.people import PASSWORD
from tests.journeys.clients import Api, token_of
from tests.journeys.site import Site

PEOPLE = ("vendor", "vendor2", "lab", "verifier", "signatory", "decider")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Web server, worker and clock on data of their own."""
    running = Site(Path(tmp_path_factory.mktemp("site")))
    try:
        running.open()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def people(site: Site) -> Mapping[str, Api]:
    """The API as each of the people, with a token of their own."""
    return {name: Api(site.url, token_of(site.url, name, PASSWORD)) for name in PEOPLE}
