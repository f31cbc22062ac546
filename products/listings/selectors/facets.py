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
# By facet, what its part of the code says, to the number of listings.
Parts = dict[str, dict[int, int]]


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
        return Counts(sum(self.cells.values()), named(self, self.parts))

    @cached_property
    def parts(self) -> Parts:
        """The whole cube by facet and part of the code."""
        return {facet: by_part(facet, self.cells) for facet in FACETS}

    def choices(self, selections: Selections) -> dict[str, Choice]:
        """What is chosen, per facet in which something is."""
        found = {facet: list(values) for facet, values in selections.items()}
        return {facet: Choice.of(facet, values, self.places[facet]) for facet, values in found.items() if values}

    @cached_property
    def _codes(self) -> dict[str, dict[int, set[int]]]:
        return {}

    def codes(self, facet: str) -> dict[int, set[int]]:
        """The codes of a facet by their part of it; sorted once per version, since most questions choose some facet."""
        if facet not in self._codes:
            shift, mask = FACETS[facet].shift, FACETS[facet].mask
            parts: dict[int, set[int]] = defaultdict(set)
            for code in self.cells:
                parts[code >> shift & mask].add(code)
            self._codes[facet] = parts
        return self._codes[facet]

    def taken(self, choice: Choice) -> set[int]:
        """The codes of the cube that have one of the values chosen."""
        parts = self.codes(choice.facet)
        return set().union(*(codes for part, codes in parts.items() if choice.takes(part)))

    def fitting(self, selections: Selections) -> dict[int, int]:
        """The cells that have, for each facet, one of the values selected."""
        sets = [self.taken(choice) for choice in self.choices(selections).values()]
        return {code: self.cells[code] for code in set.intersection(*sets)} if sets else self.cells


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

    def takes(self, part: int) -> bool:
        """Whether a listing with this part of its code has one of the values."""
        if part == 0:
            return self.takes_none
        return bool(part & self.bits) if FACETS[self.facet].is_list else part in self.places

    def taken(self, codes: Iterable[int]) -> set[int]:
        """The codes of listings that have one of the values."""
        shift, mask = FACETS[self.facet].shift, FACETS[self.facet].mask
        right = {part for part in {code >> shift & mask for code in codes} if self.takes(part)}
        return {code for code in codes if code >> shift & mask in right}


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
    if not choices:
        parts = {facet: by_part(facet, histogram) for facet in FACETS}
        return Counts(sum(histogram.values()), named(cube, parts))
    is_whole = histogram is cube.cells
    taken = {facet: cube.taken(choice) if is_whole else choice.taken(histogram) for facet, choice in choices.items()}
    shown = set.intersection(*taken.values())
    parts = parts_of(cube, histogram, shown)
    total, without = sum(histogram[code] for code in shown), {}
    for facet in choices:
        others = [codes for name, codes in taken.items() if name != facet]
        beside = (set.intersection(*others) if others else set(histogram)) - taken[facet]
        missed = {code: histogram[code] for code in beside}
        parts[facet] = add(parts[facet], by_part(facet, missed))
        without[facet] = total + sum(missed.values())
    return Counts(total, named(cube, parts), without)


def parts_of(cube: Cube, histogram: Histogram, shown: set[int]) -> Parts:
    """The codes shown by facet and part; of the cube, whichever is less is walked: what is shown or what is not."""
    if histogram is cube.cells and len(shown) * 2 > len(histogram):
        rest = {code: -histogram[code] for code in histogram.keys() - shown}
        return {facet: add(cube.parts[facet], by_part(facet, rest)) for facet in FACETS}
    kept = {code: histogram[code] for code in shown}
    return {facet: by_part(facet, kept) for facet in FACETS}


def by_part(facet: str, histogram: Histogram) -> dict[int, int]:
    """How many listings have each part."""
    shift, mask = FACETS[facet].shift, FACETS[facet].mask
    parts: dict[int, int] = defaultdict(int)
    for code, number in histogram.items():
        parts[code >> shift & mask] += number
    return parts


def add(first: Mapping[int, int], second: Mapping[int, int]) -> dict[int, int]:
    """The sums; what comes to nothing is left out."""
    sums = {part: first.get(part, 0) + second.get(part, 0) for part in first.keys() | second.keys()}
    return {part: number for part, number in sums.items() if number}


def named(cube: Cube, parts: Parts) -> dict[str, dict[str, int]]:
    """The counts by value; a list counts under each of its values."""
    found: dict[str, dict[str, int]] = {}
    for facet, numbers in parts.items():
        counts = found[facet] = {}
        for part, number in numbers.items():
            for value in values_in(cube, facet, part):
                counts[value] = counts.get(value, 0) + number
    return found


def values_in(cube: Cube, facet: str, part: int) -> list[str]:
    """The values that one facet's part of a code stands for."""
    if part == 0:
        return [NOT_STATED]
    names = cube.values[facet]
    if FACETS[facet].is_list:
        return [names[place] for place in range(1, part.bit_length() + 1) if part >> (place - 1) & 1]
    return [names[part]]
