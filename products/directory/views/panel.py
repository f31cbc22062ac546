"""The panel of filters: every value is a link that sets or lifts it, so it works without a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from products.directory.views.lines import name_of
from products.listings.filters import ListingFilter, Ordering
from products.listings.selectors import COLUMNS
from products.listings.states import NOT_STATED

# Values of these come in the catalogue's order, the others with the most listings first; years fall.
IN_ORDER = frozenset({"type", "band", "generation", "category", "status"})
FALLING = frozenset({"year", "edition"})


class Choice(NamedTuple):
    """A value of a facet: its word, how many listings it would show, where its link leads."""

    label: str
    number: int
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


def groups_of(asked: ListingFilter, counts: Mapping[str, Mapping[str, int]]) -> list[Group]:
    """The facets with the values that would show something, and those that are chosen."""
    selections = asked.selections
    return [_group(asked, facet, counts[facet], selections[facet]) for facet in COLUMNS]


def _group(asked: ListingFilter, facet: str, counts: Mapping[str, int], chosen: list[str]) -> Group:
    labels = labels_of(asked, facet)
    values = [value for value in labels if counts.get(value) or value in chosen]
    if facet in FALLING:
        values.sort(key=lambda value: (value != NOT_STATED, value), reverse=True)
    choices = [
        Choice(labels[value], counts.get(value, 0), address(asked, toggled(asked.data, facet, value)), value in chosen)
        for value in values
    ]
    return Group(facet, str(asked.filters[facet].label), choices, len(chosen))


def labels_of(asked: ListingFilter, facet: str) -> dict[str, str]:
    """The words of a facet's values, in the catalogue's order; 未载明 last."""
    return {str(value): str(label) for value, label in asked.filters[facet].extra["choices"]}


def chips_of(asked: ListingFilter) -> list[Chip]:
    """Everything that is set, each with a link that lifts it."""
    chips = []
    for facet, chosen in asked.selections.items():
        labels = labels_of(asked, facet)
        chips += [Chip(str(asked.filters[facet].label), labels[value],
                       address(asked, toggled(asked.data, facet, value))) for value in chosen]
    for name in ("q", "company", "listed_after", "listed_before"):
        if value := asked.values.get(name):
            text = name_of(value) if name == "company" else str(value)
            chips.append(Chip(str(asked.filters[name].label), text, address(asked, without(asked.data, name))))
    return chips


def orders_of(asked: ListingFilter) -> list[dict[str, Any]]:
    """The orders to choose from."""
    return [{"label": order.label, "is_chosen": order.value == asked.ordering_chosen,
             "href": address(asked, replaced(asked.data, "ordering", order.value))} for order in Ordering]


def kept_beside(asked: ListingFilter, *names: str) -> list[tuple[str, str]]:
    """What a form that asks for `names` must carry along as hidden fields."""
    right = {name for name, value in asked.values.items() if value}
    return [(name, value) for name, values in asked.data.lists() for value in values
            if name in right and name not in names]


def toggled(data: QueryDict, name: str, value: str) -> QueryDict:
    """The query with the value set if it was not, and lifted if it was."""
    query = data.copy()
    values = query.getlist(name)
    query.setlist(name, [one for one in values if one != value] if value in values else [*values, value])
    return query


def replaced(data: QueryDict, name: str, value: str) -> QueryDict:
    """The query with one value for a name."""
    query = data.copy()
    query[name] = value
    return query


def without(data: QueryDict, name: str) -> QueryDict:
    """The query without a name."""
    query = data.copy()
    query.pop(name, None)
    return query


def address(asked: ListingFilter, query: QueryDict) -> str:
    """The directory with a query, from its first page; what the filters refused is left out."""
    kept = QueryDict(mutable=True)
    wrong = set(asked.form.errors)
    for name, values in query.lists():
        if name in asked.filters and name not in wrong and (values := [value for value in values if value]):
            kept.setlist(name, values)
    return f"/?{kept.urlencode()}" if kept else "/"


def summary_of(asked: ListingFilter, total: int) -> str:
    """How many listings are shown, in words."""
    if chips_of(asked):
        return _("找到 %(count)s 个产品") % {"count": total}
    return _("共 %(count)s 个产品") % {"count": total}
