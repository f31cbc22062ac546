"""The normaliser, and that a search finds exactly what a plain scan finds."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from members.companies.models import Company
from products.listings.models import Listing
from products.listings.querysets import delimited, initials, normalise, search_columns, words_of
from products.listings.states import Source


@pytest.mark.parametrize(("text", "expected"), [
    ("AP780N-806-WAPI", "ap780n806wapi"),
    ("ＡＰ７８０Ｎ", "ap780n"),
    ("莲雾", "莲莲雾雾"),
    ("朗松珂利（上海）", "朗朗松松珂珂利利上上海海"),
    (" a\tb\nc\x00 ", "abc"),
    ("100%_\\", "100"),
    ("4~20mA", "4~20ma"),
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


def test_delimited_frames_each_value():
    assert [delimited(["2.4GHz", "5GHz"]), delimited([]), delimited(None)] == ["|2.4GHz|5GHz|", "", ""]


# Few letters, so that fragments meet: Chinese, doubled Chinese, wildcards, cases, widths, blanks, separators.
LETTERS = st.text(alphabet="莲雾人aAbB1%_\\-（ｘ~ \n", max_size=8)


class TestRecall(TestCase):
    """Hypothesis against the database: each example in a transaction of its own."""

    @settings(max_examples=60, deadline=None)
    @given(models=st.lists(st.tuples(LETTERS, LETTERS), min_size=1, max_size=6), query=LETTERS)
    def test_matching_finds_what_a_plain_scan_finds(self, models, query):
        company = Company.objects.create(number="C1", name_zh="莲雾")
        for number, (model, name) in enumerate(models):
            row = Listing(listing_number=f"X{number}", source=Source.PUBLISHED_BEFORE, company=company,
                          model=model or None, name_zh=name or None)
            for column, value in search_columns(row).items():
                setattr(row, column, value)
            row.save()
        found = set(Listing.objects.all().matching(query).values_list("listing_number", flat=True))
        assert found == {row.listing_number for row in Listing.objects.all() if plainly_matches(row, query)}


def plainly_matches(row: Listing, query: str) -> bool:
    """The definition: every word is in some field, letters apart from blanks and punctuation, whatever the case."""
    fields = [row.model, row.name_zh, row.company.name_zh, row.listing_number, initials(row.company.name_zh)]
    words = [word for word in map(plain, query.split()) if word]
    return all(any(word in plain(field or "") for field in fields) for word in words)


def plain(text: str) -> str:
    """Folded, without blanks, punctuation and control characters."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] not in "ZPC")
