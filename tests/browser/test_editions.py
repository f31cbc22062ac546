"""The pages of editions in a real browser: photographs, barriers, width, languages and themes."""

from __future__ import annotations

import pytest

from tests.factories import catalogue as factory
from tests.factories import people

# A whole edition is a long page to examine; each language, theme and width is seen once with every page.
SETTINGS = [("zh-hans", "light", 360), ("en", "dark", 1280)]
PAGES = {
    "list": "/editions/",
    "items": "/editions/2024-03/?device_type=AP&category=PER",
    "mistake": "/editions/2024-03/?device_type=UFO",
    "matrix": "/editions/2024-03/matrix/",
    "difference": "/editions/before-2024-03/diff/2024-03/",
    "draft": "/editions/2026-draft/?category=PER",
    "draft-difference": "/editions/2024-03/diff/2026-draft/",
}


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


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: "-".join(map(str, setting)))
def test_show_editions_in_each_setting_has_no_barrier(editor, open_page, accessibility_findings, screenshot, setting):
    language, scheme, width = setting
    for name, path in PAGES.items():
        user = editor if "draft" in name else None
        page = open_page(path, language=language, scheme=scheme, width=width, user=user)
        screenshot(page, f"editions-{name}-{width}-{scheme}-{language}")
        assert accessibility_findings(page) == []
        assert page.console_errors == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
