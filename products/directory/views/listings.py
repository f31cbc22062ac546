"""The directory: one box, filters with counts, a table that is cut into pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from products.directory.selectors import directory_state
from products.directory.views.lines import lines_of
from products.directory.views.panel import address, chips_of, groups_of, kept_beside, orders_of, summary_of
from products.listings.errors import CursorInvalid
from products.listings.filters import ListingFilter
from products.listings.querysets import words_of
from products.listings.selectors import Page, facet_counts, listings_public, page_of
from wapicert.conditional import answer_conditionally

# A search that finds nothing says what each of its first words would find.
WORDS_EXPLAINED = 5


@require_safe
@answer_conditionally(lambda request: directory_state())
def directory(request: HttpRequest) -> HttpResponse:
    """The directory: search, filters with counts, one page of lines; a wrong filter is named and left out."""
    asked = ListingFilter(request.GET, queryset=listings_public())
    total, counts = facet_counts(asked.narrowed, asked.selections)
    page, has_bad_cursor = cut(asked, request.GET.get("cursor"))
    context = {
        "asked": asked, "query": asked.values.get("q", ""), "total": total, "summary": summary_of(asked, total),
        "groups": groups_of(asked, counts), "chips": chips_of(asked), "orders": orders_of(asked),
        "kept_beside_search": kept_beside(asked, "q"),
        "kept_beside_dates": kept_beside(asked, "listed_after", "listed_before"),
        "mistakes": asked.mistakes, "has_bad_cursor": has_bad_cursor, "lines": lines_of(page.rows),
        "next": beside(asked, page.next), "previous": beside(asked, page.previous),
        "explained": explain(asked) if total == 0 else [],
    }
    return render(request, "products/directory/directory.html", context)


def cut(asked: ListingFilter, cursor: str | None) -> tuple[Page, bool]:
    """The page at the cursor, or the first one where the cursor is none of ours."""
    try:
        return page_of(asked.qs, ordering=asked.ordering_chosen, cursor=cursor), False
    except CursorInvalid:
        return page_of(asked.qs, ordering=asked.ordering_chosen), True


def beside(asked: ListingFilter, cursor: str | None) -> str | None:
    """The address of a neighbouring page."""
    if cursor is None:
        return None
    here = address(asked, asked.data)
    return f"{here}{'&' if '?' in here else '?'}cursor={cursor}"


def explain(asked: ListingFilter) -> list[dict[str, Any]]:
    """For a search without hits: each word with the number of listings that it alone would find."""
    words = [word for word in asked.values.get("q", "").split() if words_of(word)][:WORDS_EXPLAINED]
    return [
        {"word": word, "count": listings_public().matching(word).count(), "href": f"/?{urlencode({'q': word})}"}
        for word in words
    ]
