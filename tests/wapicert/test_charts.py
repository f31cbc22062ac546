"""Charts drawn on the server: round ticks, no inline style, every number in the table, safe in a spreadsheet."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from wapicert.charts import Series, bars, columns, lines, pareto
from wapicert.scales import marks_around, ticks

LABELS = ["2023", "2024", "2025"]
SERIES = [Series("AP", [1, 0, 4]), Series('<b>"STA"', [2, None, 3])]


@pytest.mark.parametrize(("most", "expected"), [
    (0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (4, [0, 1, 2, 3, 4]), (7, [0, 2, 4, 6, 8]), (17, [0, 5, 10, 15, 20]),
    (33, [0, 10, 20, 30, 40]), (1000, [0, 500, 1000]), (2.5, [0, 1, 2, 3]),
])
def test_ticks_are_round_and_reach_the_top(most, expected):
    assert ticks(most) == expected


@pytest.mark.parametrize(("least", "most", "expected"), [
    (81.7, 97.5, [80, 85, 90, 95, 100]), (95, 95, [0, 50, 100]), (0.0121, 0.0199, [0.012, 0.014, 0.016, 0.018, 0.02]),
    (-3, 4, [-4, -2, 0, 2, 4]), (0, 0, [0, 1]), (1_200_000, 1_900_000, [1_200_000, 1_400_000, 1_600_000, 1_800_000,
                                                                        2_000_000]),
])
def test_marks_around_values_are_round_and_hold_them(least, most, expected):
    assert marks_around(least, most) == pytest.approx(expected)


def test_drawing_for_telephones_has_the_same_shapes_in_its_own_width():
    for chart in (columns(key="k", title="列入", labels=LABELS, series=SERIES, head="年"),
                  lines(key="k", title="t", labels=LABELS, series=SERIES, head="h", limit=("限值 ≥ 2", 2)),
                  bars(key="k", title="t", rows=[("a", 3), ("b", 0)], head=("n", "v")),
                  pareto(key="k", title="t", rows=[("a", 3), ("b", 1)], head=("n", "v", "s", "a"))):
        wide, narrow = (ElementTree.fromstring(one) for one in (chart.drawing, chart.narrow))  # noqa: S314 - our own
        assert [one.attrib["viewBox"].split()[2] for one in (wide, narrow)] == ["720", "340"]
        assert [one.tag for one in wide if one.tag != "text"] == [one.tag for one in narrow if one.tag != "text"]
        assert max(float(one.attrib.get("x", 0)) + float(one.attrib.get("width", 0)) for one in narrow) <= 340


def test_columns_draw_what_is_there_and_table_what_is_not():
    chart = columns(key="k", title="列入", labels=LABELS, series=SERIES, head="年", total="合计")
    drawing = ElementTree.fromstring(chart.drawing)  # noqa: S314 - our own drawing
    assert drawing.attrib["aria-label"] == "列入"
    assert len(drawing.findall("rect")) == 4
    assert chart.head == ["年", "AP", '<b>"STA"', "合计"]
    assert chart.rows == [["2023", 1, 2, 3], ["2024", 0, None, 0], ["2025", 4, 3, 7]]


def test_lines_break_where_a_value_is_missing():
    chart = lines(key="k", title="天数", labels=["a", "b", "c", "d"], series=[Series("x", [1, None, 2, 3])], head="年")
    drawing = ElementTree.fromstring(chart.drawing)  # noqa: S314 - our own drawing
    assert (len(drawing.findall("polyline")), len(drawing.findall("circle"))) == (1, 3)


def test_bars_keep_the_order_and_cut_long_names_in_the_drawing_alone():
    name = "智能变电站无线式避雷器绝缘在线监测装置"
    chart = bars(key="k", title="t", rows=[(name, 3), ("b", 0)], head=("n", "v"))
    assert chart.rows == [[name, 3], ["b", 0]]
    assert name not in chart.drawing
    assert "…" in chart.drawing


@pytest.mark.parametrize("make", [
    lambda: columns(key="k", title="t", labels=[], series=[], head="h"),
    lambda: lines(key="k", title="t", labels=LABELS, series=[Series("x", [None, None, None])], head="h"),
    lambda: bars(key="k", title="t", rows=[], head=("a", "b")),
])
def test_chart_without_values_is_still_a_drawing(make):
    ElementTree.fromstring(make().drawing)  # noqa: S314 - our own drawing


def test_figure_holds_no_inline_style_and_escapes_names():
    chart = columns(key="k", title="列入", labels=LABELS, series=SERIES, head="年")
    page = render_to_string("components/charts/figure.html", {"chart": chart, "csv": "/x.csv"})
    assert "style=" not in page
    assert "<b>" not in page
    assert page.count("<tr>") == 4


def test_csv_starts_no_formula():
    chart = bars(key="k", title="t", rows=[("=1+1", 2), ('a,"b', 1)], head=("@n", "v"))
    assert chart.as_csv() == "'@n,v\r\n'=1+1,2\r\n\"a,\"\"b\",1\r\n"
