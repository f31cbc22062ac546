"""The sprite and the names that templates use."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.conf import settings

from wapicert import icons

USED = re.compile(r"""\{%\s*icon\s+"([^"]+)"|sign="([^"]+)\"""")
FORBIDDEN = re.compile(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|(?:src|href)=.https?://")
QUOTED = re.compile(r"""["']([a-z0-9-]+)["']""")
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def test_serve_sprite_holds_a_symbol_per_name(client):
    response = client.get(icons.address())
    root = ElementTree.fromstring(response.content)  # noqa: S314  # Our own drawing, from the pinned package.
    assert [symbol.get("id") for symbol in root] == icons.ICONS
    assert all(len(symbol) for symbol in root)
    assert (response["Content-Type"], "immutable" in response["Cache-Control"]) == ("image/svg+xml", True)


def test_list_icons_names_each_once_in_order():
    assert sorted(set(icons.ICONS)) == icons.ICONS


def test_list_icons_holds_none_that_nobody_names():
    sources = [*TEMPLATES, *(settings.BASE_DIR / "products").rglob("*.py"),
               settings.BASE_DIR / "tests" / "browser" / "design.html"]
    named = {name for path in sources for name in QUOTED.findall(path.read_text(encoding="utf-8"))}
    assert set(icons.ICONS) - named == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(settings.BASE_DIR).as_posix())
def test_use_icon_in_a_template_is_listed(template):
    used = {name for pair in USED.findall(template.read_text(encoding="utf-8")) for name in pair if name}
    assert used - set(icons.ICONS) == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(settings.BASE_DIR).as_posix())
def test_write_template_keeps_to_the_content_policy(template):
    assert FORBIDDEN.findall(template.read_text(encoding="utf-8")) == []
