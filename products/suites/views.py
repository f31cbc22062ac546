"""The public pages of the suite: editions, the items of each with their rules, and what differs between two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from products.devices.models import DeviceType
from products.devices.states import Origin
from products.directory.selectors import directory_state, listings_by_edition, present_address
from products.listings.states import AddressKind
from products.suites.filters import ItemFilter
from products.suites.models import Applicability, Category, Edition, Feature, ItemVersion, Standard
from products.suites.rendering import (
    Basis,
    FieldChange,
    Names,
    Rule,
    Value,
    abbreviation_of,
    basis_of,
    field_changes,
    name_of,
    rules_of,
    short_title,
    values_of,
    word,
)
from products.suites.selectors import catalogue_state, compare_editions, editions_visible_to, items_of
from products.suites.states import FROZEN
from wapicert.conditional import answer_conditionally

conditional = answer_conditionally(lambda request, **kwargs: catalogue_state())
# Pages that also say how many devices passed an edition.
conditional_on_listings = answer_conditionally(lambda request, **kwargs: (catalogue_state(), directory_state()))


@dataclass(frozen=True)
class Line:
    """An item as its page shows it, in words."""

    item: ItemVersion
    values: list[Value]
    rules: list[Rule]
    basis: Basis
    evidence: list[str]


@dataclass(frozen=True)
class Group:
    """Items that stand together."""

    name: str
    lines: list[Any]


@dataclass(frozen=True)
class Section:
    """A category with its groups."""

    category: Category
    groups: list[Group]

    @property
    def count(self) -> int:
        return sum(len(group.lines) for group in self.groups)


@dataclass(frozen=True)
class Cell:
    """A place of the matrix: how an item applies to a type, and the number of its condition."""

    level: str = ""
    sign: str = ""
    label: str = ""
    condition: int | None = None


@dataclass(frozen=True)
class MatrixLine:
    """An item's row of the matrix."""

    item: ItemVersion
    cells: list[Cell]


@dataclass(frozen=True)
class ChangedLine:
    """An item that both editions have, with the fields that differ."""

    item: ItemVersion
    fields: list[FieldChange]


@require_safe
@conditional_on_listings
def edition_list(request: HttpRequest) -> HttpResponse:
    """The editions, newest first, with the devices that passed each; the laboratory also sees drafts."""
    counts = listings_by_edition()
    editions = [(edition, counts.get(edition.slug)) for edition in editions_visible_to(request.user)]
    return render(request, "products/suites/editions.html", {"editions": editions})


@require_safe
@conditional_on_listings
def edition_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One edition with its items by category and group; `device_type` and `category` narrow them."""
    edition = editions_visible_to(request.user).filter(slug=slug).first()
    if edition is None:
        return moved(slug)
    asked = ItemFilter(request.GET, queryset=items_of(edition))
    items = list(asked.qs) if asked.form.is_valid() else []
    device_type = asked.form.cleaned_data.get("device_type")
    standards = standard_titles()
    lines = [line_of(item, standards, device_type) for item in items]
    context = about(edition, items) | {
        "asked": asked, "sections": sections_of(lines), "device_type": device_type, "shown": len(items),
        "counts": listings_by_edition().get(edition.slug),
        "news": compare_editions(edition.predecessor, edition) if edition.predecessor else None,
    }
    return render(request, "products/suites/edition.html", context)


def moved(slug: str) -> HttpResponse:
    """Lead from a former slug to the present one; 404 where there never was one."""
    present = present_address(AddressKind.EDITION, slug)
    if present is None:
        raise Http404
    return redirect("edition", slug=present, permanent=True)


@require_safe
@conditional
def edition_matrix(request: HttpRequest, slug: str) -> HttpResponse:
    """Which items apply to which types of device, and under which condition."""
    edition = get_object_or_404(editions_visible_to(request.user), slug=slug)
    items = list(items_of(edition))
    types = types_in(items)
    conditions = list(dict.fromkeys(row.feature for item in items for row in item.applicability.all() if row.feature))
    numbers = {feature.pk: number for number, feature in enumerate(conditions, start=1)}
    lines = [MatrixLine(item, cells_of(item, types, numbers)) for item in items]
    totals = [sum(1 for line in lines if line.cells[place].level) for place in range(len(types))]
    context = about(edition, items) | {
        "types": types, "sections": sections_of(lines), "conditions": conditions, "totals": totals,
    }
    return render(request, "products/suites/matrix.html", context)


@require_safe
def edition_changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Leads to the difference from the predecessor; 404 for an edition without one."""
    edition = get_object_or_404(editions_visible_to(request.user), slug=slug, predecessor__isnull=False)
    assert edition.predecessor is not None
    return redirect("edition-difference", before=edition.predecessor.slug, after=edition.slug)


@require_safe
@conditional
def difference_page(request: HttpRequest, before: str, after: str) -> HttpResponse:
    """What the second edition adds, changes and removes, changed texts side by side with the words marked."""
    visible = editions_visible_to(request.user)
    difference = compare_editions(get_object_or_404(visible, slug=before), get_object_or_404(visible, slug=after))
    names = names_in_use()
    context = {
        "difference": difference,
        "added": [line_of(item, names.standards) for item in difference.added],
        "changed": [ChangedLine(change.after, field_changes(change.fields, names)) for change in difference.changed],
        "removed": [line_of(item, names.standards) for item in difference.removed],
        "others": [edition for edition in visible if edition.slug not in (before, after)],
        "has_draft": not {difference.before.status, difference.after.status} <= FROZEN,
    }
    return render(request, "products/suites/difference.html", context)


def about(edition: Edition, items: Iterable[ItemVersion]) -> dict[str, Any]:
    """What the head of an edition's pages shows."""
    origins = Counter(ItemVersion.objects.filter(edition=edition).values_list("origin", flat=True))
    return {
        "edition": edition,
        "published_items": origins[Origin.PUBLISHED],
        "proposed_items": origins[Origin.PROPOSED],
        "is_public": edition.status in FROZEN,
    }


def names_in_use() -> Names:
    """What codes are called, in the reader's language: four queries on small tables."""
    return Names(
        device_types={row.code: name_of(row) for row in DeviceType.objects.all()},
        features={row.key: name_of(row) for row in Feature.objects.all()},
        categories={row.code: name_of(row) for row in Category.objects.all()},
        standards=standard_titles(),
    )


def standard_titles() -> dict[str, str]:
    """The short titles of the documents on which items are based, by code. One query."""
    return {row.code: short_title(row) for row in Standard.objects.all()}


def line_of(item: ItemVersion, standards: Mapping[str, str], device_type: DeviceType | None = None) -> Line:
    """An item in words; with a type, only the rule that is for it."""
    rules = rules_of(item)
    if device_type is not None:
        rules = [Rule(rule.level, rule.label, [], rule.feature) for rule in rules
                 if device_type.code in rule.device_types]
    return Line(item, values_of(item), rules, basis_of(item, standards), [word(text) for text in item.evidence])


def sections_of(lines: Iterable[Any]) -> list[Section]:
    """The lines by category and group, each in the order of its first item."""
    found: dict[Category, dict[str, list[Any]]] = {}
    for line in lines:
        found.setdefault(line.item.category, {}).setdefault(line.item.group_zh, []).append(line)
    return [Section(category, [Group(word(name), rows) for name, rows in groups.items()])
            for category, groups in found.items()]


def types_in(items: Iterable[ItemVersion]) -> list[DeviceType]:
    """The types to which any of the items applies, in their order."""
    types = {row.device_type for item in items for row in item.applicability.all()}
    return sorted(types, key=lambda kind: kind.position)


def cells_of(item: ItemVersion, types: list[DeviceType], numbers: dict[int, int]) -> list[Cell]:
    """An item's cells, one per type; empty where it does not apply."""
    rows: dict[int, Applicability] = {row.device_type_id: row for row in item.applicability.all()}
    return [cell_of(rows[kind.pk], numbers) if kind.pk in rows else Cell() for kind in types]


def cell_of(row: Applicability, numbers: dict[int, int]) -> Cell:
    """One rule as a cell."""
    condition = numbers[row.feature.pk] if row.feature else None
    return Cell(row.level, abbreviation_of(row.level), row.get_level_display(), condition)
