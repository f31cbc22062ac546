"""Whoever types a model as it is printed finds the product first: with blanks and hyphens, without, or otherwise."""

from __future__ import annotations

import random
import re

import pytest

from members.companies.models import Company
from products.listings.models import Listing
from products.listings.querysets import normalise
from products.listings.selectors import Question, answer
from products.listings.services import index_listings
from products.listings.states import Source
from products.management.demonstration.stories import STORIES
from tests.stage import staged

pytestmark = pytest.mark.django_db
LETTERS, DIGITS, SIGNS = "ABCGHILMNOPRSTVX", "0123456789", (" ", "-", " ", "/", "_")
DEMONSTRATION = [story.device.model for story in STORIES]
# Seen to be missing in the public register: words of one and two letters alone.
SEEN = ["MI 9", "TH 10", "AP 20", "LV 11", "Me 5", "Mi A1", "Mi 10", "GO 3", "MI CC 9e", "T1 7.0"]


def made_up(count: int = 300) -> list[str]:
    """Models of two to four words of one or two letters, each another one, also without its signs."""
    chance = random.Random(22)  # noqa: S311 - makes up models, the same at every run
    found = {normalise(model): model for model in [*SEEN, *DEMONSTRATION]}
    while len(found) < count + len(SEEN) + len(DEMONSTRATION):
        words = ["".join(chance.choices(LETTERS if chance.random() < 0.5 else DIGITS, k=chance.choice((1, 2))))
                 for _word in range(chance.choice((2, 2, 3, 4)))]
        model = "".join(word + sign for word, sign in zip(words, chance.choices(SIGNS, k=len(words)), strict=True))[:-1]
        found.setdefault(normalise(model), model)
    return list(found.values())


MODELS = made_up()


@staged
def register():
    """All these models, and others that hold the same letters in between."""
    company = Company.objects.create(number="C1", name_zh="演示短名有限公司", name_en="MI TH AP 9 10 20")
    longer = [f"X {model} {number}" for number, model in enumerate(MODELS)]
    rows = [Listing.objects.create(listing_number=f"D-{number:05d}", source=Source.PUBLISHED_BEFORE, company=company,
                                   model=model) for number, model in enumerate([*MODELS, *longer])]
    index_listings(rows)
    return len(rows)


def first(query: str) -> str | None:
    rows = answer(Question(query=query)).page.rows
    return rows[0]["model"] if rows else None


WRITTEN = {
    "as it is printed": str,
    "without blanks and hyphens": lambda model: re.sub(r"[ /_-]", "", model),
    "with hyphens": lambda model: re.sub(r"[ /_]", "-", model),
    "with blanks": lambda model: re.sub(r"[/_-]", " ", model),
    "in small letters": str.lower,
    "in full width": lambda model: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else "　" for sign in model),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_device_is_found_first_by_its_own_model(register, way):
    lost = {model: first(WRITTEN[way](model)) for model in MODELS if first(WRITTEN[way](model)) != model}
    assert lost == {}


@pytest.mark.parametrize("model", SEEN)
def test_matching_finds_a_model_of_short_words(register, model):
    assert model in Listing.objects.all().matching(model).values_list("model", flat=True)


def test_model_comes_first_of_more_than_are_counted(register, monkeypatch):
    monkeypatch.setattr("products.listings.selectors.statements.MOST_COUNTED", 5)
    for model in ("MI 9", "AP 20", "DEMO-TH-10"):
        found = answer(Question(query=model, size=3))
        assert (found.page.rows[0]["model"], found.is_total_exact) == (model, found.total < 5), model


def test_pages_of_a_list_too_long_to_rank_show_each_listing_once(register, monkeypatch):
    whole = answer(Question(query="MI", size=1000))
    monkeypatch.setattr("products.listings.selectors.statements.MOST_COUNTED", 5)
    seen, cursor = [], None
    while True:
        page = answer(Question(query="MI", size=100, cursor=cursor)).page
        seen += [row["listing_number"] for row in page.rows]
        if (cursor := page.next) is None:
            break
    assert sorted(seen) == sorted(row["listing_number"] for row in whole.page.rows)


@pytest.mark.parametrize(("query", "models"), [
    ("Archer C7", ["Archer C7", "Archer C7 AC1750 v5", "My Archer C7", "Archer C20i C7x"]),
    ("Nokia 5.3", ["Nokia 5.3", "Nokia 5.3 Plus", "Nokia G21 53"]),
])
def test_whole_of_what_was_asked_comes_before_its_first_word(db, query, models):
    company = Company.objects.create(number="C1", name_zh="演示名录有限公司")
    for number, model in enumerate(reversed(models)):
        index_listings([Listing.objects.create(listing_number=f"D-{number:05d}", source=Source.PUBLISHED_BEFORE,
                                               company=company, model=model)])
    assert [row["model"] for row in answer(Question(query=query)).page.rows] == models
