"""The rows of the bench's grid, written in one piece: a template of its own for each of a thousand rows is too slow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.results.selectors import AskedValue, GridRow, Newest
from products.results.states import AttemptState, SlotState, Verdict
from products.suites.states import Comparator, MeasurementType
from products.templatetags.tones import look_of_verdict
from products.templatetags.ui import icon, origin_badge, state_badge, verdict
from products.templatetags.writing import in_words, moment

register = template.Library()
# Verdicts that a person says: the key that sets them, and their tone.
SPOKEN = {Verdict.PASS: ("P", "pass"), Verdict.FAIL: ("F", "fail"), Verdict.INC: ("I", "warn")}
EMPTY: dict[str, str] = {}


class Words:
    """The words of the grid in the reader's language, looked up once a page instead of once a row."""

    def __init__(self) -> None:
        self.is_chinese = (get_language() or "zh").startswith("zh")
        self.code, self.item, self.verdict = _("编号"), _("测试项"), _("判定")
        self.value, self.state, self.remark = _("测量值"), _("状态与记录"), _("备注")
        self.from_children, self.from_values = _("由子项得出"), _("由数值得出")
        self.unsaved, self.more = _("您填写的未保存："), _("共%(count)d条记录")
        self.segments = "".join(
            f'<label class="tone-{tone}" title="{escape(choice.label)}"><input type="radio" name="{{name}}" '
            f'value="{choice.value}" data-key="{key}"{{{choice.value}}}>{key}'
            f'<span class="visually-hidden"> {escape(choice.label)}</span></label>'
            for choice, (key, tone) in SPOKEN.items())

    def named(self, thing: Any) -> str:
        """`name_zh` or `name_en`, the other where one is empty."""
        zh, en = thing.name_zh, thing.name_en
        return escape((zh or en) if self.is_chinese else (en or zh))


@register.simple_tag
def bench_rows(rows: Iterable[dict[str, Any]], order_number: str) -> SafeString:
    """The rows of one category; each is `{"row", "typed", "faults", "takes"}` as the view of the bench made it."""
    words, address = Words(), reverse("lab-bench-item", args=[order_number, "-"])[:-2]
    return SafeString("".join(_row(one, words, address) for one in rows))  # nosec B703 - _row escapes all values


def _row(one: dict[str, Any], words: Words, address: str) -> str:
    row: GridRow = one["row"]
    typed, faults, takes, code = one["typed"], one["faults"], one["takes"], escape(row.code)
    marks = f' data-row="{code}" data-kind="{row.result_type}"' if takes else f' data-closed="{code}"'
    marks += " data-open" if row.is_open else ""
    badge = origin_badge(row.origin) if row.origin == "proposed" else ""
    return (
        f'<tr{marks} data-version="{row.row_version}"{" class=wrong" if faults else ""}>'
        f'<th scope="row" class="code tight nowrap" data-label="{words.code}" id="row-{code}">{code}</th>'
        f'<td class="name" data-label="{words.item}"><div>'
        f'<a class="item" href="{address}{code}/">{words.named(row)}</a> {badge}{_faults(faults)}'
        f'{_unsaved(row, typed, words) if faults and not takes else ""}</div></td>'
        f'<td class="tight" data-label="{words.verdict}">{_verdict(row, typed, takes, words)}</td>'
        f'<td data-label="{words.value}">{_values(row, typed, words) if takes and row.values else ""}</td>'
        f'<td class="small" data-label="{words.state}"><div class="state">{_standing(row, words, address)}</div></td>'
        f'<td data-label="{words.remark}">{_remark(row, typed, words) if takes else ""}</td></tr>'
    )


def _faults(faults: Iterable[dict[str, Any]]) -> str:
    return "".join(f'<p class="refusal">{icon("circle-alert")}<span>{escape(fault["message"])} '
                   f'<span class="remedy">{escape(fault["remedy"])}</span></span></p>' for fault in faults)


def _unsaved(row: GridRow, typed: dict[str, str], words: Words) -> str:
    """What was typed for an item that takes nothing any more, because somebody else was first."""
    picked = typed.get(f"verdict.{row.code}", "")
    shown = [str(Verdict(picked).label)] if picked in SPOKEN else []
    for one in row.values:
        if text := typed.get(f"value.{row.code}.{one.key}"):
            shown.append(f"{text} {one.unit}".strip())
    shown.append(typed.get(f"remark.{row.code}", ""))
    text = escape(" · ".join(part for part in shown if part))
    return f'<p class="small">{words.unsaved}{text}</p>' if text else ""


def _verdict(row: GridRow, typed: dict[str, str], takes: bool, words: Words) -> str:
    if row.is_derived or not takes:
        return f'<span class="soft small">{words.from_children}</span>' if row.is_derived else ""
    if not row.is_judged:
        return f'<span class="soft small">{words.from_values}</span>'
    name = f"verdict.{escape(row.code)}"
    picked = {choice.value: " checked" if typed.get(name) == choice else "" for choice in SPOKEN}
    return (f'<span class="segments" role="radiogroup" aria-label="{escape(row.code)} {words.verdict}">'
            f'{words.segments.format(name=name, **picked)}</span>')


def _values(row: GridRow, typed: dict[str, str], words: Words) -> str:
    return f'<div>{"".join(_value(row.code, one, typed, words) for one in row.values)}</div>'


def _value(code: str, one: AskedValue, typed: dict[str, str], words: Words) -> str:
    name = escape(f"value.{code}.{one.key}")
    limit = f' <span class="soft">{limit_of(one)}</span>' if one.limit is not None else ""
    label = f'<label class="small value-label" for="{name}">{words.named(one)}{limit}</label>'
    entered = typed.get(name, "")
    if one.choices:
        options = "".join(f'<option value="{escape(choice)}"{" selected" if choice == entered else ""}>'
                          f"{escape(in_words(choice))}</option>" for choice in one.choices)
        return (f'{label}<select id="{name}" name="{name}" data-unit="{escape(one.unit)}"><option value="">–</option>'
                f"{options}</select>")
    mode = ' inputmode="decimal"' if one.type == MeasurementType.NUMBER else ""
    unit = f'<span class="unit">{escape(in_words(one.unit))}</span>' if one.unit else ""
    return (f'{label}<span class="value"><input id="{name}" name="{name}" value="{escape(entered)}"{mode} '
            f'data-unit="{escape(one.unit)}" autocomplete="off">{unit}</span>')


def limit_of(one: AskedValue) -> str:
    """The limit of a value as text, escaped: ≤ 10."""
    return escape(f"{Comparator(one.comparator).label} {one.limit.normalize():f}") if one.limit is not None else ""


def _remark(row: GridRow, typed: dict[str, str], words: Words) -> str:
    code = escape(row.code)
    version = escape(typed.get(f"slot_version.{row.code}") or row.row_version)
    return (f'<input aria-label="{code} {words.remark}" name="remark.{code}" maxlength="2000" '
            f'value="{escape(typed.get(f"remark.{row.code}", ""))}">'
            f'<input type="hidden" name="slot_version.{code}" value="{version}">')


def _standing(row: GridRow, words: Words, address: str) -> str:
    """Badge, the newest record in a line, and how much more there is behind it."""
    if row.exclusion:
        badge = f'{verdict(row.exclusion[0])} {state_badge("exclusion", row.exclusion[1])}'
    elif row.state in (SlotState.VERIFIED, SlotState.EXCLUDED) and row.verdict:
        badge = str(verdict(row.verdict))
    elif row.state == SlotState.RECONFIRM and row.verdict:
        badge = f"{verdict(row.state)} {verdict(row.verdict, outdated=True)}"
    else:
        badge = str(verdict(row.state))
    more = escape(words.more % {"count": row.attempts}) if row.attempts > 1 else ""
    more += f" {icon('paperclip')} {row.evidence}" if row.evidence else ""
    link = f'<a href="{address}{escape(row.code)}/">{more}</a>' if more else ""
    return f'{badge} {_newest(row, row.newest) if row.newest else ""}{link}'


def _newest(row: GridRow, newest: Newest) -> str:
    """The newest record: verdict, values, versions, tool, person, time; and why it came back."""
    values = "".join(f" · {escape(in_words(one['value']))} {escape(in_words(one['unit']))}"
                     for one in newest.values.values())
    is_said = row.state == SlotState.VERIFIED and row.attempts == 1
    said = "" if is_said else f"{escape(look_of_verdict(newest.verdict).label)} · "
    is_plain = row.newest_state in (AttemptState.VERIFIED, AttemptState.SUBMITTED)
    state = "" if is_plain else f" · {escape(AttemptState(row.newest_state).label)}"
    comment = f'<div class="refusal">{escape(row.comment)}</div>' if row.comment and state else ""
    return (f'<div class="attempt">{said}{escape(newest.recorded_by)} {moment(newest.recorded_at)} · '
            f'<span class="code">{escape(newest.firmware)}</span> · <span class="code">{escape(newest.tool)}</span>'
            f"{values}{state}</div>{comment}")


@register.simple_tag
def limit(one: AskedValue) -> SafeString:
    """The limit of a value, or nothing."""
    return SafeString(limit_of(one))  # nosec B703 - limit_of escapes
