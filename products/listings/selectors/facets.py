"""Facets: what the cube and a search's histogram say about each value under the current selections.

A histogram is {facet code: number of listings}; the cube is the histogram of the whole register. Both are small against
the register, so counting every facet is a walk over some thousand numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from products.listings.models import Cell, FacetValue
from products.listings.selectors.register import directory_tag
from products.listings.states import FACETS, NOT_STATED, Places

Selections = Mapping[str, Iterable[str]]
Histogram = Mapping[int, int]


@dataclass(frozen=True)
class Counts:
    """How many listings the selections leave, per facet how many each value would, and how many without a facet's."""

    total: int
    by_value: dict[str, dict[str, int]]
    without: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cube:
    """The counts of the whole register and the places of all values, as they are at one version."""

    cells: dict[int, int]
    places: Places

    @cached_property
    def values(self) -> dict[str, dict[int, str]]:
        """Facet and place to value."""
        return {facet: {place: value for value, place in places.items()} for facet, places in self.places.items()}

    @cached_property
    def everything(self) -> Counts:
        """The counts with nothing selected."""
        return counted(self, self.cells, {})

    def choices(self, selections: Selections) -> dict[str, Choice]:
        """What is chosen, per facet in which something is."""
        found = {facet: list(values) for facet, values in selections.items()}
        return {facet: Choice.of(facet, values, self.places[facet]) for facet, values in found.items() if values}

    def fitting(self, selections: Selections) -> dict[int, int]:
        """The cells that have, for each facet, one of the values selected."""
        cells: Iterable[tuple[int, int]] = self.cells.items()
        for choice in self.choices(selections).values():
            cells = [(code, number) for code, number in cells if choice.takes(code)]
        return dict(cells)


@dataclass(frozen=True)
class Choice:
    """The values chosen of one facet: their places, the same as bits for a list, and whether what states none fits."""

    facet: str
    places: frozenset[int]
    takes_none: bool

    @classmethod
    def of(cls, facet: str, values: Iterable[str], places: Mapping[str, int]) -> Choice:
        """From values; one that no listing ever had has no place and takes nothing."""
        chosen = set(values)
        return cls(facet, frozenset(places[value] for value in chosen if value in places), NOT_STATED in chosen)

    @cached_property
    def bits(self) -> int:
        """The places as bits of a list."""
        return sum(1 << (place - 1) for place in self.places)

    @cached_property
    def _known(self) -> dict[int, bool]:
        return {}

    def takes(self, code: int) -> bool:
        """Whether a listing of this code has one of the values."""
        where = FACETS[self.facet]
        part = code >> where.shift & where.mask
        answer = self._known.get(part)
        if answer is None:
            answer = self.takes_none if part == 0 else bool(part & self.bits) if where.is_list else part in self.places
            self._known[part] = answer
        return answer


def the_cube() -> Cube:
    """The cube as it is now; kept by the directory's version, so that it is read once per change."""
    tag = directory_tag()
    return kept_cube(tag) if tag else kept_cube.__wrapped__(tag)


@lru_cache(maxsize=1)
def kept_cube(tag: str) -> Cube:
    """The cube that was read under this tag or shortly after: never an older one."""
    places: Places = {facet: {} for facet in FACETS}
    for facet, value, place in FacetValue.objects.values_list("facet", "value", "place"):
        places[facet][value] = place
    return Cube(dict(Cell.objects.filter(number__gt=0).values_list("code", "number")), places)


def counted(cube: Cube, histogram: Histogram, selections: Selections) -> Counts:
    """The counts of a histogram under the selections.

    A facet's counts ignore its own selection, since its values are alternatives; what a listing does not state counts
    under NOT_STATED, a list under each of its values.
    """
    choices = cube.choices(selections)
    shown: dict[int, int] = dict(histogram)
    missing: dict[str, dict[int, int]] = {facet: {} for facet in choices}
    if choices:
        shown = {}
        for code, number in histogram.items():
            misses = [facet for facet, choice in choices.items() if not choice.takes(code)]
            if not misses:
                shown[code] = number
            elif len(misses) == 1:
                missing[misses[0]][code] = number
    by_value = {facet: _by_value(cube, facet, shown, missing.get(facet, {})) for facet in FACETS}
    total = sum(shown.values())
    return Counts(total, by_value, {facet: total + sum(cells.values()) for facet, cells in missing.items()})


def _by_value(cube: Cube, facet: str, *histograms: Histogram) -> dict[str, int]:
    shift, mask = FACETS[facet].shift, FACETS[facet].mask
    parts: dict[int, int] = defaultdict(int)
    for histogram in histograms:
        for code, number in histogram.items():
            parts[code >> shift & mask] += number
    counts: dict[str, int] = {}
    for part, number in parts.items():
        for value in values_in(cube, facet, part):
            counts[value] = counts.get(value, 0) + number
    return counts


def values_in(cube: Cube, facet: str, part: int) -> list[str]:
    """The values that one facet's part of a code stands for."""
    if part == 0:
        return [NOT_STATED]
    names = cube.values[facet]
    if FACETS[facet].is_list:
        return [names[place] for place in range(1, part.bit_length() + 1) if part >> (place - 1) & 1]
    return [names[part]]
