"""The search text of listings and the querysets that read it.

Every Chinese character is written twice, so that a trigram index can later answer a query of two characters; text and
query pass through the same function, which keeps a search exact: a word is found wherever it stands in a field.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from pypinyin import Style, lazy_pinyin

if TYPE_CHECKING:
    from products.listings.models import Listing

# Letters of Chinese text: ideographs, their extensions and the iteration mark; kana and hangul need no doubling here.
_CHINESE = (("\u3005", "\u3007"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))
# Blanks, punctuation and control characters, by the first letter of their Unicode category.
_DROPPED = frozenset("ZPC")


def normalise(text: str) -> str:
    """One field or word as it is searched: NFKC, case-free, without blanks and punctuation, Chinese doubled.

    The result never holds a newline, the separator of fields, nor a wildcard of LIKE.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = (letter for letter in folded if unicodedata.category(letter)[0] not in _DROPPED)
    return "".join(letter * 2 if is_chinese(letter) else letter for letter in kept)


def is_chinese(letter: str) -> bool:
    """Whether the character is one that is written twice."""
    return any(first <= letter <= last for first, last in _CHINESE)


def words_of(query: str) -> list[str]:
    """The normalised words of a query, all of which a listing must hold; punctuation alone is no word."""
    return [word for word in map(normalise, query.split()) if word]


def initials(name_zh: str) -> str:
    """The pinyin initials of a name (广州莲雾 → gzlw); other letters stay as they are."""
    return "".join(lazy_pinyin(name_zh, style=Style.FIRST_LETTER))


def search_text_of(fields: Iterable[str | None]) -> str:
    """The normalised fields, one a line, framed by newlines."""
    return "\n".join(["", *filter(None, (normalise(field) for field in fields if field)), ""])


def delimited(values: Iterable[str] | None) -> str:
    """A list as |a|b|, in which one value is found by |a|; nothing for what is not known."""
    return "".join(["|", *(f"{value}|" for value in values)]) if values else ""


def search_columns(listing: Listing) -> dict[str, Any]:
    """The columns that are derived from a listing's facts, its company's names and its report's number."""
    company = listing.company
    report_number = listing.report.number if listing.report else None
    fields = [
        listing.model, listing.name_zh, listing.name_en,
        company.name_zh, company.short_name_zh, company.name_en,
        listing.listing_number, report_number, initials(company.name_zh), initials(company.short_name_zh),
    ]
    return {
        "search_text": search_text_of(fields),
        "bands_text": delimited(listing.bands),
        "categories_text": delimited(listing.categories_passed),
        "sort_date": listing.listed_on or date.min,
        "sort_model": (listing.model or "").casefold()[:80],
    }


class ListingQuerySet(models.QuerySet["Listing"]):
    """Listings by what they say."""

    def matching(self, query: str) -> ListingQuerySet:
        """Those that hold every word of the query, in any of their searched fields."""
        found = self
        for word in words_of(query):
            found = found.filter(search_text__contains=word)
        return found

    def with_facts(self) -> ListingQuerySet:
        """With what a line of the directory shows, in the same query."""
        return self.select_related("company", "device_type", "edition")
