"""Charts drawn on the server as SVG: no script, no inline style, colours from the style sheet, the table beside them.

A chart is made of plain labels and numbers; `templates/components/charts/figure.html` shows it with legend and table,
`charts.css` gives the colours of both themes. Every value also stands in the table, so that nothing hangs on colour.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Number = int | float
# Colours that the style sheet knows; a chart with more series repeats them, and its legend numbers them.
COLOURS = 8
WIDTH, HEIGHT = 720, 280
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

    def as_csv(self) -> str:
        """The table as CSV (RFC 4180), in which no text begins a formula."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([plain_cell(cell) for cell in self.head])
        writer.writerows([[plain_cell(cell) for cell in row] for row in self.rows])
        return out.getvalue()


def plain_cell(value: Any) -> Any:
    """A cell as a spreadsheet may open it: a text that would start a formula gets an apostrophe; None is empty."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value


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


def columns(
    *, key: str, title: str, labels: Sequence[str], series: Sequence[Series], head: str, note: str = "",
    total: str = "",
) -> Chart:
    """Stacked columns, one per label; with several series the table gets a last column headed `total`."""
    sums = [sum(row.values[place] or 0 for row in series) for place in range(len(labels))]
    frame = _Frame(labels, ticks(max(sums, default=0)))
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
    with_total = bool(total) and len(series) > 1
    rows = [[label, *(row.values[place] for row in series), *([sums[place]] if with_total else [])]
            for place, label in enumerate(labels)]
    return Chart(key, title, frame.drawn(title, shapes), _legend(series),
                 [head, *(row.label for row in series), *([total] if with_total else [])], rows, note)


def lines(
    *, key: str, title: str, labels: Sequence[str], series: Sequence[Series], head: str, note: str = "",
    limit: tuple[str, Number] | None = None,
) -> Chart:
    """One line per series; a place without a value interrupts it. `limit` is a level with its name."""
    values = [value for row in series for value in row.values if value is not None] + ([limit[1]] if limit else [])
    frame = _Frame(labels, marks_for(min(values, default=0), max(values, default=0)))
    shapes: list[SafeString] = [frame.level(*limit)] if limit else []
    for number, row in enumerate(series):
        shapes.extend(frame.path(part, number) for part in _unbroken(row.values))
        shapes.extend(frame.point(place, value, number, f"{labels[place]} · {row.label}: {value:g}")
                      for place, value in enumerate(row.values) if value is not None)
    rows = [[label, *(row.values[place] for row in series)] for place, label in enumerate(labels)]
    return Chart(key, title, frame.drawn(title, shapes), _legend(series), [head, *(row.label for row in series)], rows,
                 note)


def bars(*, key: str, title: str, rows: Sequence[tuple[str, Number]], head: tuple[str, str], note: str = "") -> Chart:
    """Horizontal bars with their number at the end, in the order given; for long names and Pareto lists."""
    most = max((value for _label, value in rows), default=0) or 1
    room = WIDTH - LABELS - 70
    height = len(rows) * (BAR + GAP) + GAP
    shapes = [_bar(place, label, value, room * value / most) for place, (label, value) in enumerate(rows)]
    drawing = _svg(title, height, shapes)
    return Chart(key, title, drawing, [], list(head), [[label, value] for label, value in rows], note)


def pareto(
    *, key: str, title: str, rows: Sequence[tuple[str, int]], head: tuple[str, str, str, str], note: str = "",
    drawn: int = 20,
) -> Chart:
    """Bars in the order given with the line of their cumulative share; the table has all, the drawing the first ones.

    `head` names what is counted, its number, its share and the share of all so far, both in per cent.
    """
    total, most = sum(value for _label, value in rows) or 1, max((value for _label, value in rows), default=0) or 1
    table: list[list[Any]] = []
    so_far = 0
    for label, value in rows:
        so_far += value
        table.append([label, value, round(100 * value / total, 1), round(100 * so_far / total, 1)])
    room, shown = WIDTH - LABELS - 70, table[:drawn]
    shapes = [_bar(place, label, value, room * value / most) for place, (label, value, _part, _all) in enumerate(shown)]
    points = [(round(LABELS + room * share / 100, 1), GAP + place * (BAR + GAP) + BAR / 2, share)
              for place, (_label, _value, _part, share) in enumerate(shown)]
    shapes.append(format_html('<polyline class="line c2" points="{}"/>', " ".join(f"{x},{y}" for x, y, _all in points)))
    shapes.extend(format_html('<circle class="c2" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>'
                              '<text class="share" x="{}" y="{}">{}%</text>', x, y, f"{head[3]}: {share:g}", WIDTH - 2,
                              y + 5, f"{share:g}") for x, y, share in points)
    drawing = _svg(title, len(shown) * (BAR + GAP) + GAP, shapes)
    return Chart(key, title, drawing, [(1, head[1]), (2, head[3])], list(head), table, note)


class _Frame:
    """The field in which columns and lines are drawn: axis, ticks, labels."""

    def __init__(self, labels: Sequence[str], marks: list[Number]) -> None:
        self.labels, self.marks = labels, marks
        self.slot = (WIDTH - LEFT - RIGHT) / max(1, len(labels))

    def height(self, value: Number) -> float:
        share = (value - self.marks[0]) / (self.marks[-1] - self.marks[0])
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)

    def level(self, words: str, value: Number) -> SafeString:
        return format_html('<line class="limit" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="limit" x="{}" y="{}">{}'
                           "</text>", LEFT, WIDTH - RIGHT, self.height(value), self.height(value), WIDTH - RIGHT,
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
                            "</text>", LEFT, WIDTH - RIGHT, self.height(mark), self.height(mark), LEFT - 8,
                            self.height(mark) + 4, f"{mark:g}") for mark in self.marks]
        # Labels that would touch stand on two lines; if they still do, every second, third … is written only.
        written = [_broken(label, self.slot) for label in self.labels]
        widest = max((_width(line) for label in written for line in label), default=1)
        every = max(1, ceil((widest + 4) / self.slot))
        names = [format_html('<text class="label" x="{}" y="{}">{}</text>', self.middle(place),
                             HEIGHT - 18 + 14 * row if len(label) > 1 else HEIGHT - 12, line)
                 for place, label in enumerate(written) if place % every == 0 for row, line in enumerate(label)]
        return _svg(title, HEIGHT, [*grid, *shapes, *names])


def _bar(place: int, label: str, value: Number, length: float) -> SafeString:
    """A horizontal bar with its name before it and its number behind it."""
    top = GAP + place * (BAR + GAP)
    return format_html(
        '<text class="name" x="{}" y="{}">{}</text><rect class="c1" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="value" x="{}" y="{}">{}</text>',
        LABELS - 8, top + 15, _short(label), LABELS, top, round(length, 1), BAR, round(LABELS + length + 6, 1),
        top + 15, f"{value:g}")


def _svg(title: str, height: int, shapes: Iterable[SafeString]) -> SafeString:
    return format_html('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
                       WIDTH, height, title, format_html_join("", "{}", ((shape,) for shape in shapes)))


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
