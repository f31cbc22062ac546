"""Figures of the laboratory: one page per question, each chart with its table and the same as CSV."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from members.people.models import User
from products.insight.forms import ScopeForm, TrendForm
from products.insight.rendering import CHARTS, trend_chart
from products.lab.views.access import lab_page
from wapicert.charts import Chart

PAGES: dict[str, tuple[Any, list[str]]] = {
    "yield": (_("首测通过率"), ["yield-month", "yield-type", "yield-edition"]),
    "failures": (_("未通过分布"), ["failures-item", "failures-reason"]),
    "stages": (_("各阶段用时"), ["stages"]),
    "flaky": (_("结论不稳定"), ["flaky"]),
    "trend": (_("测量值趋势"), []),
    "workload": (_("工作量"), ["turns", "queues"]),
}


@require_safe
@lab_page
def show_figures(request: HttpRequest, user: User, page: str = "yield") -> HttpResponseBase:
    """The charts of one page within what was asked for; a wrong filter is named and left out."""
    if page not in PAGES:
        raise Http404
    form = (TrendForm if page == "trend" else ScopeForm)(request.GET or None)
    title, names = PAGES[page]
    drawn = [(CHARTS[name](form.scope), _csv(name, request)) for name in names]
    devices: list[dict[str, Any]] = []
    if isinstance(form, TrendForm):
        found = form.devices()
        devices = [{"device": row, "query": _with(request, device=row.pk)} for row in found] if len(found) > 1 else []
        if chart := _trend(form):
            drawn.append((chart, _csv("trend", request)))
    context = {"form": form, "page": page, "title": title, "charts": drawn, "devices": devices,
               "asked_trend": bool(form.asked.get("model")) if isinstance(form, TrendForm) else False,
               "pages": [(key, name) for key, (name, _charts) in PAGES.items()], "query": _kept(request)}
    return render(request, "products/insight/laboratory.html", context, status=422 if form.errors else 200)


@require_safe
@lab_page
def export_figure(request: HttpRequest, user: User, name: str) -> HttpResponseBase:
    """A chart's table for spreadsheets: UTF-8 with a byte order mark, no text begins a formula."""
    form = (TrendForm if name == "trend" else ScopeForm)(request.GET or None)
    chart = _trend(form) if isinstance(form, TrendForm) else CHARTS[name](form.scope) if name in CHARTS else None
    if chart is None or form.errors:
        raise Http404
    return HttpResponse("\ufeff" + chart.as_csv(), content_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="wapi-{name}.csv"'})


def _trend(form: TrendForm) -> Chart | None:
    """The trend, once one device and a value are named."""
    devices, measurement = form.devices(), form.asked.get("measurement")
    return trend_chart(devices[0], measurement, form.scope) if len(devices) == 1 and measurement else None


def _csv(name: str, request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return reverse("lab-figure-csv", args=[name]) + (f"?{query}" if query else "")


def _with(request: HttpRequest, **more: Any) -> str:
    return urlencode({**request.GET.dict(), **more})


def _kept(request: HttpRequest) -> str:
    """What the other pages understand, too."""
    kept = {key: value for key, value in request.GET.items() if key in ScopeForm.base_fields and value}
    return f"?{urlencode(kept)}" if kept else ""
