"""Pages cut by comparing with the row at their edge: the last costs as much as the first, and none moves.

An order is one column and the id, both rising or both falling; so pages stay put while listings are added.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from products.listings.errors import CursorInvalid
from products.listings.querysets import ListingQuerySet

PAGE_SIZE = 25
# Longer than any cursor that we give out: eighty characters of a model, four bytes each, in base64.
CURSOR_LIMIT = 600
# The column of each order in IndexEntry, and whether it falls. What states no date or model stands last in all of them.
ORDERINGS: dict[str, tuple[str, bool]] = {
    "relevance": ("relevance", True),
    "-listed_on": ("sort_date", True),
    "listed_on": ("date_rising", False),
    "model": ("model_rising", False),
    "-model": ("sort_model", True),
    "company": ("sort_company", False),
    "-company": ("sort_company", True),
}
DEFAULT_ORDERING = "-listed_on"
DATES = frozenset({"sort_date", "date_rising"})


class Edge(NamedTuple):
    """The row at the edge of the page before, or behind for `backwards`."""

    backwards: bool
    ordering: str
    key: Any
    id: int


@dataclass(frozen=True)
class Page:
    """A page of listings and the cursors of its neighbours (None: there is none)."""

    rows: list[Any]
    next: str | None
    previous: str | None


def page_of(rows: ListingQuerySet, *, cursor: str | None = None, size: int = PAGE_SIZE) -> Page:
    """One page of listings, newest first; one query. Raises CursorInvalid for a cursor that is none of this order."""
    edge = read_cursor(cursor, DEFAULT_ORDERING) if cursor else None
    backwards = bool(edge and edge.backwards)
    if edge:
        side = "gt" if backwards else "lt"
        rows = rows.filter(Q(**{f"sort_date__{side}": edge.key})
                           | Q(**{"sort_date": edge.key, f"id__{side}": edge.id}))
    found = list(rows.order_by(*(("sort_date", "id") if backwards else ("-sort_date", "-id")))[: size + 1])
    keys = [(row.sort_date, row.pk) for row in found]
    return cut(found, keys, edge, DEFAULT_ORDERING, size)


def cut(found: list[Any], keys: list[tuple[Any, int]], edge: Edge | None, ordering: str, size: int) -> Page:
    """The page from up to `size` + 1 rows in the order in which they were read, with the key and id of each."""
    backwards = bool(edge and edge.backwards)
    has_more, found, keys = len(found) > size, found[:size], keys[:size]
    if backwards:
        found, keys = found[::-1], keys[::-1]
    has_next = bool(found) and (backwards or has_more)
    has_previous = bool(found) and (has_more if backwards else edge is not None)
    return Page(
        found,
        write_cursor(Edge(False, ordering, *keys[-1])) if has_next else None,
        write_cursor(Edge(True, ordering, *keys[0])) if has_previous else None,
    )


def write_cursor(edge: Edge) -> str:
    """The edge as text for an address."""
    key = edge.key.isoformat() if isinstance(edge.key, date) else edge.key
    text = json.dumps([edge.backwards, edge.ordering, key, edge.id], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, *orderings: str) -> Edge:
    """The edge that a cursor of one of these orders tells; raises CursorInvalid for any other text."""
    try:
        if len(cursor) > CURSOR_LIMIT:
            raise ValueError(cursor)
        padded = cursor + "=" * (-len(cursor) % 4)
        backwards, ordering, key, pk = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if ordering not in orderings or not isinstance(backwards, bool):
            raise ValueError(cursor)
        return Edge(backwards, ordering, _read_key(ORDERINGS[ordering][0], key), _number(pk))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise CursorInvalid(field="cursor") from error


def _read_key(column: str, key: Any) -> Any:
    """A key of a cursor if it is one that `write_cursor` can have written; otherwise raises ValueError."""
    if column in DATES:
        return date.fromisoformat(key)
    if column == "relevance":
        return _number(key)
    if not isinstance(key, str) or "\x00" in key:
        raise ValueError(key)
    key.encode()
    return key


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError(value)
    return value
