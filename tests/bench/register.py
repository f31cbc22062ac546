"""The generated register that the directory is measured on: a small one, then one of a million listings.

DIRECTORY_POSTGRESQL and DIRECTORY_SQLITE name databases that were generated before (DATABASE_URL's form); without them
the million is made in the scratch database, and BENCH_LISTINGS says how many listings that are.
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dj_database_url
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from products.listings.models import Cell, IndexEntry, Listing
from products.listings.services import rebuild_directory
from products.management.generation import FIRST_NUMBER, generate
from tests.bench.stopwatch import IS_QUICK
from wapicert.conditional import shelf

SMALL = 1_000 if IS_QUICK else 10_000
LARGE = 5_000 if IS_QUICK else int(os.environ.get("BENCH_LISTINGS", "1000000"))
COMPANIES_EACH = 50
GIVEN = {"postgresql": "DIRECTORY_POSTGRESQL", "sqlite": "DIRECTORY_SQLITE"}


def grow(count: int, seed: int) -> dict[str, Any]:
    """Generate `count` listings more and make the index from nothing; how long each took, in seconds."""
    started = time.perf_counter()
    first = Listing.objects.filter(listing_number__startswith=FIRST_NUMBER).count()
    for _number in generate(count=count, companies=max(count // COMPANIES_EACH, 20), seed=seed, first=first):
        pass
    generated = time.perf_counter()
    IndexEntry.objects.all().delete()
    Cell.objects.all().delete()
    for _number in rebuild_directory(from_start=True):
        pass
    built = time.perf_counter()
    settle()
    return {"listings": Listing.objects.count(), "generated_s": round(generated - started, 1),
            "built_s": round(built - generated, 1), "cells": Cell.objects.count(),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def settle() -> None:
    """What the server does by itself a while after so many rows were written."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


@contextmanager
def given() -> Iterator[bool]:
    """Go on in the database that was named, brought to the present schema; whether one was named."""
    address = os.environ.get(GIVEN[connection.vendor], "")
    if not address or IS_QUICK:
        yield False
        return
    scratch = connection.settings_dict["NAME"], connection.settings_dict["HOST"], connection.settings_dict["PORT"]
    wanted = dj_database_url.parse(address)
    switch(wanted["NAME"], wanted["HOST"], wanted["PORT"])
    call_command("migrate", verbosity=0)
    try:
        yield True
    finally:
        switch(*scratch)


def switch(name: str, host: str, port: Any) -> None:
    """Let the process talk to another database of the same kind."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    connection.settings_dict.update(NAME=name, HOST=host, PORT=port)
    settings.DATABASES["default"].update(NAME=name, HOST=host, PORT=port)
    shelf.clear()


def dice(seed: int = 2026) -> random.Random:
    """The same every time."""
    return random.Random(seed)  # noqa: S311 - generated data


def some_listings(number: int, seed: int = 2026) -> list[dict[str, Any]]:
    """Listings anywhere in the register, each with its company's names."""
    thrown = dice(seed)
    last = Listing.objects.order_by("-pk").values_list("pk", flat=True)[0]
    names = ("pk", "listing_number", "model", "name_zh", "company__number", "company__name_zh",
             "company__short_name_zh")
    found: dict[int, dict[str, Any]] = {}
    while len(found) < number:
        keys = [thrown.randrange(1, last + 1) for _each in range(number)]
        rows = Listing.objects.filter(pk__in=keys, listing_number__startswith=FIRST_NUMBER).values(*names)
        found |= {row["pk"]: row for row in rows}
    rows = sorted(found.values(), key=lambda row: row["pk"])
    thrown.shuffle(rows)
    return rows[:number]
