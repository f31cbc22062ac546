"""The panel of filters: every value is a link that sets or lifts it, so it works without a script."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.directory.filters import COLUMN_LABELS, SIZES
from products.directory.views.lines import USUAL, name_of, number_written
from products.listings.filters import ListingFilter, Ordering
from products.listings.selectors import Answer
from products.listings.states import FACETS, NOT_STATED

# Values of these come in the catalogue's order, the others with the most listings first; years fall.
IN_ORDER = frozenset({"type", "band", "generation", "category", "status"})
FALLING = frozenset({"year", "edition"})


class Choice(NamedTuple):
    """A value of a facet: its word, how many listings it would show, where its link leads."""

    label: str
    number: int
    written: str
    href: str
    is_chosen: bool


class Group(NamedTuple):
    """A facet and its values."""

    key: str
    label: str
    choices: list[Choice]
    chosen: int


class Chip(NamedTuple):
    """A filter that is set, and the address without it."""

    label: str
    value: str
    href: str


def groups_of(asked: ListingFilter, found: Answer) -> list[Group]:
    """The facets with the values that would show something, and those that are chosen."""
    selections, base = asked.selections, pairs_of(asked)
    return [_group(asked, facet, found, selections[facet], base) for facet in FACETS]


def _group(asked: ListingFilter, facet: str, found: Answer, chosen: list[str], base: Pairs) -> Group:
    counts = found.counts[facet]
    labels = labels_of(asked, facet)
    values = [value for value in labels if counts.get(value) or value in chosen]
    if facet in FALLING:
        values.sort(key=lambda value: (value != NOT_STATED, value), reverse=True)
    choices = [
        Choice(labels[value], number := counts.get(value, 0), number_written(number, is_exact=found.is_exact),
               linked(toggled(base, facet, value)), value in chosen)
        for value in values
    ]
    return Group(facet, str(asked.filters[facet].label), choices, len(chosen))


def labels_of(asked: ListingFilter, facet: str) -> dict[str, str]:
    """The words of a facet's values, in the catalogue's order; 未载明 last."""
    return _in_words(get_language() or "", tuple(asked.filters[facet].extra["choices"]))


@lru_cache(maxsize=64)
def _in_words(language: str, choices: tuple[tuple[str, Any], ...]) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices}


def chips_of(asked: ListingFilter) -> list[Chip]:
    """Everything that is set, each with a link that lifts it."""
    chips: list[Chip] = []
    base = pairs_of(asked)
    for facet, chosen in asked.selections.items():
        labels = labels_of(asked, facet)
        chips += [Chip(str(asked.filters[facet].label), labels[value],
                       linked(toggled(base, facet, value))) for value in chosen]
    for name in ("q", "company", "listed_after", "listed_before"):
        if value := asked.values.get(name):
            text = name_of(value) if name == "company" else str(value)
            chips.append(Chip(str(asked.filters[name].label), text, linked(without(base, name))))
    return chips


def orders_of(asked: ListingFilter, found: Answer, *, has_words: bool) -> list[dict[str, Any]]:
    """The orders to choose from; without words nothing is more relevant than anything else."""
    base = pairs_of(asked)
    return [{"label": order.label, "is_chosen": order.value == found.ordering, "value": order.value,
             "href": linked(replaced(base, "ordering", order.value))}
            for order in Ordering if has_words or order != Ordering.RELEVANCE]


def sizes_of(asked: ListingFilter, size: int) -> list[dict[str, Any]]:
    """How many lines a page may have."""
    base = pairs_of(asked)
    return [{"label": number, "is_chosen": number == size, "href": linked(replaced(base, "page_size", str(number)))}
            for number in SIZES]


def columns_of(asked: ListingFilter) -> list[str]:
    """The columns chosen, in the table's order; the usual ones without a choice."""
    chosen = asked.values.get("columns") or USUAL
    return [name for name in COLUMN_LABELS if name in chosen]


def kept_beside(asked: ListingFilter, *names: str) -> list[tuple[str, str]]:
    """What a form that asks for `names` must carry along as hidden fields."""
    right = {name for name, value in asked.values.items() if value}
    return [(name, value) for name, values in asked.data.lists() for value in values
            if name in right and name not in names]


# The parts of the address that are right, as they were given.
Pairs = list[tuple[str, str]]


def pairs_of(asked: ListingFilter) -> Pairs:
    """The query without the cursor, without what the filters refused and without what is said twice."""
    wrong = set(asked.form.errors)
    return list(dict.fromkeys((name, value) for name, values in asked.data.lists()
                              if name in asked.filters and name not in wrong for value in values if value))


def toggled(pairs: Pairs, name: str, value: str) -> Pairs:
    """The query with the value set if it was not, and lifted if it was."""
    pair = (name, value)
    return [one for one in pairs if one != pair] if pair in pairs else [*pairs, pair]


def replaced(pairs: Pairs, name: str, value: str) -> Pairs:
    """The query with one value for a name."""
    return [*without(pairs, name), (name, value)]


def without(pairs: Pairs, name: str) -> Pairs:
    """The query without a name."""
    return [pair for pair in pairs if pair[0] != name]


def linked(pairs: Pairs) -> str:
    """The directory with a query, from its first page."""
    return f"/?{'&'.join(map(_encoded, pairs))}" if pairs else "/"


@lru_cache(maxsize=4096)
def _encoded(pair: tuple[str, str]) -> str:
    return urlencode([pair])


def summary_of(asked: ListingFilter, found: Answer) -> str:
    """How many listings are shown, in words."""
    count = number_written(found.total, is_exact=found.is_total_exact)
    if chips_of(asked):
        return _("找到 %(count)s 个产品") % {"count": count}
    return _("共 %(count)s 个产品") % {"count": count}
