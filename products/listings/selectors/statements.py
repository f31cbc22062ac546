"""The SQL of searching, counting and cutting pages: the same for both databases but for how words are looked up.

Written by hand because matches, histogram and page come from one reading of the index, which the ORM cannot say.
Nothing here is text of a user: values are parameters, names are constants of this module.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from products.listings.querysets import FIELD_ENDS, Terms, fts_query, looked_up, phrases, whole_phrase
from products.listings.selectors.facets import Choice
from products.listings.selectors.paging import DATES, ORDERINGS, Edge
from products.listings.states import FACETS

# More matches than this are not counted: the page says "at least" and still shows its rows. Reading so many takes some
# 10 ms, of which most is comparing the text; whoever finds more will add a word rather than read the number.
MOST_COUNTED = 5_000


class Condition(NamedTuple):
    """A piece of a WHERE with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


class Source(NamedTuple):
    """Where matches come from: a FROM and its conditions."""

    tables: str
    conditions: list[Condition]


def matches(terms: Terms, conditions: Iterable[Condition]) -> Source:
    """Index entries that hold all words and fit the conditions, read through the index of fragments."""
    terms = looked_up(terms)
    if connection.vendor == "sqlite" and terms.words:
        words = [Condition("directory_words MATCH %s", (fts_query(terms),)), *held(terms.beside)]
        return Source("directory_words CROSS JOIN products_indexentry e ON e.listing_id = directory_words.rowid",
                      [*words, *conditions])
    return Source("products_indexentry e", [*spoken(terms), *held(terms.beside), *conditions])


def spoken(terms: Terms) -> list[Condition]:
    """The phrases of the terms, or their words in one where that may be meant."""
    each, whole = contains(phrases(terms)), whole_phrase(terms)
    if not whole:
        return each
    other, = contains([whole])
    both = " AND ".join(condition.sql for condition in each)
    parameters = tuple(value for condition in each for value in condition.parameters)
    return [Condition(f"(({both}) OR {other.sql})", parameters + other.parameters)]


def bearing(model: str, conditions: Iterable[Condition]) -> Source:
    """Entries whose model is this and nothing more, read through the index of fragments."""
    exact = f"{FIELD_ENDS}{model}{FIELD_ENDS}"
    begins = "instr(e.search_text, %s) = 1" if connection.vendor == "sqlite" else "starts_with(e.search_text, %s)"
    found = matches(Terms([exact], [], []), conditions)
    return Source(found.tables, [*found.conditions, Condition(begins, (exact,))])


def besides(ids: Iterable[int]) -> list[Condition]:
    """All but these listings."""
    left_out = ", ".join(map(str, ids))
    return [Condition(f"e.listing_id NOT IN ({left_out})")] if left_out else []


def held(words: Iterable[str]) -> list[Condition]:
    """Words that are looked for in the text itself, by no index."""
    function = "instr" if connection.vendor == "sqlite" else "strpos"
    return [Condition(f"{function}(e.search_text, %s) > 0", (word,)) for word in words]


def contains(words: Iterable[str]) -> list[Condition]:
    """Plain comparison of the text; words hold no wildcard of LIKE."""
    if connection.vendor == "sqlite":
        return held(words)
    return [Condition("e.search_text LIKE %s", (f"%{word}%",)) for word in words]


def taken(choices: Iterable[Choice]) -> list[Condition]:
    """The selections as conditions on the facet code, one per facet."""
    found = []
    for choice in choices:
        where = FACETS[choice.facet]
        part = f"((e.facet_code >> {where.shift}) & {where.mask})"
        either = [f"{part} = 0"] if choice.takes_none else []
        if choice.places and where.is_list:
            either.append(f"(e.facet_code & {choice.bits << where.shift}) <> 0")
        elif choice.places:
            either.append(f"{part} IN ({', '.join(map(str, sorted(choice.places)))})")
        found.append(Condition(f"({' OR '.join(either) or '1 = 0'})"))
    return found


def coded(codes: Iterable[int]) -> Condition:
    """Listings of these facet codes, which are numbers of ours."""
    return Condition(f"e.facet_code IN ({', '.join(map(str, codes)) or 'NULL'})")


def among(ids: Iterable[int]) -> Condition:
    """These listings."""
    return Condition(f"e.listing_id IN ({', '.join(map(str, ids)) or 'NULL'})")


def between(column: str, first: date | None, last: date | None) -> list[Condition]:
    """A range of dates, both ends included."""
    found = [Condition(f"e.{column} >= %s", (first.isoformat(),))] if first else []
    return found + ([Condition(f"e.{column} <= %s", (last.isoformat(),))] if last else [])


def beyond(edge: Edge | None, key: str) -> list[Condition]:
    """What lies beyond the edge of a page."""
    if edge is None:
        return []
    sign = "<" if ORDERINGS[edge.ordering][1] != edge.backwards else ">"
    value = edge.key.isoformat() if isinstance(edge.key, date) else edge.key
    return [Condition(f"({key}, e.listing_id) {sign} (%s, %s)", (value, edge.id))]


def direction(ordering: str, edge: Edge | None) -> str:
    """ASC or DESC, turned round on the way back."""
    return "DESC" if ORDERINGS[ordering][1] != bool(edge and edge.backwards) else "ASC"


def ranked(whole: str, word: str) -> Condition:
    """A number that rises with relevance, then with the date.

    What was asked as a whole comes first: the model itself, another whole field, the beginning of the model, of a
    field, a fragment. Then its first word, likewise. The model stands first in the text, so its beginning is the
    beginning of the text.
    """
    has, begins = ("instr(e.search_text, %s) > 0", "instr(e.search_text, %s) = 1")
    day = "CAST(replace(e.sort_date, '-', '') AS INTEGER)"
    if connection.vendor != "sqlite":
        has, begins = ("strpos(e.search_text, %s) > 0", "starts_with(e.search_text, %s)")
        day = "to_char(e.sort_date, 'YYYYMMDD')::bigint"
    tests = [(begins, f"{FIELD_ENDS}{whole}{FIELD_ENDS}"), *_likeness(whole, has, begins)]
    if word != whole:
        tests += [(has, whole), *_likeness(word, has, begins)]
    steps = " ".join(f"WHEN {test} THEN {len(tests) - place}" for place, (test, _text) in enumerate(tests))
    return Condition(f"((CASE {steps} ELSE 0 END) * 100000000 + {day})", tuple(text for _test, text in tests))


def _likeness(word: str, has: str, begins: str) -> list[tuple[str, str]]:
    """Tests from the most telling on: a whole field, the beginning of the model, of a field."""
    return [(has, f"{FIELD_ENDS}{word}{FIELD_ENDS}"), (begins, f"{FIELD_ENDS}{word}"), (has, f"{FIELD_ENDS}{word}")]


class Found(NamedTuple):
    """What a counting statement read: a histogram, whether it was cut off, and the page's keys and ids."""

    histogram: dict[int, int]
    is_capped: bool
    rows: list[tuple[Any, int]]


def count_and_cut(source: Source, *, key: Condition, facets: list[Condition], ordering: str, edge: Edge | None,
                  most: int) -> Found:
    """Histogram of the matches and ids of the page among those that fit the facets, from one reading of the index."""
    where = source.conditions
    way = direction(ordering, edge)
    cut = [*facets, *beyond(edge, "e.key")]
    sql = f"""
        WITH matched AS MATERIALIZED (
            SELECT e.listing_id, e.facet_code, {key.sql} AS key FROM {source.tables}{_where(where)}
            LIMIT {MOST_COUNTED + 1}),
        page AS (SELECT e.key, e.listing_id FROM matched e{_where(cut)}
                 ORDER BY e.key {way}, e.listing_id {way} LIMIT {most})
        SELECT facet_code, count(*), NULL FROM matched GROUP BY facet_code
        UNION ALL
        SELECT listing_id, NULL, CAST(key AS text) FROM page"""  # noqa: S608 - constants, see the module
    histogram: dict[int, int] = {}
    rows: list[tuple[Any, int]] = []
    reading = _reader(ORDERINGS[ordering][0])
    for number, count, value in _run(sql, [key, *where, *cut]):
        if count is None:
            rows.append((reading(value), number))
        else:
            histogram[number] = count
    rows.sort(reverse=way == "DESC")
    return Found(histogram, sum(histogram.values()) > MOST_COUNTED, rows)


def walk(conditions: list[Condition], *, ordering: str, edge: Edge | None, most: int) -> list[tuple[Any, int]]:
    """Keys and ids of a page, read in the order's index until it is full."""
    column, way = ORDERINGS[ordering][0], direction(ordering, edge)
    where = [*conditions, *beyond(edge, f"e.{column}")]
    sql = (f"SELECT e.{column}, e.listing_id FROM products_indexentry e{_where(where)} "  # noqa: S608 - as above
           f"ORDER BY e.{column} {way}, e.listing_id {way} LIMIT {most}")
    reading = _reader(column)
    return [(reading(key), pk) for key, pk in _run(sql, where)]


def models_holding(terms: Terms, most: int) -> list[str]:
    """Models of some listings that match, as they were listed."""
    source = matches(terms, [])
    sql = f"""SELECT DISTINCT l.model FROM products_listing l WHERE l.model IS NOT NULL AND l.id IN (
        SELECT e.listing_id FROM {source.tables}{_where(source.conditions)} LIMIT {most})"""  # noqa: S608 - as above
    return [model for (model,) in _run(sql, source.conditions)]


def companies_holding(terms: Terms, most: int) -> list[int]:
    """The companies of some listings that match."""
    source = matches(terms, [])
    sql = f"""SELECT DISTINCT found.company_id FROM (
        SELECT e.company_id FROM {source.tables}{_where(source.conditions)} LIMIT {most}) found"""  # noqa: S608 - as above
    return [company for (company,) in _run(sql, source.conditions)]


def _where(conditions: list[Condition]) -> str:
    return " WHERE " + " AND ".join(condition.sql for condition in conditions) if conditions else ""


def _run(sql: str, conditions: list[Condition]) -> list[tuple[Any, ...]]:
    parameters = [value for condition in conditions for value in condition.parameters]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _reader(column: str) -> Callable[[Any], Any]:
    """What makes a key of the text that the database gave."""
    if column in DATES:
        return lambda value: date.fromisoformat(value) if isinstance(value, str) else value
    return int if column == "relevance" else str


FACTS = (
    "id", "listing_number", "model", "name_zh", "name_en", "device_subtype_zh", "bands", "generation", "status",
    "status_since", "categories_passed", "listed_on", "source", "is_demonstration", "company_number", "company_zh",
    "company_en", "company_en_confirmed", "type", "type_zh", "type_en", "edition",
)
# In the order of FACTS.
FACTS_SQL = """
    SELECT l.id, l.listing_number, l.model, l.name_zh, l.name_en, l.device_subtype_zh, l.bands, l.generation,
        l.status, l.status_since, l.categories_passed, l.listed_on, l.source, l.is_demonstration,
        c.number, c.name_zh, c.name_en, c.name_en_confirmed, t.code, t.name_zh, t.name_en, s.slug
    FROM products_listing l JOIN members_company c ON c.id = l.company_id
    LEFT JOIN products_devicetype t ON t.id = l.device_type_id LEFT JOIN products_edition s ON s.id = l.edition_id
    WHERE l.id IN """
LISTS = ("bands", "categories_passed")
FLAGS = ("is_demonstration", "company_en_confirmed")
DAYS = ("status_since", "listed_on")


def facts_of(ids: list[int]) -> list[dict[str, Any]]:
    """What a line shows of each listing, by the names in FACTS, in the order of `ids`; lists and dates as such."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{FACTS_SQL} ({', '.join(map(str, ids))})")
        found = {row[0]: dict(zip(FACTS, row, strict=True)) for row in cursor.fetchall()}
    for facts in found.values():
        for name in LISTS:
            facts[name] = parsed(facts[name])
        for name in FLAGS:
            facts[name] = bool(facts[name])
        for name in DAYS:
            facts[name] = date.fromisoformat(facts[name]) if isinstance(facts[name], str) else facts[name]
    return [found[pk] for pk in ids if pk in found]


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text) or ())


def parsed(value: Any) -> list[str] | None:
    """A list as the database's driver gives it: text, or parsed already."""
    if value is None or isinstance(value, list):
        return value
    return None if value == "null" else list(_parsed(value))
