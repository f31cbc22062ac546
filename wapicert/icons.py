"""The icons of the site as one sprite, cut at the first request from the pinned package `lucide`."""

from __future__ import annotations

import hashlib
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from lucide.templatetags.lucide import lucide

# Every icon that a template or a state names stands here, and no other; a test reads both and asks for the rest.
NAMES = """
archive arrow-left arrow-right arrow-right-left arrow-up-down badge-check ban book-open building-2 chart-column check
chevron-down circle circle-alert circle-check circle-dashed circle-dot circle-pause circle-question-mark circle-slash
circle-stop circle-x clipboard-check clock copy download file-check file-pen file-text files flag flask-conical
git-compare hand hourglass inbox info key-round languages list-checks list-filter lock log-in microscope minus
octagon-minus octagon-x package paperclip pause pencil plus refresh-cw rotate-ccw router rss save search send
shield-check shield-minus sliders-horizontal stamp sun-moon thumbs-up trash-2 triangle-alert undo-2 upload user wrench
x
"""
ICONS = NAMES.split()


def _symbol(name: str) -> str:
    """One icon as a symbol; stroke and fill come from the style sheet of the page that uses it."""
    drawing = str(lucide(name, size=None))
    inside = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")].strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inside}</symbol>'


@cache
def drawings() -> bytes:
    """The sprite: an SVG document with a symbol per icon."""
    symbols = "".join(_symbol(name) for name in ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'.encode()


@cache
def address() -> str:
    """Where browsers find the sprite; the digest lets them keep it for ever."""
    return f"/icons.svg?v={hashlib.sha256(drawings()).hexdigest()[:12]}"


@gzip_page
@cache_control(public=True, max_age=31_536_000, immutable=True)
def sprite(request: HttpRequest) -> HttpResponse:
    """Serve the sprite."""
    return HttpResponse(drawings(), content_type="image/svg+xml")
