"""Charts drawn on the server as SVG: no script, no inline style, colours from the style sheet, the table beside them.

A chart is made of plain labels and numbers; `templates/components/charts/figure.html` shows it with legend and table,
`charts.css` gives the colours of both themes. Every value also stands in the table, so that nothing hangs on colour.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from wapicert.scales import Number, marks_around, marks_for, ticks
from wapicert.texts import printable

# Colours that the style sheet knows; a chart with more series repeats them, and its legend numbers them.
COLOURS = 8
WIDTH, HEIGHT = 720, 280
# What a telephone shows instead: drawn anew for its width, since shrunk letters cannot be read.
NARROW = 340
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 22, 34
BAR, GAP, LABELS = 20, 10, 190
# Characters that a spreadsheet would take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Series:
    """One row of numbers under a name; None is a place without a value."""

    label: str
    values: Sequence[Number | None]


@dataclass(frozen=True)
class Chart:
    """A drawing with its legend and the same numbers as a table; `key` is its anchor."""

    key: str
    title: str
    drawing: SafeString
    legend: list[tuple[int, str]]
    head: list[str]
    rows: list[list[Any]]
    note: str = ""
    narrow: SafeString = field(default_factory=SafeString)

    def as_csv(self) -> str:
        """The table as CSV (RFC 4180), in which no text begins a formula."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([plain_cell(cell) for cell in self.head])
        writer.writerows([[plain_cell(cell) for cell in row] for row in self.rows])
        return out.getvalue()


def plain_cell(value: Any) -> Any:
    """A cell as a spreadsheet may open it: a text that would start a formula gets an apostrophe; None is empty."""
    if not isinstance(value, str):
        return "" if value is None else value
    text = printable(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def columns(
    *, key: str, title: str, labels: Sequence[str], series: Sequence[Series], head: str, note: str = "",
    total: str = "",
) -> Chart:
    """Stacked columns, one per label; with several series the table gets a last column headed `total`."""
    sums = [sum(row.values[place] or 0 for row in series) for place in range(len(labels))]

    def draw(width: int) -> SafeString:
        frame = _Frame(labels, ticks(max(sums, default=0)), width)
        shapes: list[SafeString] = []
        for place, label in enumerate(labels):
            base: Number = 0
            for number, row in enumerate(series):
                value = row.values[place]
                if value:
                    shapes.append(frame.box(place, base, value, number, f"{label} · {row.label}: {value:g}"))
                    base += value
            # A sum of nought draws nothing, and its number says that it was counted.
            if any(row.values[place] is not None for row in series):
                shapes.append(frame.number(place, base))
        return frame.drawn(title, shapes)

    with_total = bool(total) and len(series) > 1
    rows = [[label, *(row.values[place] for row in series), *([sums[place]] if with_total else [])]
            for place, label in enumerate(labels)]
    return Chart(key, title, draw(WIDTH), _legend(series),
                 [head, *(row.label for row in series), *([total] if with_total else [])], rows, note, draw(NARROW))


def lines(
    *, key: str, title: str, labels: Sequence[str], series: Sequence[Series], head: str, note: str = "",
    limit: tuple[str, Number] | None = None, from_nought: bool = True,
) -> Chart:
    """One line per series; a place without a value interrupts it. `limit` is a level with its name.

    Without `from_nought` the axis begins near the lowest value, so that the way of a value can be seen.
    """
    values = [value for row in series for value in row.values if value is not None] + ([limit[1]] if limit else [])
    marks = (marks_for if from_nought else marks_around)(min(values, default=0), max(values, default=0))

    def draw(width: int) -> SafeString:
        frame = _Frame(labels, marks, width)
        shapes: list[SafeString] = [frame.level(*limit)] if limit else []
        for number, row in enumerate(series):
            shapes.extend(frame.path(part, number) for part in _unbroken(row.values))
            shapes.extend(frame.point(place, value, number, f"{labels[place]} · {row.label}: {value:g}")
                          for place, value in enumerate(row.values) if value is not None)
        return frame.drawn(title, shapes)

    rows = [[label, *(row.values[place] for row in series)] for place, label in enumerate(labels)]
    return Chart(key, title, draw(WIDTH), _legend(series), [head, *(row.label for row in series)], rows, note,
                 draw(NARROW))


def bars(*, key: str, title: str, rows: Sequence[tuple[str, Number]], head: tuple[str, str], note: str = "") -> Chart:
    """Horizontal bars with their number at the end, in the order given; for long names and Pareto lists."""
    def draw(width: int) -> SafeString:
        stack = _Stack(rows, width)
        return _svg(title, stack.height, stack.bars(), width)

    return Chart(key, title, draw(WIDTH), [], list(head), [[label, value] for label, value in rows], note, draw(NARROW))


def pareto(
    *, key: str, title: str, rows: Sequence[tuple[str, int]], head: tuple[str, str, str, str], note: str = "",
    drawn: int = 20,
) -> Chart:
    """Bars in the order given with the line of their cumulative share; the table has all, the drawing the first ones.

    `head` names what is counted, its number, its share and the share of all so far, both in per cent.
    """
    total = sum(value for _label, value in rows) or 1
    table: list[list[Any]] = []
    so_far = 0
    for label, value in rows:
        so_far += value
        table.append([label, value, round(100 * value / total, 1), round(100 * so_far / total, 1)])
    shown = table[:drawn]

    def draw(width: int) -> SafeString:
        stack = _Stack([(row[0], row[1]) for row in shown], width)
        points = [(*stack.place(place, row[3] / 100), row[3]) for place, row in enumerate(shown)]
        path = " ".join(f"{x},{y}" for x, y, _share in points)
        shapes = [*stack.bars(), format_html('<polyline class="line c2" points="{}"/>', path)]
        shapes.extend(format_html('<circle class="c2" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>'
                                  '<text class="share" x="{}" y="{}">{}%</text>', x, y, f"{head[3]}: {share:g}",
                                  width - 2, y + 5, f"{share:g}") for x, y, share in points)
        return _svg(title, stack.height, shapes, width)

    return Chart(key, title, draw(WIDTH), [(1, head[1]), (2, head[3])], list(head), table, note, draw(NARROW))


class _Stack:
    """Horizontal bars below one another: the name before each, or above it where there is little room."""

    def __init__(self, rows: Sequence[tuple[str, Number]], width: int) -> None:
        self.rows, self.is_narrow = rows, width < WIDTH
        self.left = 0 if self.is_narrow else LABELS
        self.room = width - self.left - 70
        self.step = BAR + GAP + (16 if self.is_narrow else 0)
        self.most = max((value for _label, value in rows), default=0) or 1
        self.height = len(rows) * self.step + GAP

    def place(self, place: int, share: float) -> tuple[float, float]:
        """The middle of a bar's height, at a share of the longest one's length."""
        return round(self.left + self.room * share, 1), self._top(place) + BAR / 2

    def bars(self) -> list[SafeString]:
        return [self._bar(place, label, value) for place, (label, value) in enumerate(self.rows)]

    def _top(self, place: int) -> int:
        return GAP + place * self.step + (16 if self.is_narrow else 0)

    def _bar(self, place: int, label: str, value: Number) -> SafeString:
        top, length = self._top(place), self.room * value / self.most
        name = ("name above", 0, top - 5, _short(label, 44)) if self.is_narrow else (
            "name", self.left - 8, top + 15, _short(label))
        return format_html(
            '<text class="{}" x="{}" y="{}">{}</text><rect class="c1" x="{}" y="{}" width="{}" height="{}"/>'
            '<text class="value" x="{}" y="{}">{}</text>',
            *name, self.left, top, round(length, 1), BAR, round(self.left + length + 6, 1), top + 15, f"{value:g}")


class _Frame:
    """The field in which columns and lines are drawn: axis, ticks, labels."""

    def __init__(self, labels: Sequence[str], marks: list[Number], width: int) -> None:
        self.labels, self.marks, self.width = labels, marks, width
        self.slot = (width - LEFT - RIGHT) / max(1, len(labels))

    def height(self, value: Number) -> float:
        share = (value - self.marks[0]) / (self.marks[-1] - self.marks[0])
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)

    def level(self, words: str, value: Number) -> SafeString:
        return format_html('<line class="limit" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="limit" x="{}" y="{}">{}'
                           "</text>", LEFT, self.width - RIGHT, self.height(value), self.height(value), LEFT + 4,
                           self.height(value) - 5, words)

    def middle(self, place: int) -> float:
        return round(LEFT + self.slot * (place + 0.5), 1)

    def box(self, place: int, base: Number, value: Number, number: int, words: str) -> SafeString:
        width = min(46.0, self.slot * 0.72)
        top = self.height(base + value)
        return format_html('<rect class="c{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
                           number % COLOURS + 1, round(self.middle(place) - width / 2, 1), top, round(width, 1),
                           round(self.height(base) - top, 1), words)

    def number(self, place: int, value: Number) -> SafeString:
        return format_html('<text class="label value" x="{}" y="{}">{}</text>', self.middle(place),
                           self.height(value) - 5, f"{value:g}")

    def path(self, part: list[tuple[int, Number]], number: int) -> SafeString:
        points = " ".join(f"{self.middle(place)},{self.height(value)}" for place, value in part)
        return format_html('<polyline class="line c{}" points="{}"/>', number % COLOURS + 1, points)

    def point(self, place: int, value: Number, number: int, words: str) -> SafeString:
        return format_html('<circle class="c{}" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>',
                           number % COLOURS + 1, self.middle(place), self.height(value), words)

    def drawn(self, title: str, shapes: Iterable[SafeString]) -> SafeString:
        grid = [format_html('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick" x="{}" y="{}">{}'
                            "</text>", LEFT, self.width - RIGHT, self.height(mark), self.height(mark), LEFT - 8,
                            self.height(mark) + 4, f"{mark:g}") for mark in self.marks]
        # Labels that would touch stand on two lines; if they still do, every second, third … is written only.
        written = [_broken(label, self.slot) for label in self.labels]
        widest = max((_width(line) for label in written for line in label), default=1)
        every = max(1, ceil((widest + 4) / self.slot))
        names = [format_html('<text class="label" x="{}" y="{}">{}</text>', self.middle(place),
                             HEIGHT - 18 + 14 * row if len(label) > 1 else HEIGHT - 12, line)
                 for place, label in enumerate(written) if place % every == 0 for row, line in enumerate(label)]
        return _svg(title, HEIGHT, [*grid, *shapes, *names], self.width)


def _svg(title: str, height: int, shapes: Iterable[SafeString], width: int) -> SafeString:
    return format_html('<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
                       "chart" if width == WIDTH else "chart narrow", width, height, title,
                       format_html_join("", "{}", ((shape,) for shape in shapes)))


def _legend(series: Sequence[Series]) -> list[tuple[int, str]]:
    return [(number % COLOURS + 1, row.label) for number, row in enumerate(series)] if len(series) > 1 else []


def _unbroken(values: Sequence[Number | None]) -> list[list[tuple[int, Number]]]:
    """The stretches of a series that have values, with their places."""
    parts: list[list[tuple[int, Number]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            parts.append([])
        else:
            parts[-1].append((place, value))
    return [part for part in parts if len(part) > 1]


def _width(text: str) -> float:
    """About how wide a text is drawn."""
    return sum(12 if ord(letter) > 0x2E80 else 6.4 for letter in text)


def _broken(label: str, room: float) -> list[str]:
    """A label on one line, or on two where it is too wide and has a blank to be broken at."""
    blanks = [place for place, letter in enumerate(label) if letter == " "]
    if _width(label) + 4 <= room or not blanks:
        return [label]
    middle = min(blanks, key=lambda place: abs(place - len(label) / 2))
    return [label[:middle], label[middle + 1:]]


def _short(label: str, most: int = 22) -> str:
    """A name that fits beside its bar; Chinese characters count twice. The table has it in full."""
    room = most
    for place, letter in enumerate(label):
        room -= 2 if ord(letter) > 0x2E80 else 1
        if room < 0:
            return f"{label[:place]}…"
    return label
