"""Puts items and their differences into words, in the reader's language; reads no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_noop, pgettext
from django.utils.translation import gettext_lazy as _

from products.devices.states import Origin
from products.suites.models import Edition, ItemVersion, Measurement, Standard
from products.suites.states import Comparator, Level, MeasurementRole, ResultType

# Words that stand in the data in Chinese alone: groups of items, units, evidence, choices. A test asks for new ones.
WORDS = frozenset({
    gettext_noop("接入互通"), gettext_noop("业务互通"), gettext_noop("频段与多厂商"), gettext_noop("漫游与切换"),
    gettext_noop("WAPI信息元素"), gettext_noop("WAI分组通用"), gettext_noop("证书鉴别过程"),
    gettext_noop("密钥导出与协商"), gettext_noop("密钥更新"), gettext_noop("WPI数据保护"),
    gettext_noop("鉴别服务器协议"), gettext_noop("重传功能"), gettext_noop("证书管理"), gettext_noop("网络与转发"),
    gettext_noop("终端与采集"), gettext_noop("管理与安全"), gettext_noop("AS鉴别性能"), gettext_noop("吞吐与时延"),
    gettext_noop("接入与切换"), gettext_noop("容量与稳定"), gettext_noop("毫秒"), gettext_noop("秒"),
    gettext_noop("小时"), gettext_noop("年"), gettext_noop("次"), gettext_noop("次/秒"), gettext_noop("个"),
    gettext_noop("台"), gettext_noop("张"), gettext_noop("双证书"), gettext_noop("三证书"),
    gettext_noop("抓包文件"), gettext_noop("日志"), gettext_noop("测试仪报告"),
})
FIELD_NAMES: dict[str, Promise] = {
    "code": _("编号"), "parent": _("父项"), "category": _("测试类别"), "group_zh": _("分组"),
    "name_zh": _("名称（中文）"), "name_en": _("名称（英文）"), "requirement_zh": _("要求（中文）"),
    "requirement_en": _("要求（英文）"), "result_type": _("判定方式"), "origin": _("来源"), "basis": _("测试依据"),
    "evidence": _("证据"), "applicability": _("适用性"), "measurements": _("数值与限值"),
}
TOKEN = re.compile(r"[A-Za-z0-9.%+-]+|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class Names:
    """What codes are called in the reader's language: device types, features, categories, standards."""

    device_types: Mapping[str, str]
    features: Mapping[str, str]
    categories: Mapping[str, str]
    standards: Mapping[str, str]


@dataclass(frozen=True)
class Segment:
    """A piece of text, and whether the other side lacks it."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class FieldChange:
    """One field of an item before and after, with what differs marked."""

    name: str
    before: list[Segment]
    after: list[Segment]


@dataclass(frozen=True)
class Value:
    """A value that an item asks for, in words."""

    name: str
    detail: str
    is_validity: bool
    limit_origin: str


@dataclass(frozen=True)
class Rule:
    """A level with the types it is for, and the feature on which it depends."""

    level: str
    label: str
    device_types: list[str]
    feature: str


@dataclass(frozen=True)
class Basis:
    """What an item is based on: documents with their clause, and those whose clause is not known."""

    clauses: list[str]
    without_clause: list[str]


def word(text: str) -> str:
    """A word of the data in the reader's language; unknown ones stay as they are."""
    return gettext(text) if text in WORDS else text


def name_of(row: Any) -> str:
    """The name of a row in the reader's language, the Chinese one where there is no other."""
    return str(row.name_en if (get_language() or "").startswith("en") and row.name_en else row.name_zh)


def label_of(edition: Edition) -> str:
    """The short name of an edition in the reader's language."""
    return str(edition.label_en if (get_language() or "").startswith("en") else edition.label_zh)


def short_title(standard: Standard) -> str:
    """The number of a document without its title, or all of it where it has none."""
    return standard.title_zh.split("《")[0].strip() or standard.title_zh


def values_of(item: ItemVersion) -> list[Value]:
    """The values that an item asks for, in order, with limit, unit and where the limit comes from."""
    return [Value(name_of(row), detail_of(limit_of(row), row.unit, row.choices), row.role == MeasurementRole.VALIDITY,
                  row.limit_origin) for row in item.measurements.all()]


def rules_of(item: ItemVersion) -> list[Rule]:
    """How the item applies: one rule per level and feature, the mandatory ones first, types in their order."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for row in item.applicability.all():
        key = (row.level, name_of(row.feature) if row.feature else "")
        grouped.setdefault(key, []).append(row.device_type.code)
    order = [Level.MANDATORY, Level.CONDITIONAL, Level.OPTIONAL]
    return [Rule(level, str(Level(level).label), codes, feature)
            for (level, feature), codes in sorted(grouped.items(), key=lambda pair: order.index(Level(pair[0][0])))]


def basis_of(item: ItemVersion, standards: Mapping[str, str]) -> Basis:
    """What an item is based on, in order."""
    rows = [(standards.get(row["standard"], row["standard"]), row["clause"]) for row in item.basis]
    return Basis([f"{title} · {clause}" for title, clause in rows if clause],
                 [title for title, clause in rows if not clause])


def abbreviation_of(level: str) -> str:
    """One sign for a level, for the cells of a matrix."""
    return {
        Level.MANDATORY: pgettext("适用性缩写", "必"),
        Level.CONDITIONAL: pgettext("适用性缩写", "条"),
        Level.OPTIONAL: pgettext("适用性缩写", "选"),
    }[Level(level)]


def field_changes(fields: Mapping[str, tuple[Any, Any]], names: Names) -> list[FieldChange]:
    """The fields of a change in words, in the order in which an item is read, with what differs marked."""
    ordered = sorted(fields.items(), key=lambda pair: list(FIELD_NAMES).index(pair[0]))
    return [
        FieldChange(str(FIELD_NAMES[name]), *marked(_lines(name, before, names), _lines(name, after, names)))
        for name, (before, after) in ordered
    ]


def marked(before: list[str], after: list[str]) -> tuple[list[Segment], list[Segment]]:
    """Both texts in pieces; what the other lacks is marked: whole lines, and words in lines that replace each other."""
    if len(before) <= 1 and len(after) <= 1:
        return _marked_words("".join(before), "".join(after))
    old, new = [f"{line}\n" for line in before], [f"{line}\n" for line in after]
    left: list[Segment] = []
    right: list[Segment] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace" and b - a == d - c:
            for one, other in zip(old[a:b], new[c:d], strict=True):
                words, others = _marked_words(one, other)
                left += words
                right += others
        else:
            left += [Segment(line, tag != "equal") for line in old[a:b]]
            right += [Segment(line, tag != "equal") for line in new[c:d]]
    return left, right


def _marked_words(before: str, after: str) -> tuple[list[Segment], list[Segment]]:
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    left: list[Segment] = []
    right: list[Segment] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if b > a:
            left.append(Segment("".join(old[a:b]), tag != "equal"))
        if d > c:
            right.append(Segment("".join(new[c:d]), tag != "equal"))
    return left, right


def _lines(field: str, value: Any, names: Names) -> list[str]:
    """A field's plain data as lines of words (see `selectors.fingerprint_of` for the data)."""
    if field in WRITERS:
        return WRITERS[field](value, names)
    return [word(value)] if value else []


def _rule_line(code: str, rule: Mapping[str, Any], names: Names) -> str:
    label = str(Level(rule["level"]).label)
    line = f"{names.device_types.get(code, code)}: {label}"
    return f"{line} ({names.features.get(rule['feature'], rule['feature'])})" if rule["feature"] else line


def _measurement_line(row: Mapping[str, Any]) -> str:
    name = row["name_en"] if (get_language() or "").startswith("en") else row["name_zh"]
    limit = f"{Comparator(row['comparator']).label} {row['limit']}" if row["limit"] is not None else ""
    role = gettext("有效性条件") if row["role"] == MeasurementRole.VALIDITY else ""
    detail = detail_of(limit, row["unit"], row["choices"])
    return " · ".join(part for part in (name, detail, role, row["limit_origin"]) if part)


def _basis_line(row: Mapping[str, Any], names: Names) -> str:
    return f"{names.standards.get(row['standard'], row['standard'])} · {row['clause'] or gettext('条款号待联盟填写')}"


def limit_of(row: Measurement) -> str:
    """Comparator and limit, or nothing where no limit is known."""
    return "" if row.limit is None else f"{Comparator(row.comparator).label} {row.limit.normalize():f}"


def detail_of(limit: str, unit: str, choices: list[str] | None) -> str:
    """Limit and unit, the unit alone in brackets, or the choices."""
    if choices:
        return " / ".join(word(choice) for choice in choices)
    if limit:
        return f"{limit} {word(unit)}".strip()
    return f"({word(unit)})" if unit else ""


# How the fields that are no plain text are written.
WRITERS: dict[str, Callable[[Any, Names], list[str]]] = {
    "applicability": lambda rules, names: [_rule_line(code, rule, names) for code, rule in rules.items()],
    "measurements": lambda rows, names: [_measurement_line(row) for row in rows],
    "basis": lambda rows, names: [_basis_line(row, names) for row in rows],
    "evidence": lambda texts, names: [word(text) for text in texts],
    "category": lambda code, names: [names.categories.get(code, code)],
    "result_type": lambda code, names: [str(ResultType(code).label)],
    "origin": lambda code, names: [str(Origin(code).label)],
}
