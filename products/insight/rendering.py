"""Draws the laboratory's figures: each chart with the same numbers as a table, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.devices.models import Device, DeviceType
from products.insight.selectors import (
    AGES,
    Scope,
    Yield,
    days_by_stage,
    failures_by_item,
    failures_by_reason,
    first_pass_yield,
    flaky_items,
    item_names,
    values_over_versions,
    waiting_by_party,
    waiting_by_stage,
)
from products.results.states import Verdict
from products.suites.models import Edition, Measurement
from products.suites.rendering import label_of, limit_of, name_of
from wapicert.charts import Chart, Series, bars, columns, lines, pareto

# More months than this would be too narrow to read: then years.
MONTHS = 36
FIRST_TEST = gettext_lazy(
    "首测：某委托中某测试项第一次得出通过或未通过的有效结果（已校核，未被更正或作废），按记录日期计。")


def yield_by_month(scope: Scope) -> Chart:
    """First-pass yield by month, or by year over a long time."""
    rows = first_pass_yield(scope, "month")
    named = [Yield(row.key.strftime("%Y-%m"), row.tests, row.passes) for row in rows]
    if len(rows) > MONTHS:
        named = _by_year(rows)
    values = [row.percent for row in named]
    drawn = lines(key="yield-month", title=_("首测通过率（%）：按时间"), labels=[row.key for row in named],
                  series=[Series(_("首测通过率（%）"), values)], head=_("时间"))
    return _with_counts(drawn, named, _("时间"))


def yield_by_type(scope: Scope) -> Chart:
    """First-pass yield by device type."""
    names = {row.pk: name_of(row) for row in DeviceType.objects.all()}
    return _yield_bars("yield-type", _("首测通过率（%）：按设备类型"), _("设备类型"),
                       first_pass_yield(scope, "type"), names)


def yield_by_edition(scope: Scope) -> Chart:
    """First-pass yield by edition."""
    names = {row.pk: label_of(row) for row in Edition.objects.all()}
    return _yield_bars("yield-edition", _("首测通过率（%）：按测试项目版本"), _("测试项目版本"),
                       first_pass_yield(scope, "edition"), names)


def failures_over_items(scope: Scope) -> Chart:
    """Failed tests by item with their cumulative share."""
    return pareto(key="failures-item", title=_("未通过：按测试项"), rows=_with_names(failures_by_item(scope)),
                  head=(_("测试项"), _("未通过次数"), _("占比（%）"), _("累计（%）")),
                  note=_("有效的未通过结果（已校核，未被更正或作废），按记录日期计；图示前20项，表中为全部。"))


def failures_over_reasons(scope: Scope) -> Chart:
    """Failed tests by the reason that was found."""
    rows = [(f"{reason.code} {name_of(reason)}" if reason else _("尚未定位"), number)
            for reason, number in failures_by_reason(scope)]
    return pareto(key="failures-reason", title=_("未通过：按原因"), rows=rows,
                  head=(_("原因"), _("未通过次数"), _("占比（%）"), _("累计（%）")),
                  note=_("整改中每个未通过结果所定位的原因，按整改开始日期计；图示前20项，表中为全部。"))


def stages_chart(scope: Scope) -> Chart:
    """Mean days per stage, split by side."""
    rows = days_by_stage(scope)
    drawn = columns(
        key="stages", title=_("各阶段用时（平均天数）"), labels=[str(row.stage.label) for row in rows], head=_("阶段"),
        series=[Series(_("联盟"), [row.alliance for row in rows]), Series(_("送测单位"), [row.vendor for row in rows])],
        note=_("期间内提交的委托，按轮到谁分开计算；仍在进行的一段未计入。“暂停中”计入联盟。"))
    table = [[*line, row.orders] for line, row in zip(drawn.rows, rows, strict=True)]
    return replace(drawn, head=[*drawn.head, _("委托数")], rows=table)


def flaky_chart(scope: Scope) -> Chart:
    """Items whose verdict changed on one version."""
    rows = _with_names(flaky_items(scope))
    drawn = bars(key="flaky", title=_("结论不稳定的测试项"), rows=rows[:20], head=(_("测试项"), _("委托数")),
                 note=_("同一版本既有通过又有未通过的有效结果，且并非更正；按未通过的日期计。图示前20项，表中为全部。"))
    return replace(drawn, rows=[list(row) for row in rows])


def turns_chart(scope: Scope) -> Chart:
    """What waits for whom, by age."""
    return _waiting("turns", _("轮到谁：已等待天数"), _("轮到"), waiting_by_party(scope))


def queues_chart(scope: Scope) -> Chart:
    """What stands in which stage, by age."""
    return _waiting("queues", _("各阶段的委托：已停留天数"), _("阶段"), waiting_by_stage(scope))


CHARTS: dict[str, Callable[[Scope], Chart]] = {
    "yield-month": yield_by_month, "yield-type": yield_by_type, "yield-edition": yield_by_edition,
    "failures-item": failures_over_items, "failures-reason": failures_over_reasons,
    "stages": stages_chart, "flaky": flaky_chart, "turns": turns_chart, "queues": queues_chart,
}


def trend_chart(device: Device, measurement: Measurement, scope: Scope) -> Chart:
    """A measured value over the versions of a device, with its limit."""
    points = values_over_versions(device, measurement, scope)
    unit = f"（{measurement.unit}）" if measurement.unit else ""
    title = f"{device.model or device.name_zh} · {measurement.item_version.code} {name_of(measurement)}{unit}"
    words = limit_of(measurement)
    limit = (f"{_('限值')} {words}", float(measurement.limit)) if measurement.limit is not None else None
    drawn = lines(key="trend", title=title, labels=[row.firmware for row in points], limit=limit, from_nought=False,
                  head=_("软件/固件版本"), series=[Series(name_of(measurement), [row.value for row in points])],
                  note=_("有效结果（已校核，未被更正或作废），按测试时间排列，至多60个；单位不同的不计。限值为最新版本所载。"))
    head = [*drawn.head[:1], _("硬件版本"), name_of(measurement) + unit, _("判定"), _("委托"), _("测试"), _("测试时间")]
    table = [[row.firmware, row.hardware, row.value, str(Verdict(row.verdict).label), row.order, row.test,
              timezone.localtime(row.performed_at).strftime("%Y-%m-%d %H:%M")] for row in points]
    return replace(drawn, head=head, rows=table)


def _by_year(rows: Sequence[Yield]) -> list[Yield]:
    years: dict[str, tuple[int, int]] = {}
    for row in rows:
        day: date = row.key
        tests, passes = years.get(str(day.year), (0, 0))
        years[str(day.year)] = tests + row.tests, passes + row.passes
    return [Yield(year, *counts) for year, counts in years.items()]


def _yield_bars(key: str, title: str, head: str, rows: Sequence[Yield], names: dict[int, str]) -> Chart:
    named = [Yield(names[row.key], row.tests, row.passes) for row in rows]
    drawn = bars(key=key, title=title, rows=[(row.key, row.percent) for row in named], head=(head, title))
    return _with_counts(drawn, named, head)


def _with_counts(drawn: Chart, rows: Sequence[Yield], head: str) -> Chart:
    """The chart with a table that tells of how many the percentage is."""
    table: list[list[Any]] = [[row.key, row.tests, row.passes, row.percent] for row in rows]
    names = [head, _("首测项数"), _("其中通过"), _("首测通过率（%）")]
    return replace(drawn, head=names, rows=table, note=str(FIRST_TEST))


def _with_names(rows: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    items = item_names(code for code, _number in rows)
    return [(f"{code} {name_of(items[code])}" if code in items else code, number) for code, number in rows]


def _waiting(key: str, title: str, head: str, rows: Sequence[tuple[Any, list[int]]]) -> Chart:
    ends = [_("%(days)d 天内") % {"days": days} for days in AGES]
    ages = [*ends, _("超过 %(days)d 天") % {"days": AGES[-1]}]
    return columns(key=key, title=title, labels=[str(one.label) for one, _counts in rows], head=head, total=_("合计"),
                   series=[Series(age, [counts[place] for _one, counts in rows]) for place, age in enumerate(ages)],
                   note=_("进行中的委托（草稿除外），此刻的情形；所选日期对此图不起作用。"))
