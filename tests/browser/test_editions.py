"""The pages of editions in a real browser: barriers, width, languages and themes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.browser.places import EDITIONS
from tests.factories import catalogue as factory
from tests.factories import people


@pytest.fixture
def editor(transactional_db):
    """The catalogue, and a draft with changed, removed and re-parented items; returns its editor."""
    cast = people.cast()
    factory.load()
    data = factory.draft_data()
    limits = factory.item_of(data, "PER-07")
    limits["measurements"][1]["limit"] = 95
    limits["applicability"].pop("CPE")
    factory.draft_edition(editor=cast.editor, data=data)
    return cast.editor


def test_editions_have_no_barriers_and_fit_the_screen(editor, examine_all):
    assert examine_all(EDITIONS, {}, SimpleNamespace(editor=editor)) == []
