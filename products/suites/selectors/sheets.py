"""An edition as a table: two sheets, an item a row in the first, a measured value a row in the second."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from products.devices.models import DeviceType
from products.devices.states import Origin
from products.suites.errors import SuiteSheetHeadWrong
from products.suites.models import Category, Feature
from products.suites.selectors.content import Content
from products.suites.states import Comparator, Level, MeasurementRole, MeasurementType, ResultType
from wapicert.sheets import CellFormula, cell_name, in_chinese, is_formula, plain_text, too_large, xlsx_rows

# More than any edition holds, and as many values as its items may ask for.
MOST_LINES = 5_000
SHEETS = ("测试项", "测量值")
ITEM_COLUMNS = {
    "code": "编号", "parent": "父项", "category": "类别", "group_zh": "分组", "name_zh": "名称", "name_en": "英文名称",
    "requirement_zh": "要求", "requirement_en": "英文要求", "result_type": "判定方式", "origin": "来源",
    "basis": "依据", "evidence": "证据",
}
MEASURED_COLUMNS = {
    "item": "编号", "key": "键", "name_zh": "名称", "name_en": "英文名称", "type": "类型", "unit": "单位",
    "choices": "选项", "comparator": "比较", "limit": "限值", "limit_origin": "限值来源", "role": "作用",
}
WORDED = {"result_type": ResultType, "origin": Origin, "type": MeasurementType, "role": MeasurementRole}
# Codes and numbers are normalised; people's words stay as they are.
EXACT = frozenset({"name_zh", "name_en", "requirement_zh", "requirement_en", "group_zh", "evidence", "choices",
                   "limit_origin", "unit", "basis"})
CONDITION = re.compile(r"(?:C|c|有条件)\s*:\s*(.+)")
Row = dict[str, Any]


@dataclass(frozen=True)
class Words:
    """What a table may name: device types in their order, features and categories."""

    types: Sequence[DeviceType]
    features: Sequence[Feature]
    categories: Sequence[Category]

    def feature_named(self, text: str) -> str:
        """The key of the feature with this key or name; the text itself for none."""
        named = [row.key for row in self.features if text in (row.key, row.name_zh)]
        return named[0] if named else text


@dataclass
class Sheet:
    """What a file says: items as the data of a suite has them, where each stands, and cells that cannot be read."""

    items: list[Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    measured: dict[tuple[str, str], int] = field(default_factory=dict)
    columns: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    faults: list[Row] = field(default_factory=list)

    def place_of(self, row: int | None, item: str | None, name: str) -> Row:
        """Sheet, line, cell and column of a fault that the check named by item and field."""
        part, *rest = name.split(".")
        if part == "measurements" and rest and (str(item), rest[0]) in self.measured:
            return self.place(1, self.measured[str(item), rest[0]], [*rest, "key"][1])
        column = rest[0] if part == "applicability" and rest else part
        return self.place(0, self.lines[row - 1] if row else None, column)

    def place(self, sheet: int, line: int | None, column: str) -> Row:
        """The same by the column's key."""
        known = column in self.columns[sheet] and line is not None
        label = (ITEM_COLUMNS, MEASURED_COLUMNS)[sheet].get(column, column)
        return {"sheet": SHEETS[sheet], "line": line, "column": label,
                "cell": cell_name((line or 1) - 1, self.columns[sheet].index(column)) if known else ""}


def words_in_use() -> Words:
    """Three queries on small tables."""
    return Words(list(DeviceType.objects.order_by("position")), list(Feature.objects.all()),
                 list(Category.objects.all()))


def tables_of(items: Iterable[Content], words: Words) -> dict[str, list[list[str]]]:
    """Both sheets with their heads, ready to be written; device types are columns by their code."""
    features = {row.key: row.name_zh for row in words.features}
    listed, measured = [[*ITEM_COLUMNS.values(), *(row.code for row in words.types)]], [[*MEASURED_COLUMNS.values()]]
    for item in items:
        rules = item["applicability"]
        listed.append([*(_written(name, item[name]) for name in ITEM_COLUMNS),
                       *(_rule_text(rules.get(row.code), features) for row in words.types)])
        measured += [[item["code"], *(_written(name, one[name]) for name in list(MEASURED_COLUMNS)[1:])]
                     for one in item["measurements"]]
    return dict(zip(SHEETS, (listed, measured), strict=True))


def basis_text(basis: Iterable[Mapping[str, Any]]) -> str:
    """A line per document: its code, then the clause where one is known."""
    return "\n".join(" ".join(filter(None, (one["standard"], one["clause"]))) for one in basis)


def basis_in(text: str) -> list[Row]:
    """The same, read."""
    parts = [line.split(maxsplit=1) for line in _lines(text)]
    return [{"standard": plain_text(part[0]), "clause": part[1].strip() if len(part) > 1 else None} for part in parts]


def sheet_in(content: BinaryIO, words: Words) -> Sheet:
    """Read both sheets; cells that a spreadsheet would compute become faults, a wrong head refuses the file."""
    sheet = Sheet()
    listed = _table(content, 0, [*ITEM_COLUMNS, *(row.code for row in words.types)], sheet)
    for line, cells in listed:
        sheet.items.append(_item(cells, words))
        sheet.lines.append(line)
    by_code: dict[str, Row] = {row["code"]: row for row in sheet.items}
    for line, cells in _table(content, 1, list(MEASURED_COLUMNS), sheet):
        code, key = str(cells.get("item") or ""), str(cells.get("key") or "")
        if code in by_code:
            by_code[code]["measurements"].append(_measurement(cells))
            sheet.measured[code, key] = line
        else:
            sheet.faults.append(sheet.place(1, line, "item") | {"item": code, "code": "measurement_without_item"})
    return sheet


def _table(content: BinaryIO, place: int, known: list[str], sheet: Sheet) -> list[tuple[int, Row]]:
    """Lines that hold something, by the meaning of their columns."""
    names = (ITEM_COLUMNS, MEASURED_COLUMNS)[place]
    meanings = {label: key for key, label in names.items()} | {key: key for key in known}
    found, columns = list[tuple[int, Row]](), sheet.columns[place]
    for line, row in enumerate(xlsx_rows(content, place, MOST_LINES), start=1):
        if line == 1:
            columns += _head([plain_text(cell) for cell in row], meanings, place)
            continue
        if len(found) >= MOST_LINES:
            raise too_large(MOST_LINES)
        padded = [*row, *([""] * (len(columns) - len(row)))]
        cells = {name: _cell(name, cell) for name, cell in zip(columns, padded, strict=False) if name}
        if any(cells.values()):
            sheet.faults += [sheet.place(place, line, name) | {"item": str(cells.get("code") or cells.get("item")),
                                                                "code": CellFormula.code}
                             for name, text in cells.items() if name != "comparator" and is_formula(text)]
            found.append((line, {name: text.removeprefix("'") if is_formula(text[1:]) else text
                                 for name, text in cells.items()}))
    if place == 0 and not columns:
        raise SuiteSheetHeadWrong(SuiteSheetHeadWrong.message % {"columns": ITEM_COLUMNS["code"]}, field="file")
    return found


def _head(words: list[str], meanings: Mapping[str, str], place: int) -> list[str]:
    """The keys of the columns, empty for an empty one; raises SuiteSheetHeadWrong with the names at fault."""
    found = [meanings.get(word, "") for word in words]
    wrong = [word for word, name in zip(words, found, strict=True) if word and not name]
    wrong += [word for word, name in zip(words, found, strict=True) if name and found.count(name) > 1]
    needed = ITEM_COLUMNS if place == 0 else MEASURED_COLUMNS
    wrong += [label for name, label in needed.items() if name not in found]
    if wrong:
        shown = "、".join(f"{SHEETS[place]} {word[:30]}" for word in dict.fromkeys(wrong[:10]))
        raise SuiteSheetHeadWrong(SuiteSheetHeadWrong.message % {"columns": shown}, field="file")
    return found


def _cell(name: str, cell: Any) -> str:
    text = str(cell if cell is not None else "").strip() if name in EXACT and not isinstance(cell, float) else None
    text = plain_text(cell) if text is None else text
    return "".join(sign for sign in text.replace("\r\n", "\n") if sign == "\n" or unicodedata.category(sign) != "Cc")


def _item(cells: Mapping[str, str], words: Words) -> Row:
    category = cells["category"]
    known = {row.name_zh: row.code for row in words.categories}
    rules = {row.code: _rule(cells[row.code], words) for row in words.types if cells.get(row.code)}
    texts = {name: cells.get(name, "") for name in ("code", "group_zh", "name_zh", "name_en", "requirement_zh",
                                                    "requirement_en")}
    return texts | {
        "parent": cells["parent"] or None, "category": known.get(category, category), "applicability": rules,
        "result_type": _coded("result_type", cells["result_type"]), "origin": _coded("origin", cells["origin"]),
        "basis": basis_in(cells["basis"]), "evidence_zh": _lines(cells["evidence"]), "measurements": [],
    }


def _measurement(cells: Mapping[str, str]) -> Row:
    signs = {str(sign.label): str(sign) for sign in Comparator}
    return {name: cells[name] for name in ("key", "name_zh", "name_en", "unit", "limit_origin")} | {
        "type": _coded("type", cells["type"]), "choices": _lines(cells["choices"]) or None,
        "comparator": signs.get(cells["comparator"], cells["comparator"]) or None, "limit": cells["limit"] or None,
        "role": _coded("role", cells["role"]) or MeasurementRole.RESULT,
    }


def _rule(text: str, words: Words) -> Row:
    condition = CONDITION.fullmatch(plain_text(text))
    if condition:
        return {"level": Level.CONDITIONAL, "when": words.feature_named(condition[1].strip())}
    levels = {in_chinese(level.label): str(level) for level in Level}
    return {"level": levels.get(text, text.upper()), "when": None}


def _rule_text(rule: Mapping[str, Any] | None, features: Mapping[str, str]) -> str:
    if rule is None:
        return ""
    level = in_chinese(Level(rule["level"]).label)
    return f"{level}：{features[rule['feature']]}" if rule["feature"] else level


def _coded(name: str, text: str) -> str:
    """The code of a choice that is given by its code or its Chinese word; the text itself for none."""
    return {in_chinese(label): code for code, label in WORDED[name].choices}.get(text, text)


def _written(name: str, value: Any) -> str:
    if name in WORDED:
        return in_chinese(WORDED[name](value).label)
    if name == "comparator":
        return str(Comparator(value).label) if value else ""
    if name == "basis":
        return basis_text(value)
    return "\n".join(value) if isinstance(value, list) else str(value or "")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
