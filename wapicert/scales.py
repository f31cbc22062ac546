"""Round numbers for the axes of charts."""

from __future__ import annotations

from decimal import Decimal
from math import ceil, floor, log10

Number = int | float


def ticks(most: Number, wanted: int = 4) -> list[Number]:
    """Round numbers from nought to at least `most`: steps of 1, 2 or 5 times a power of ten, whole ones for counts."""
    if most <= 0:
        return [0, 1]
    step: Number = 1
    while step * wanted < most:
        step = step * 2 if str(step)[0] != "2" else step * 5 // 2
    return [step * place for place in range(int(-(-most // step)) + 1)]


def marks_for(least: Number, most: Number) -> list[Number]:
    """Round numbers from at most `least` to at least `most`, nought among them."""
    if least >= 0:
        return ticks(most)
    marks = ticks(max(most, -least))
    return [-mark for mark in marks[:0:-1] if mark - marks[1] < -least] + [mark for mark in marks
                                                                         if mark - marks[1] < most or not mark]


def marks_around(least: Number, most: Number, wanted: int = 4) -> list[Number]:
    """Round numbers from at most `least` to at least `most`, in which nought need not be: for the way of a value."""
    if most <= least:
        return marks_for(min(least, 0), max(most, 0))
    power = Decimal(10) ** floor(log10((most - least) / wanted))
    step = next(power * one for one in (1, 2, 5, 10, 20) if power * one * wanted >= most - least)
    return [float(step * place) for place in range(floor(least / float(step)), ceil(most / float(step)) + 1)]
