"""Finds what is wrong in the data of a suite and names item and field, before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from products.devices.states import Origin
from products.suites.importing.reading import read_date
from products.suites.selectors import bounds_of
from products.suites.states import Comparator, EditionStatus, Level, MeasurementRole, MeasurementType, ResultType
from wapicert.sheets import CELL_FAULTS
from wapicert.texts import CharacterRefused, unclean_texts

MESSAGES = {
    "missing_field": _("缺少必填内容。"),
    "unknown_choice": _("取值不在允许的范围内。"),
    "unknown_category": _("没有这个测试类别。"),
    "unknown_edition": _("没有这个版本。"),
    "unknown_standard": _("没有这个依据文件。"),
    "unknown_device_type": _("没有这个设备类型。"),
    "unknown_feature": _("没有这个功能声明项。"),
    "duplicate_code": _("同一版本中编号重复。"),
    "duplicate_key": _("键重复。"),
    "parent_missing": _("同一版本中没有这个父项。"),
    "parent_loop": _("父项关系成环。"),
    "predecessor_loop": _("前后版本关系成环。"),
    "derived_without_children": _("由子项得出的项目没有子项。"),
    "derived_with_measurements": _("由子项得出的项目不能录入数值。"),
    "computed_without_limit": _("由数值判定的项目至少需要一个带限值的结果。"),
    "unknown_comparator": _("比较方式只能是 ≥、≤、>、<、= 之一。"),
    "limit_without_comparator": _("限值与比较方式须同时给出。"),
    "limit_not_a_number": _("限值须为数字，且只能用于数值型。"),
    "date_invalid": _("日期须写作 2026-01-31 的形式。"),
    "choices_missing": _("选择型数值没有选项。"),
    "condition_without_feature": _("“有条件”的适用性须指明功能声明项。"),
    "feature_without_condition": _("只有“有条件”的适用性才能指明功能声明项。"),
    "too_long": _("文字过长。"),
    "character_refused": CharacterRefused.message,
    "code_form": _("编号只能由大写字母、数字、连字符和点组成，最多20个字符。"),
    "key_form": _("键只能由小写字母、数字和下划线组成，以字母开头，最多40个字符。"),
    "limit_range": _("限值最多12位整数、6位小数。"),
    "limit_impossible": _("限值超出该测量值可能的范围（例如成功率不超过100 %，次数与时间不为负）。"),
    "feature_rule": _("功能声明项须二选一：由申请人声明，或由一个参数按 has、equals、at_least 之一得出。"),
}
# What a table adds to these: faults of cells.
OF_CELLS = {
    "measurement_without_item": _("第一张表中没有这个编号。"),
    "row_hidden": _("该行被隐藏或筛选掉。请取消筛选或删去该行：文件代表整份草稿。"),
    "column_hidden": _("该列被隐藏。请取消隐藏：文件代表整份草稿。"),
    "sheet_hidden": _("该工作表是隐藏的。请取消隐藏：文件代表整份草稿。"),
}
REMEDY = _("请更正后重新导入。")
ITEM_TEXTS = ("code", "name_zh", "name_en", "requirement_zh", "requirement_en", "editions")
RULES = frozenset({"has", "equals", "at_least"})
# What the columns of the database hold.
LENGTHS = {"group_zh": 80, "name_zh": 120, "name_en": 160, "requirement_zh": 4000, "requirement_en": 4000}
MEASURED_LENGTHS = {"name_zh": 80, "name_en": 80, "unit": 20, "limit_origin": 200}
EDITION_LENGTHS = {"slug": 40, "label_zh": 120, "label_en": 120, "name_zh": 200, "name_en": 200}
CODE, KEY = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,19}"), re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_DIGITS, MOST_PLACES = 12, 6
Row = dict[str, Any]
# Where a mistake stands: the number of the item's row, from 1, and its code.
Place = tuple[int | None, str | None]
NOWHERE: Place = (None, None)


@dataclass
class Known:
    """What the data may refer to: its own names and those already in the database."""

    device_types: set[str]
    categories: set[str]
    standards: set[str]
    features: set[str]
    editions: set[str]


@dataclass
class Checker:
    """Goes through the data once and collects a row for each mistake."""

    data: Row
    known: Known
    mistakes: list[Row] = field(default_factory=list)

    def check(self) -> list[Row]:
        """All mistakes: {row (from 1, null outside items), item, field, code, message, remedy}."""
        for row in self.data.get("features", []):
            self._check_feature(row)
        for row in self.data.get("editions", []):
            self._check_edition(row)
        for number, row in enumerate(self.data.get("items", []), start=1):
            self._check_item(number, row)
        if not self.mistakes:
            self._check_lineage()
            for edition in self.data.get("editions", []):
                self._check_family(edition["slug"])
        return self.mistakes

    def _add(self, place: Place, name: str, code: str) -> None:
        number, item = place
        self.mistakes.append(
            {"row": number, "item": item, "field": name, "code": code, "message": MESSAGES[code], "remedy": REMEDY}
        )

    def _check_feature(self, row: Row) -> None:
        rule = row.get("derived_from")
        is_rule = isinstance(rule, dict) and "field" in rule and len(rule) == 2 and bool(RULES & set(rule))
        if bool(row.get("asked")) == (rule is not None) or (rule is not None and not is_rule):
            self._add(NOWHERE, f"features.{row.get('key')}", "feature_rule")
        self._check_texts(NOWHERE, row, ("key", "name_zh", "name_en"), f"features.{row.get('key')}.")

    def _check_edition(self, row: Row) -> None:
        where = f"editions.{row.get('slug')}."
        for name in unclean_texts(row):
            self._add(NOWHERE, f"{where}{name}", "character_refused")
        self._check_texts(NOWHERE, row, ("slug", "label_zh", "label_en"), where)
        self._check_lengths(NOWHERE, row, EDITION_LENGTHS, where)
        self._check_choice(NOWHERE, row, "origin", Origin, where)
        self._check_choice(NOWHERE, row, "state", EditionStatus, where)
        for name in ("available_on", "active_on"):
            if not _is_date(row.get(name)):
                self._add(NOWHERE, f"{where}{name}", "date_invalid")
        if row.get("predecessor") and row["predecessor"] not in self.known.editions:
            self._add(NOWHERE, f"{where}predecessor", "unknown_edition")

    def _check_item(self, number: int, row: Row) -> None:
        place = (number, row.get("code"))
        for name in unclean_texts({key: value for key, value in row.items() if key != "measurements"}):
            self._add(place, name.partition(".")[0], "character_refused")
        self._check_texts(place, row, ITEM_TEXTS)
        self._check_lengths(place, row, LENGTHS)
        if row.get("code") and not CODE.fullmatch(row["code"]):
            self._add(place, "code", "code_form")
        self._check_choice(place, row, "result_type", ResultType)
        self._check_choice(place, row, "origin", Origin)
        if row.get("category") not in self.known.categories:
            self._add(place, "category", "unknown_category")
        slugs = {edition.get("slug") for edition in self.data.get("editions", [])}
        if not set(row.get("editions") or []) <= slugs:
            self._add(place, "editions", "unknown_edition")
        for index, entry in enumerate(row.get("basis", [])):
            if entry.get("standard") not in self.known.standards:
                self._add(place, f"basis.{index}.standard", "unknown_standard")
        for device_type, rule in (row.get("applicability") or {}).items():
            self._check_applicability(place, device_type, rule)
        self._check_measurements(place, row)

    def _check_applicability(self, place: Place, device_type: str, rule: Row) -> None:
        where = f"applicability.{device_type}"
        if device_type not in self.known.device_types:
            self._add(place, where, "unknown_device_type")
        self._check_choice(place, rule, "level", Level, f"{where}.")
        feature = rule.get("when")
        if feature is not None and feature not in self.known.features:
            self._add(place, f"{where}.when", "unknown_feature")
        if rule.get("level") == Level.CONDITIONAL and feature is None:
            self._add(place, f"{where}.when", "condition_without_feature")
        if rule.get("level") != Level.CONDITIONAL and feature is not None:
            self._add(place, f"{where}.when", "feature_without_condition")

    def _check_measurements(self, place: Place, row: Row) -> None:
        entries, seen = row.get("measurements", []), set()
        for entry in entries:
            key = entry.get("key")
            for name, fault in faults_of_measurement(entry, str(row.get("code"))):
                self._add(place, f"measurements.{key}.{name}", fault)
            if key in seen:
                self._add(place, f"measurements.{key}", "duplicate_key")
            seen.add(key)
        is_judged = any(e.get("limit") is not None and e.get("role", "result") == "result" for e in entries)
        if row.get("result_type") == ResultType.COMPUTED and not is_judged:
            self._add(place, "measurements", "computed_without_limit")
        if row.get("result_type") == ResultType.DERIVED and entries:
            self._add(place, "measurements", "derived_with_measurements")

    def _check_lineage(self) -> None:
        """No edition precedes itself, also not through others."""
        lineage = {row["slug"]: row.get("predecessor") for row in self.data.get("editions", [])}
        for slug in lineage:
            if _loops(slug, lineage):
                self._add(NOWHERE, f"editions.{slug}.predecessor", "predecessor_loop")

    def _check_family(self, slug: str) -> None:
        """Codes, parents and children, which must fit within one edition."""
        family: dict[str, str | None] = {}
        members = [(n, row) for n, row in enumerate(self.data["items"], start=1) if slug in row["editions"]]
        for number, row in members:
            if row["code"] in family:
                self._add((number, row["code"]), "code", "duplicate_code")
            family[row["code"]] = row.get("parent")
        parents = set(family.values())
        for number, row in members:
            code = row["code"]
            if family[code] is not None and family[code] not in family:
                self._add((number, code), "parent", "parent_missing")
            elif _loops(code, family):
                self._add((number, code), "parent", "parent_loop")
            if row["result_type"] == ResultType.DERIVED and code not in parents:
                self._add((number, code), "result_type", "derived_without_children")

    def _check_texts(self, place: Place, row: Row, names: tuple[str, ...], where: str = "") -> None:
        for name in names:
            if not row.get(name):
                self._add(place, f"{where}{name}", "missing_field")

    def _check_lengths(self, place: Place, row: Row, lengths: dict[str, int], where: str = "") -> None:
        for name, most in lengths.items():
            if len(row.get(name) or "") > most:
                self._add(place, f"{where}{name}", "too_long")

    def _check_choice(self, place: Place, row: Row, name: str, choices: Any, where: str = "") -> None:
        if row.get(name) not in choices.values:
            self._add(place, f"{where}{name}", "unknown_choice")


def message_of(code: str, facts: Row | None = None) -> str:
    """The sentence for a fault's code, in the reader's language; faults of cells name what stands there."""
    if code in CELL_FAULTS:
        return str(CELL_FAULTS[code](**(facts or {})))
    return str((MESSAGES | OF_CELLS)[code])


def faults_of_measurement(entry: Row, code: str = "") -> Iterator[tuple[str, str]]:
    """Field and code of each mistake in one measurement of the item with this code."""
    for name in unclean_texts(entry):
        yield name.partition(".")[0], "character_refused"
    for name in ("key", "name_zh", "name_en"):
        if not entry.get(name):
            yield name, "missing_field"
    if entry.get("key") and not KEY.fullmatch(entry["key"]):
        yield "key", "key_form"
    yield from ((name, "too_long") for name, most in MEASURED_LENGTHS.items() if len(entry.get(name) or "") > most)
    if entry.get("type") not in MeasurementType.values:
        yield "type", "unknown_choice"
    if entry.get("role", "result") not in MeasurementRole.values:
        yield "role", "unknown_choice"
    comparator, limit = entry.get("comparator"), entry.get("limit")
    if comparator and comparator not in Comparator.values:
        yield "comparator", "unknown_comparator"
    if bool(comparator) != (limit is not None):
        yield "limit", "limit_without_comparator"
    if limit is not None and (entry.get("type") != MeasurementType.NUMBER or not _is_decimal(limit)):
        yield "limit", "limit_not_a_number"
    elif limit is not None and not _fits(Decimal(str(limit))):
        yield "limit", "limit_range"
    elif limit is not None and not bounds_of(code, str(entry.get("key")), entry.get("unit") or "").spans(
            Decimal(str(limit))):
        yield "limit", "limit_impossible"
    if entry.get("type") == MeasurementType.CHOICE and not entry.get("choices"):
        yield "choices", "choices_missing"


def _is_decimal(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def _fits(limit: Decimal) -> bool:
    return abs(limit) < 10**MOST_DIGITS and limit == round(limit, MOST_PLACES)


def _is_date(value: Any) -> bool:
    try:
        read_date(value)
    except (TypeError, ValueError):
        return False
    return True


def _loops(code: str, family: dict[str, str | None]) -> bool:
    seen, parent = {code}, family[code]
    while parent is not None and parent in family:
        if parent in seen:
            return True
        seen.add(parent)
        parent = family[parent]
    return False
