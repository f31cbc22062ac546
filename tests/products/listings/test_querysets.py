"""The normaliser, and that a search finds exactly what a plain scan finds."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from members.companies.models import Company
from products.listings.models import Listing
from products.listings.querysets import initials, normalise, terms_of, words_of
from products.listings.selectors import Question, answer
from products.listings.services import index_listings
from products.listings.states import Source


@pytest.mark.parametrize(("text", "expected"), [
    ("AP780N-806-WAPI", "ap780n806wapi"),
    ("ＡＰ７８０Ｎ", "ap780n"),
    ("莲雾", "莲莲雾雾"),
    ("朗松珂利（上海）", "朗朗松松珂珂利利上上海海"),
    (" a\tb\nc\x00 ", "abc"),
    ("100%_\\", "100"),
    ("4~20mA", "420ma"),
    ("Straße", "strasse"),
    ("𠮷", "𠮷𠮷"),
    ("、。", ""),
    ("\ud800", ""),
])
def test_normalise_a_text_gives_its_searched_form(text, expected):
    assert normalise(text) == expected


def test_words_of_a_query_leaves_out_punctuation():
    assert words_of(" 莲雾　-- 780N ") == ["莲莲雾雾", "780n"]


def test_initials_of_a_name_are_its_pinyin():
    assert initials("广州莲雾科技有限公司") == "gzlwkjyxgs"


@pytest.mark.parametrize(("query", "terms"), [
    ("莲雾 ap 780n", (["莲莲雾雾", "780n"], ["ap"], [], "")),
    ("莲 a", ([], [], ["莲莲", "a"], "莲莲a")),
    ("MI 9", ([], [], ["mi", "9"], "mi9")),
    ("A1 A1", ([], [], ["a1"], "a1a1")),
    ("MI", ([], [], ["mi"], "")),
    ("780n 780N", (["780n"], [], [], "")),
    ("--", ([], [], [], "")),
])
def test_terms_of_a_query_are_sorted_by_what_can_answer_them(query, terms):
    assert terms_of(query) == terms


# Few letters, so that fragments meet: Chinese, doubled Chinese, wildcards, cases, widths, blanks, separators.
LETTERS = st.text(alphabet="莲雾人aAbB1%_\\-（ｘ~ \n", max_size=8)


class TestRecall(TestCase):
    """Hypothesis against the database: each example in a transaction of its own."""

    @settings(max_examples=60, deadline=None)
    @given(models=st.lists(st.tuples(LETTERS, LETTERS), min_size=1, max_size=6), query=LETTERS)
    def test_matching_finds_what_a_plain_scan_finds(self, models, query):
        company = Company.objects.create(number="C1", name_zh="莲雾")
        rows = [Listing.objects.create(listing_number=f"X{number}", source=Source.PUBLISHED_BEFORE, company=company,
                                       model=model or None, name_zh=name or None)
                for number, (model, name) in enumerate(models)]
        index_listings(rows)
        expected = {row.listing_number for row in rows if plainly_matches(row, query)}
        found = set(Listing.objects.all().matching(query).values_list("listing_number", flat=True))
        answered = answer(Question(query=query, size=100))
        assert found == expected
        assert {row["listing_number"] for row in answered.page.rows} == expected
        assert answered.total == len(expected)


def plainly_matches(row: Listing, query: str) -> bool:
    """The definition: every word is in some field, letters apart from blanks and signs, whatever the case.

    Where no word has three letters (a Chinese one counts twice), each must begin a field, or all of them stand in one
    as they were written: anywhere, unless even together they have no three letters.
    """
    fields = [plain(field or "") for field in (row.model, row.name_zh, row.company.name_zh, row.listing_number,
                                               initials(row.company.name_zh))]
    words = [word for word in map(plain, query.split()) if word]
    if any(len(normalise(word)) > 2 for word in words):
        return all(any(word in field for field in fields) for word in words)
    whole = plain(query) if len(words) > 1 else ""
    if whole and any(whole in field if len(normalise(whole)) > 2 else field.startswith(whole) for field in fields):
        return True
    return all(any(field.startswith(word) for field in fields) for word in words)


def plain(text: str) -> str:
    """Folded, without blanks, punctuation, signs and control characters."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] not in "ZPSC")
