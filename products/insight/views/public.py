"""Figures as charts with their tables: drawn on the server, the same numbers as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from products.insight.selectors import FEWEST, days_to_report, figures_state, listed_by_edition, listed_by_year
from products.suites.rendering import name_of
from wapicert.canonical import digest_of
from wapicert.charts import Chart, Series, bars, columns
from wapicert.conditional import answer_conditionally, build

# Counting a million listings takes a while; what was counted is kept until something changes.
KEPT_SECONDS = 24 * 3600


def listed_chart() -> Chart:
    """Listings by year and type."""
    found = listed_by_year()
    series = [Series(name_of(kind) if kind else _("设备类型未载明"), values) for kind, values in found.types]
    notes = [_("按列入日期计；此前公布的条目按来源所载的通过日期。"), invented(found.demonstration)]
    if found.undated:
        notes.append(_("%(number)s 个条目的来源未载明日期，未计入。") % {"number": found.undated})
    return columns(key="listed", title=_("每年列入的产品"), labels=found.years, series=series, head=_("年份"),
                   total=_("合计"), note=" ".join(filter(None, notes)))


def editions_chart() -> Chart:
    """Listings by edition."""
    rows = [(edition.label_en if (get_language() or "").startswith("en") else edition.label_zh, number)
            for edition, number in listed_by_edition()]
    return bars(key="editions", title=_("各测试项目版本的产品"), rows=rows, head=(_("测试项目版本"), _("产品数")),
                note=_("来源未载明测试项目版本的条目未计入。"))


def waiting_chart() -> Chart:
    """Median days from application to report, by year, with the number of orders behind each."""
    found = days_to_report()
    note = _("自提交申请至首份测试报告签发的日历日（北京时间），含送测单位整改的时间；"
             "少于 %(fewest)s 份报告的年份不显示中位数。"
             "本系统启用前已公布的条目没有这些日期，未计入。") % {"fewest": FEWEST}
    drawn = columns(key="days", title=_("申请到报告的天数（中位数）"), labels=found.years, head=_("年份"),
                    series=[Series(_("中位数（天）"), found.medians)],
                    note=" ".join(filter(None, [note, invented(found.demonstration)])))
    head = [*drawn.head, _("报告数")]
    rows = [[*row, number] for row, number in zip(drawn.rows, found.numbers, strict=True)]
    return Chart(drawn.key, drawn.title, drawn.drawing, drawn.legend, head, rows, drawn.note)


def invented(number: int) -> str:
    """Says that some of what was counted is demonstration data."""
    return _("其中 %(number)s 个为演示数据。") % {"number": number} if number else ""


CHARTS: dict[str, Callable[[], Chart]] = {"listed": listed_chart, "editions": editions_chart, "days": waiting_chart}


def charts() -> dict[str, Chart]:
    """Every chart in the reader's language, kept until something that it counts changes."""
    key = f"figures/{digest_of([build(), get_language(), *map(str, figures_state())])}"
    found: dict[str, Chart] | None = cache.get(key)
    if found is None:
        found = {name: draw() for name, draw in CHARTS.items()}
        cache.set(key, found, KEPT_SECONDS)
    return found


@require_safe
@answer_conditionally(lambda request: figures_state())
def figures_page(request: HttpRequest) -> HttpResponse:
    """All public figures."""
    drawn: list[tuple[Chart, Any]] = [(chart, f"/figures/{name}.csv") for name, chart in charts().items()]
    return render(request, "products/insight/figures.html", {"charts": drawn})


@require_safe
@answer_conditionally(lambda request, name: figures_state())
def figure_csv(request: HttpRequest, name: str) -> HttpResponse:
    """One figure's table, for spreadsheets: UTF-8 with a byte order mark."""
    if name not in CHARTS:
        raise Http404
    return HttpResponse("\ufeff" + charts()[name].as_csv(), content_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="wapi-{name}.csv"'})
