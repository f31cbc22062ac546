"""What a measured value can be at all: by its unit, by the measurement, and beside the other values of its item.

A rate above 100 % or a mean above the maximum is a slip of the pen or a broken rig, whatever the edition demands. This
is data beside the editions (`data/bounds.json`), not in them: it binds editions that were frozen long ago, too, and
changes no fingerprint.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from products.suites.states import MeasurementType

DATA = Path(__file__).resolve().parents[1] / "data" / "bounds.json"
# Parts of a key that tell which of several values of one kind it is; without one it is the mean.
RANKS = {"min": 0, "avg": 1, "mean": 1, "max": 2}
MEAN = 1


class Measured(Protocol):
    """A measurement, in whatever form."""

    @property
    def key(self) -> str: ...

    @property
    def type(self) -> str: ...

    @property
    def unit(self) -> str: ...


@dataclass(frozen=True)
class Bounds:
    """From where to where a value can lie; None: no end. `above` is an end that the value itself cannot reach."""

    lowest: Decimal | None = None
    above: Decimal | None = None
    highest: Decimal | None = None
    is_whole: bool = False

    def holds(self, value: Decimal) -> bool:
        """Whether a measured value can be this."""
        return self.spans(value) and not (self.above is not None and value == self.above) and (
            not self.is_whole or value == value.to_integral_value())

    def spans(self, value: Decimal) -> bool:
        """Whether the value lies between the ends, these included, as a limit must."""
        low = self.lowest if self.above is None else self.above
        return (low is None or value >= low) and (self.highest is None or value <= self.highest)


@cache
def _known() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return known | {"units": {unicodedata.normalize("NFKC", unit): said for unit, said in known["units"].items()}}


@cache
def _bounds(code: str, key: str, unit: str) -> Bounds:
    known, said = _known(), dict[str, Any]()
    for word in key.split("_"):
        said |= known["words"].get(word, {})
    said |= known["units"].get(unicodedata.normalize("NFKC", unit), {})
    said |= known["measurements"].get(f"{code}.{key}", {})
    ends = {name: Decimal(said[name]) for name in ("lowest", "above", "highest") if name in said}
    return Bounds(**ends, is_whole=bool(said.get("whole")))


def bounds_of(code: str, key: str, unit: str) -> Bounds:
    """What the value of an item's measurement can be, most particular rule last; no bounds where nothing is known."""
    return _bounds(code, key, unit)


def contradictions(
    code: str, measurements: Iterable[Measured], values: Mapping[str, Decimal]
) -> Iterator[tuple[str, str]]:
    """Pairs of keys whose first value is larger than the second, which cannot be: minimum, mean and maximum of one
    kind, and what the data name for the item."""
    rows = [row for row in measurements if row.type == MeasurementType.NUMBER and row.key in values]
    pairs = [(low.key, high.key) for low in rows for high in rows if _is_below(low, high)]
    pairs += [(low, high) for low, high in _known()["orders"].get(code, []) if low in values and high in values]
    for low, high in dict.fromkeys(pairs):
        if values[low] > values[high]:
            yield low, high


def _is_below(low: Measured, high: Measured) -> bool:
    """Whether both are values of one kind, the first of a lower rank."""
    (stem, rank), (other, higher) = _kind(low.key), _kind(high.key)
    return stem == other and low.unit == high.unit and rank < higher


def _kind(key: str) -> tuple[tuple[str, ...], int]:
    words = key.split("_")
    ranks = [RANKS[word] for word in words if word in RANKS]
    return tuple(word for word in words if word not in RANKS), ranks[0] if ranks else MEAN
