"""Words in a row, in both languages."""

from __future__ import annotations

import pytest
from django.utils import translation

from wapicert.enumeration import enumerated


@pytest.mark.parametrize(("language", "expected"), [("zh-hans", "AP、3"), ("en", "AP, 3")])
def test_enumerate_words_joins_as_the_language_does(language, expected):
    with translation.override(language):
        assert enumerated(["AP", 3]) == expected


def test_enumerate_nothing_gives_nothing():
    assert enumerated([]) == ""
