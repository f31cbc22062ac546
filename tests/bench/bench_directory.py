"""The public directory as strangers read it, at ten thousand listings and at a million, made anew and kept."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.db import connection, transaction

from members.companies.models import Company
from products.devices.models import DeviceType
from products.directory.views.companies import COMPANIES_A_PAGE
from products.listings.models import Listing
from products.listings.querysets import normalise
from products.listings.selectors import MOST_COUNTED, Question, answer
from products.listings.selectors.paging import Edge, write_cursor
from products.listings.services import index_listings
from tests.bench import register, world
from tests.bench.addresses import EMPTY
from tests.bench.caller import Caller
from tests.bench.stopwatch import Times, figure, percentile, samples
from wapicert.conditional import shelf

A_CLASS, FRAGMENTS, SECONDS = 200, 650, 2.0
STRANGER = Caller()


def figures() -> Iterator[dict[str, Any]]:
    """Small, large, and how the one compares with the other."""
    world.catalogue()
    built = register.grow(register.SMALL, seed=1)
    small = {one["name"]: one for one in pages(built["listings"])}
    with register.given() as is_given:
        if not is_given:
            built = register.grow(register.LARGE - register.SMALL, seed=2)
            yield {"name": "directory: build", "value": built["built_s"], "unit": "s", "samples": 1, **built}
        total = Listing.objects.count()
        for one in pages(total):
            before = small[one["name"]]
            yield one | {"at_small": {"listings": register.SMALL, "p50": before["p50"], "p95": before["p95"]},
                         "times_small": round(one["p50"] / max(before["p50"], 0.1), 1)}
        yield from others(total)
        yield from unchanged(total)
        yield from throughput(total)
        yield saving(total)
        yield recall(total)


def pages(total: int) -> Iterator[dict[str, Any]]:
    """Each class of questions over many different ones, made anew each time.

    Others of each class are asked before: a site in service has its index in memory.
    """
    for paths in classes(seed=1).values():
        for path in paths:
            STRANGER.get(path)
    for name, paths in classes().items():
        yield measured(f"directory: {name}", paths, total)


def classes(seed: int = 2026) -> dict[str, list[str]]:
    """Addresses by class; fragments of a company touch its brand, since 有限公司 is half of everything."""
    number, thrown = samples(A_CLASS), register.dice(seed)
    rows = register.some_listings(number, seed)
    types = list(DeviceType.objects.values_list("code", flat=True))

    def found(words: Callable[[dict[str, Any]], str]) -> list[str]:
        return [f"/?{urlencode({'q': words(row)})}" for row in rows]

    def brand(row: dict[str, Any], length: int) -> str:
        name, start = row["company__short_name_zh"], thrown.randrange(2)
        return name[start : start + length]

    return {
        "model fragment": found(lambda row: fragment(thrown, row["model"], thrown.randint(4, 7))),
        **{f"company, {length} characters": found(lambda row, length=length: brand(row, length))
           for length in (2, 3, 4)},
        "mixed words": found(lambda row: f"{brand(row, 2)} {fragment(thrown, row['name_zh'], 3)}"),
        "number": found(lambda row: row["listing_number"]),
        "unfiltered": [f"/?visit={nth}" for nth in range(number)],
        "broad filters": [f"/?{urlencode(broad(thrown, types), doseq=True)}" for _row in rows],
        "broad words": [f"/?{urlencode({'q': words, 'visit': nth})}" for nth in range(max(number // 5, 3))
                        for words in ("有限公司", "科技", "demo")][:number],
        "deep pages": [deep(thrown) for _row in rows],
        "API, 25 rows": [f"/api/v1/products/?visit={nth}" for nth in range(number)],
    }


def others(total: int) -> Iterator[dict[str, Any]]:
    """The public pages beside the list, each made anew."""
    rows, number = register.some_listings(samples(A_CLASS), seed=9), samples(A_CLASS)
    last = Company.objects.filter(listings__isnull=False).distinct().count() // COMPANIES_A_PAGE
    for name, paths in {
        "device page": [f"/products/{row['listing_number']}/" for row in rows],
        "company page": [f"/companies/{row['company__number']}/" for row in rows],
        "companies, any page": [f"/companies/?page={1 + nth * last // number}" for nth in range(number)],
        "editions": [f"/editions/?visit={nth}" for nth in range(samples(20))],
        "changes": [f"/changes/?visit={nth}" for nth in range(number)],
        "figures": [f"/figures/?visit={nth}" for nth in range(samples(20))],
    }.items():
        yield measured(f"directory: {name}", paths, total)


def fragment(thrown: random.Random, text: str, length: int) -> str:
    """A piece of the text, wherever it stands."""
    start = thrown.randrange(max(len(text) - length, 0) + 1)
    return text[start : start + length]


def broad(thrown: random.Random, types: list[str]) -> dict[str, Any]:
    """One or two facets that leave much."""
    beside = [{}, {"status": "valid"}, {"band": "5GHz"}, {"generation": "802.11n"},
              {"year": thrown.randrange(2012, 2026)}]
    return {"type": thrown.sample(types, thrown.randint(1, 3))} | thrown.choice(beside) | {"visit": thrown.random()}


def deep(thrown: random.Random) -> str:
    """A page that begins anywhere."""
    last = Listing.objects.order_by("-pk").values_list("pk", flat=True)[0]
    before = Listing.objects.filter(pk__lte=thrown.randrange(last) + 1).order_by("-pk")
    on, pk = before.values_list("sort_date", "pk")[0]
    return f"/?cursor={write_cursor(Edge(False, '-listed_on', on, pk))}"


def measured(name: str, paths: list[str], total: int) -> dict[str, Any]:
    """Server time of the whole answer over all addresses, with the database's part, beside an empty view."""
    page, empty, database, largest = Times(), Times(), [], 0
    STRANGER.get(paths[0])
    for path in paths:
        shelf.clear()
        with database_time() as spent:
            status, _headers, body = page.take(lambda path=path: STRANGER.get(path))
        empty.take(lambda: STRANGER.get(EMPTY))
        assert status == 200, f"{path} answered {status}"
        database.append(spent[0])
        largest = max(largest, len(body))
    beside = figure("empty view", empty)
    return figure(name, page, listings=total, sql={"p50": percentile(database, 0.5), "p95": percentile(database, 0.95)},
                  largest_bytes=largest, reference={key: beside[key] for key in ("name", "p50", "p95")})


@contextmanager
def database_time() -> Iterator[list[float]]:
    """Milliseconds that statements took, in a list of one."""
    spent = [0.0]

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[0] += (time.perf_counter() - started) * 1000

    with connection.execute_wrapper(timed):
        yield spent


def unchanged(total: int) -> Iterator[dict[str, Any]]:
    """Conditional requests, and the same pages from the shelf."""
    number = Listing.objects.order_by("-pk").values_list("listing_number", flat=True)[0]
    for name, path in (("list", "/?q=%E7%A7%91%E6%8A%80"), ("device", f"/products/{number}/")):
        tag = STRANGER.get(path)[1]["ETag"]
        asked, kept = Times(), Times()
        for _each in range(samples(A_CLASS)):
            assert asked.take(lambda path=path, tag=tag: STRANGER.get(path, **{"If-None-Match": tag}))[0] == 304
            kept.take(lambda path=path: STRANGER.get(path))
        yield figure(f"directory: not modified, {name}", asked, listings=total)
        yield figure(f"directory: kept, {name}", kept, listings=total)


def throughput(total: int) -> Iterator[dict[str, Any]]:
    """Answers a second of one process, in turns with an empty view, so that all meet the same machine."""
    rows = register.some_listings(samples(1000), seed=7)
    device = f"/products/{rows[0]['listing_number']}/"
    searches = (f"/?{urlencode({'q': rows[nth % len(rows)]['model'][:6], 'visit': nth})}" for nth in count())
    acts = {"empty view": lambda: STRANGER.get(EMPTY), "kept list": lambda: STRANGER.get("/"),
            "kept device page": lambda: STRANGER.get(device), "search made anew": lambda: STRANGER.get(next(searches))}
    counts, spent = dict.fromkeys(acts, 0), dict.fromkeys(acts, 0.0)
    for act in acts.values():
        act()
    for _turn in range(samples(20)):
        for name, act in acts.items():
            started = time.perf_counter()
            while time.perf_counter() - started < SECONDS / 20:
                act()
                counts[name] += 1
            spent[name] += time.perf_counter() - started
    rates = {name: counts[name] / spent[name] for name in acts}
    for name, rate in rates.items():
        yield {"name": f"directory: throughput, {name}", "value": round(rate), "unit": "answers/s",
               "samples": counts[name], "listings": total, "of_empty": round(rate / rates["empty view"], 2)}


def saving(total: int) -> dict[str, Any]:
    """What a change of one listing costs the index: entry, cells, version; taken back each time."""
    times = Times()
    for row in register.some_listings(samples(A_CLASS), seed=11):
        listing = Listing.objects.get(pk=row["pk"])
        with transaction.atomic():
            Listing.objects.filter(pk=listing.pk).update(model=f"BENCH-{listing.pk}", status="suspended")
            assert times.take(lambda listing=listing: index_listings([listing])) == 1
            transaction.set_rollback(True)
    return figure("directory: index of one saved listing", times, listings=total)


def recall(total: int) -> dict[str, Any]:
    """Fragments of anything, each found as often as a plain scan of the facts finds it."""
    thrown, number = register.dice(5), samples(FRAGMENTS)
    rows = register.some_listings(number, seed=5)
    fields = ("model", "name_zh", "company__name_zh", "listing_number")
    asked = {fragment(thrown, row[thrown.choice(fields)], thrown.randint(3, 8)) for row in rows}
    words = {word: normalise(word) for word in asked if len(normalise(word)) > 2 and " " not in word}
    scanned = dict.fromkeys(words, 0)
    names = ("model", "name_zh", "name_en", "listing_number", "company__name_zh", "company__short_name_zh",
             "company__name_en")
    for facts in Listing.objects.values_list(*names).iterator(chunk_size=5000):
        text = "\n".join(normalise(fact) for fact in facts if fact)
        for word, text_of_word in words.items():
            scanned[word] += text_of_word in text
    wrong = []
    for word, expected in scanned.items():
        counted = answer(Question(query=word, size=1))
        if counted.total != min(expected, MOST_COUNTED) and not (expected > MOST_COUNTED and not counted.is_exact):
            wrong.append((word, expected, counted.total))
    return {"name": "directory: recall", "value": round(100 * (1 - len(wrong) / len(words)), 2), "unit": "%",
            "samples": len(words), "listings": total, "wrong": wrong[:5]}
