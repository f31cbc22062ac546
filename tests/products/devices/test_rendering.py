"""Words of specifications in the reader's language."""

from __future__ import annotations

import re
from typing import Any

from django.utils import translation

from products.devices.rendering import WORDS, word
from tests.factories.catalogue import DEVICE_TYPES


def said(data: Any) -> set[str]:
    """Every option and unit of the data."""
    if isinstance(data, list):
        return {text for row in data for text in said(row)}
    if not isinstance(data, dict):
        return set()
    own = {*(data.get("options_zh") or []), data.get("unit") or ""}
    return own | {text for row in data.values() for text in said(row)}


def test_words_cover_what_the_data_says_in_chinese_alone():
    assert {text for text in said(DEVICE_TYPES) if re.search(r"[一-鿿]", text)} == WORDS


def test_word_is_said_in_english_to_an_english_reader():
    with translation.override("en"):
        assert word("电池") == "battery"


def test_word_that_a_person_typed_stays_as_it_is():
    with translation.override("en"):
        assert (word("演示电源"), word(5), word("")) == ("演示电源", "5", "")
