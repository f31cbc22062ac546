"""The directory: one box, filters with counts, a table that is cut into pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from products.directory.filters import COLUMN_LABELS, DirectoryFilter
from products.directory.selectors import directory_state
from products.directory.views.nothing import ways_out
from products.directory.views.panel import (
    chips_of,
    columns_of,
    groups_of,
    kept_beside,
    labels_of,
    linked,
    orders_of,
    pairs_of,
    replaced,
    sizes_of,
    summary_of,
)
from products.listings.errors import CursorInvalid
from products.listings.querysets import normalise, terms_of
from products.listings.selectors import Answer, answer
from wapicert.conditional import answer_conditionally
from wapicert.enumeration import enumerated

# How the page looks, which stays when what is asked is cleared.
LOOKS = ("columns", "page_size")


@require_safe
@answer_conditionally(lambda request: directory_state())
def directory(request: HttpRequest) -> HttpResponse:
    """The directory: search, filters with counts, one page of lines; a wrong filter is named and left out."""
    asked = DirectoryFilter(request.GET)
    found, has_bad_cursor = ask(asked, request.GET.get("cursor"))
    query = asked.values.get("q") or ""
    terms, columns = terms_of(query), columns_of(asked)
    context = {
        "asked": asked, "query": query, "found": found, "total": found.total,
        "summary": summary_of(asked, found),
        "short_words": enumerated(word for word in query.split() if normalise(word) in terms.beginning),
        "groups": groups_of(asked, found), "chips": chips_of(asked),
        "orders": orders_of(asked, found, has_words=bool(terms.words)), "sizes": sizes_of(asked, asked.size),
        "columns": columns, "column_labels": [COLUMN_LABELS[name] for name in columns],
        "column_choices": [(name, label, name in columns) for name, label in COLUMN_LABELS.items()],
        "kept_beside_search": kept_beside(asked, "q", "ordering"),
        "kept_beside_dates": kept_beside(asked, "listed_after", "listed_before"),
        "kept_beside_columns": kept_beside(asked, "columns"),
        "mistakes": asked.mistakes, "has_bad_cursor": has_bad_cursor,
        "lines": with_categories(asked, found.page.rows) if "categories" in columns else found.page.rows,
        "next": beside(asked, found.page.next), "previous": beside(asked, found.page.previous),
        "follow": followed(asked), "first_page": linked(pairs_of(asked)),
        "cleared": linked([pair for pair in pairs_of(asked) if pair[0] in LOOKS]),
        "has_signs_alone": bool(query) and not terms.words,
        "ways_out": ways_out(asked, found) if found.total == 0 else None,
    }
    return render(request, "products/directory/directory.html", context)


def ask(asked: DirectoryFilter, cursor: str | None) -> tuple[Answer, bool]:
    """The answer with the page at the cursor, or the first one where the cursor is none of ours."""
    try:
        return answer(asked.question(cursor=cursor, size=asked.size)), False
    except CursorInvalid:
        return answer(asked.question(size=asked.size)), True


def with_categories(asked: DirectoryFilter, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines with the categories' names in the place of their codes."""
    names = labels_of(asked, "category")
    return [line | {"categories_passed": [names.get(code, code) for code in line["categories_passed"] or []]}
            for line in lines]


def followed(asked: DirectoryFilter) -> str:
    """Where this search can be followed by e-mail; empty where everything is shown."""
    pairs = [pair for pair in pairs_of(asked) if pair[0] not in (*LOOKS, "ordering")]
    return f"/subscriptions/?{urlencode(pairs)}" if pairs else ""


def beside(asked: DirectoryFilter, cursor: str | None) -> str | None:
    """The address of a neighbouring page."""
    return linked(replaced(pairs_of(asked), "cursor", cursor)) if cursor else None
