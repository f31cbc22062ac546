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
from wapicert.errors import DomainError
from wapicert.sheets import (
    Account,
    Book,
    Cell,
    CellFormula,
    CellOutside,
    CellPercent,
    cell_name,
    column_name,
    in_chinese,
    is_formula,
    number_in,
    open_book,
    plain_text,
    text_in,
    too_large,
    words_in,
)
from wapicert.sheets import (
    Row as SheetRow,
)

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
    # The meaning of each column of both sheets, by its place.
    columns: tuple[dict[int, str], dict[int, str]] = field(default_factory=lambda: ({}, {}))
    faults: list[Row] = field(default_factory=list)
    account: Account = field(default_factory=Account)

    def place_of(self, row: int | None, item: str | None, name: str) -> Row:
        """Sheet, line, cell and column of a fault that the check named by item and field."""
        part, *rest = name.split(".")
        if part == "measurements" and rest and (str(item), rest[0]) in self.measured:
            return self.place(1, self.measured[str(item), rest[0]], [*rest, "key"][1])
        column = rest[0] if part == "applicability" and rest else part
        return self.place(0, self.lines[row - 1] if row else None, column)

    def place(self, sheet: int, line: int | None, column: str) -> Row:
        """The same by the column's key."""
        places = {name: place for place, name in self.columns[sheet].items()}
        label = (ITEM_COLUMNS, MEASURED_COLUMNS)[sheet].get(column, column)
        return {"sheet": SHEETS[sheet], "line": line, "column": label,
                "cell": cell_name(line - 1, places[column]) if column in places and line is not None else ""}

    def add(self, place: Row, item: str, fault: DomainError) -> None:
        """A cell, row or column that cannot be taken as it stands."""
        self.faults.append(place | {"item": item, "code": fault.code, "facts": fault.extra})


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
    """Read the first two sheets that a person sees; cells that cannot be taken literally become faults, a wrong head
    refuses the file.

    The file stands for the whole draft, so that what is hidden in those sheets is a fault rather than left out: it
    would be removed from the draft.
    """
    sheet = Sheet()
    with open_book(content) as book:
        sheet.account.note_sheets(book, book.visible[:2])
        listed = _table(book, 0, [*ITEM_COLUMNS, *(row.code for row in words.types)], sheet)
        measured = _table(book, 1, list(MEASURED_COLUMNS), sheet)
    for line, cells in listed:
        sheet.items.append(_item(cells, words))
        sheet.lines.append(line)
    by_code: dict[str, Row] = {row["code"]: row for row in sheet.items}
    for line, cells in measured:
        code, key = str(cells.get("item") or ""), str(cells.get("key") or "")
        if code in by_code:
            by_code[code]["measurements"].append(_measurement(cells))
            sheet.measured[code, key] = line
        else:
            sheet.faults.append(sheet.place(1, line, "item") | {"item": code, "code": "measurement_without_item"})
    return sheet


def _table(book: Book, place: int, known: list[str], sheet: Sheet) -> list[tuple[int, Row]]:
    """Lines that hold something, by the meaning of their columns."""
    if place >= len(book.visible):
        if place < len([one for one in book.sheets if one.is_table]):
            sheet.faults.append(sheet.place(place, None, "") | {"item": "", "code": "sheet_hidden"})
        return []
    names = (ITEM_COLUMNS, MEASURED_COLUMNS)[place]
    meanings = {label: key for key, label in names.items()} | {key: key for key in known}
    found, columns = list[tuple[int, Row]](), sheet.columns[place]
    for row in book.rows(book.visible[place], MOST_LINES):
        if len(found) >= MOST_LINES:
            raise too_large(MOST_LINES)
        if not columns:
            columns |= _head(row.cells, meanings, place)
            for column in sorted(book.hidden_columns & columns.keys()):
                sheet.faults.append(sheet.place(place, None, columns[column]) | {
                    "item": "", "cell": column_name(column), "code": "column_hidden"})
            continue
        if row.is_hidden:
            sheet.faults.append(sheet.place(place, row.number, "") | {"item": "", "code": "row_hidden"})
        found.append((row.number, _cells(row, place, sheet)))
    if place == 0 and not columns:
        raise SuiteSheetHeadWrong(SuiteSheetHeadWrong.message % {"columns": ITEM_COLUMNS["code"]}, field="file")
    return found


def _head(cells: Sequence[Cell], meanings: Mapping[str, str], place: int) -> dict[int, str]:
    """The keys of the columns by their place; raises SuiteSheetHeadWrong with the names at fault."""
    words = {cell.column: plain_text(cell.value) for cell in cells}
    found = {column: meanings[word] for column, word in words.items() if word in meanings}
    named = list(found.values())
    wrong = [word for column, word in words.items() if column not in found or named.count(found[column]) > 1]
    needed = ITEM_COLUMNS if place == 0 else MEASURED_COLUMNS
    wrong += [label for name, label in needed.items() if name not in named]
    if wrong:
        shown = "、".join(f"{SHEETS[place]} {word[:30]}" for word in dict.fromkeys(wrong[:10]))
        raise SuiteSheetHeadWrong(SuiteSheetHeadWrong.message % {"columns": shown}, field="file")
    return found


def _cells(row: SheetRow, place: int, sheet: Sheet) -> Row:
    """What the cells of a row say, by the meaning of their columns; empty text for the others."""
    columns = sheet.columns[place]
    cells = {columns[cell.column]: cell for cell in row.cells if cell.column in columns}
    code = cells.get("code") or cells.get("item")
    item = str(code.value)[:40] if code else ""
    texts = dict.fromkeys(columns.values(), "")
    for name, cell in cells.items():
        try:
            texts[name] = _read(name, cell)
        except DomainError as fault:
            sheet.add(sheet.place(place, row.number, name), item, fault)
    if texts.get("limit", "").endswith("%"):
        shown, number = texts["limit"], texts["limit"].rstrip("% ")
        if plain_text(texts.get("unit")) != "%":
            sheet.add(sheet.place(place, row.number, "limit"), item, CellPercent(shown=shown, number=number))
        texts["limit"] = number
    for cell in row.cells:
        if cell.column not in columns:
            sheet.add({"sheet": SHEETS[place], "line": row.number, "column": "", "cell": cell.name}, item,
                      CellOutside(shown=str(cell.value)[:40]))
    return texts


def _read(name: str, cell: Cell) -> str:
    """A cell's text; only a limit may be a number, since a code, a clause or a choice 1.10 would come as 1.1."""
    if name == "limit":
        return number_in(cell)
    text = text_in(cell)
    if name != "comparator" and is_formula(plain_text(cell.value)):
        raise CellFormula
    if name in EXACT:
        text = words_in(cell)
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) != "Cc")


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
