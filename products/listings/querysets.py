"""The search text of listings and the querysets that read it.

Every Chinese character is written twice, so that a trigram index can answer a query of two characters; text and query
pass through the same function, which keeps a search exact: a word is found wherever it stands in a field. A word of
one or two letters has no trigram. A query of nothing but such words is found as a whole, as models are printed (MI 9,
TH 10), or where each word begins a field, and the page says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.db import connections, models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from pypinyin import Style, lazy_pinyin

if TYPE_CHECKING:
    from products.listings.models import Listing  # noqa: F401 - named by the class below

# Letters of Chinese text: ideographs, their extensions and the iteration mark; kana and hangul need no doubling here.
_CHINESE = (("\u3005", "\u3007"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))
# Blanks, punctuation, symbols and control characters, by the first letter of their Unicode category: what remains is
# what both databases' trigrams are made of.
_DROPPED = frozenset("ZPSC")
_ASCII = {code: None for code in range(128) if unicodedata.category(chr(code))[0] in _DROPPED}
# Two, so that the beginning of a field and one letter make a trigram.
FIELD_ENDS = "\n\n"
TRIGRAM = 3
# So many letters at the end of a number tell it from most others.
NUMBER_END = 7
# Sorts after every model.
LAST = "\U0010ffff"


def normalise(text: str) -> str:
    """One field or word as it is searched: NFKC, case-free, without blanks, signs and punctuation, Chinese doubled.

    The result never holds a newline, the separator of fields, nor a wildcard of LIKE.
    """
    if text.isascii():
        return text.casefold().translate(_ASCII)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(map(_written, folded))


@lru_cache(maxsize=65536)
def _written(letter: str) -> str:
    if unicodedata.category(letter)[0] in _DROPPED:
        return ""
    return letter * 2 if is_chinese(letter) else letter


def is_chinese(letter: str) -> bool:
    """Whether the character is one that is written twice."""
    return any(first <= letter <= last for first, last in _CHINESE)


def words_of(query: str) -> list[str]:
    """The normalised words of a query, all of which a listing must hold; punctuation alone is no word."""
    return [word for word in map(normalise, query.split()) if word]


def initials(name_zh: str) -> str:
    """The pinyin initials of a name (广州莲雾 → gzlw); other letters stay as they are."""
    return "".join(lazy_pinyin(name_zh, style=Style.FIRST_LETTER))


@lru_cache(maxsize=65536)
def company_fields(name_zh: str, short_name_zh: str, name_en: str) -> tuple[list[str], str]:
    """What a company adds to the text of its listings, normalised, and the pinyin that its name is sorted by."""
    fields = [name_zh, short_name_zh, name_en, initials(name_zh), initials(short_name_zh)]
    return [text for text in map(normalise, fields) if text], "".join(lazy_pinyin(name_zh)).casefold()[:80]


def search_text_of(fields: Iterable[str]) -> str:
    """The normalised fields, each between two newlines."""
    return FIELD_ENDS.join(["", *filter(None, fields), ""])


class Basis(NamedTuple):
    """What a listing's index entry is made of, by the paths in BASIS_PATHS."""

    listing_id: int
    model: str | None
    name_zh: str | None
    name_en: str | None
    listing_number: str
    report_number: str | None
    company_id: int
    company_zh: str
    company_short: str
    company_en: str
    type: str | None
    generation: str | None
    listed_on: date | None
    edition: str | None
    status: str | None
    bands: list[str] | None
    categories: list[str] | None

    @property
    def facets(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What it says under each facet, nothing where it states nothing."""
        year = str(self.listed_on.year) if self.listed_on else None
        single = (("type", self.type), ("generation", self.generation), ("year", year), ("edition", self.edition),
                  ("status", self.status))
        return (("band", tuple(self.bands or ())), ("category", tuple(self.categories or ())),
                *((facet, (value,) if value else ()) for facet, value in single))


BASIS_PATHS = (
    "pk", "model", "name_zh", "name_en", "listing_number", "report__number", "company_id", "company__name_zh",
    "company__short_name_zh", "company__name_en", "device_type__code", "generation", "listed_on", "edition__slug",
    "status", "bands", "categories_passed",
)


class EntryColumns(NamedTuple):
    """A row of the index, in the order of its table's columns."""

    listing_id: int
    company_id: int
    facet_code: int
    search_text: str
    sort_date: date
    date_rising: date
    sort_model: str
    model_rising: str
    sort_company: str


def entry_columns(basis: Basis, facet_code: int) -> EntryColumns:
    """The entry that a listing should have."""
    of_company, sort_company = company_fields(basis.company_zh, basis.company_short, basis.company_en)
    own = (basis.model, basis.name_zh, basis.name_en, basis.listing_number, basis.report_number)
    model = (basis.model or "").casefold()[:80]
    return EntryColumns(
        basis.listing_id, basis.company_id, facet_code,
        search_text_of([*(normalise(text) for text in own if text), *of_company]),
        basis.listed_on or date.min, basis.listed_on or date.max, model, model or LAST, sort_company,
    )


class Terms(NamedTuple):
    """How the words of a query are looked up."""

    indexed: list[str]  # anywhere in a field, by the trigram index
    beside: list[str]  # anywhere in a field, among what the index found
    beginning: list[str]  # where a field begins, since nothing longer was asked
    whole: str = ""  # or all words in one, as a model of short words is printed; only beside such words

    @property
    def words(self) -> list[str]:
        """All of them."""
        return [*self.indexed, *self.beside, *self.beginning]


def terms_of(query: str) -> Terms:
    """The words of a query, sorted by what can answer them."""
    words = list(dict.fromkeys(words_of(query)))
    indexed = [word for word in words if len(word) >= TRIGRAM]
    short = [word for word in words if len(word) < TRIGRAM]
    if indexed:
        return Terms(indexed, short, [])
    # The words in their order, also where one stands twice ("A1 A1").
    return Terms([], [], short, normalise(query) if len(words_of(query)) > 1 else "")


def phrases(terms: Terms) -> list[str]:
    """What stands in the text of every listing that matches and is long enough for the index."""
    return [*terms.indexed, *(FIELD_ENDS + word for word in terms.beginning)]


def whole_phrase(terms: Terms) -> str:
    """What may stand in the text instead of the phrases, long enough for the index; empty where nothing may."""
    return FIELD_ENDS + terms.whole if 0 < len(terms.whole) < TRIGRAM else terms.whole


class ListingQuerySet(models.QuerySet["Listing"]):
    """Listings by what they say."""

    def matching(self, query: str) -> ListingQuerySet:
        """Those that hold every word of the query, in any of their searched fields."""
        terms, found = terms_of(query), self
        if connections[self.db].vendor == "sqlite" and terms.words:
            words = "SELECT rowid FROM directory_words WHERE directory_words MATCH %s"
            found = found.filter(pk__in=RawSQL(words, [fts_query(terms)]))  # noqa: S611 - a constant with a parameter
            words_left = terms.beside
        elif whole := whole_phrase(terms):
            each = Q(*(Q(entry__search_text__contains=phrase) for phrase in phrases(terms)))
            found, words_left = found.filter(each | Q(entry__search_text__contains=whole)), []
        else:
            words_left = [*phrases(terms), *terms.beside]
        for word in words_left:
            found = found.filter(entry__search_text__contains=word)
        return found

    def with_facts(self) -> ListingQuerySet:
        """With what a line of the directory shows, in the same query."""
        return self.select_related("company", "device_type", "edition")


def fts_query(terms: Terms) -> str:
    """The phrases for SQLite's full-text search; a phrase of trigrams is the exact text."""
    each = " AND ".join(f'"{phrase}"' for phrase in phrases(terms))
    whole = whole_phrase(terms)
    return f'({each}) OR "{whole}"' if whole else each


def looked_up(terms: Terms) -> Terms:
    """The same words as they are cheapest to look up: a number by its last digits, the whole word among those found.

    The letters before the digits of a number stand in a million others, and reading their part of the index costs more
    than all the rest.
    """
    indexed = [number_end(word) for word in terms.indexed]
    shortened = [word for word, end in zip(terms.indexed, indexed, strict=True) if word != end]
    return Terms(indexed, [*terms.beside, *shortened], terms.beginning, terms.whole)


def number_end(word: str) -> str:
    """The last digits of a long word of ASCII that ends in a number; any other word as it is."""
    is_number = word.isascii() and len(word) > NUMBER_END and word[-5:].isdigit()
    return word[-NUMBER_END:] if is_number else word
