"""What changed between two reports, computed from their snapshots and told in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from products.reports.selectors.wording import LEAVES, PARTS, VERDICTS
from products.reports.states import CORRECTABLE

# What differs in every report, or follows from a line that is told already.
NOT_TOLD = frozenset({"schema", "template_version", "software_version", "report", "people", "categories", "counts",
                      "results", "outside", "has_open_clauses", "made_with", "statements"})
# By what the rows of a list are known again; everything else is compared by its place.
KEYS = ("code", "number", "id", "ordinal", "round", "name_zh", "text", "zh")
LONGEST_TEXT = 160


class Change(NamedTuple):
    """One difference: where, and the texts before and after (None: there was or is nothing)."""

    zh: str
    en: str
    before: str | None
    after: str | None


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str | None]]:
    """Every printed fact in which the reports differ, results first, as {zh, en, before, after}."""
    found = [*_results(_by_code(old), _by_code(new)), *_facts(old, new)]
    return [change._asdict() for change in found]


def _by_code(snapshot: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {row["code"]: row for row in snapshot.get("results", [])}


def _results(old: dict[str, Mapping[str, Any]], new: dict[str, Mapping[str, Any]]) -> Iterator[Change]:
    """Item by item: verdict, values, version, day and tool; items that came or went."""
    for code in [*old, *(code for code in new if code not in old)]:
        before, after = old.get(code), new.get(code)
        row = after or before or {}
        zh, en = f"{code} {row['name_zh']}", f"{code} {row['name_en']}"
        if before is None or after is None:
            yield Change(zh, en, _verdict(before), _verdict(after))
            continue
        if before["verdict"] != after["verdict"]:
            yield Change(f"{zh}：结论", f"{en}: verdict", _verdict(before), _verdict(after))
        if _test(before) and _test(after) and _test(before) != _test(after):
            yield Change(f"{zh}：重新测试", f"{en}: tested again", _test(before), _test(after))
        yield from _values(zh, en, before["values"], after["values"])
        for key in ("hardware", "firmware", "performed_on", "tool", "requirement_zh"):
            if before.get(key) != after.get(key):
                leaf = LEAVES[key]
                yield Change(f"{zh}：{leaf[0]}", f"{en}: {leaf[1]}", _text(before.get(key)), _text(after.get(key)))


def _verdict(row: Mapping[str, Any] | None) -> str | None:
    if row is None:
        return None
    zh, en = VERDICTS.get(row["verdict"], ("未得出", "no result"))
    return f"{zh} {en}"


def _test(row: Mapping[str, Any]) -> str | None:
    """Which test gave the result, by its place among the item's; None where a snapshot does not say."""
    return f"第{row['ordinal']}次 No. {row['ordinal']}" if row.get("ordinal") else None


def _values(zh: str, en: str, old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    before, after = ({row["name_zh"]: row for row in rows} for rows in (old, new))
    for name in [*before, *(name for name in after if name not in before)]:
        one, other = before.get(name), after.get(name)
        if _value(one) != _value(other):
            row = other or one or {}
            yield Change(f"{zh}：{name}", f"{en}: {row.get('name_en') or name}", _value(one), _value(other))


def _value(row: Mapping[str, Any] | None) -> str | None:
    if row is None:
        return None
    limit = f" ({row['limit']})" if row["limit"] else ""
    return f"{row['value']} {row['unit']}".strip() + limit


def _facts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Every other fact that is printed, part by part."""
    for part in [*old, *(part for part in new if part not in old)]:
        if part not in NOT_TOLD:
            yield from _compare(PARTS.get(part, (part, part)), old.get(part), new.get(part))


def _compare(path: tuple[str, str], old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _compare(_below(path, LEAVES.get(key, (key, key))), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        before, after = _keyed(old), _keyed(new)
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _compare(_below(path, (name, name)), before.get(name), after.get(name))
    elif _text(old) != _text(new):
        yield Change(*path, _text(old), _text(new))


def _below(path: tuple[str, str], name: tuple[str, str]) -> tuple[str, str]:
    return f"{path[0]}：{name[0]}", f"{path[1]}: {name[1]}"


def _keyed(rows: list[Any]) -> dict[str, Any]:
    """The rows by what they are known again by, in their order."""
    return {_name(row, place): row for place, row in enumerate(rows, start=1)}


def _name(row: Any, place: int) -> str:
    if not isinstance(row, Mapping):
        return str(place)
    return next((str(row[key]) for key in KEYS if row.get(key)), str(place))


def _text(value: Any) -> str | None:
    """A value as it is read; a whole row by its facts, and no text beyond what fits a line or two."""
    if value in (None, "", [], {}):
        return None
    if isinstance(value, Mapping):
        parts: Iterable[Any] = (_text(part) for part in value.values())
        text = " · ".join(dict.fromkeys(part for part in parts if part))
    elif isinstance(value, list):
        text = "、".join(filter(None, map(_text, value)))
    else:
        text = str(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def correctable_facts(snapshot: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What the signatory may correct in an amendment, by place: the label and what is printed now."""
    found: dict[str, tuple[str, str]] = {}
    for path, label in CORRECTABLE.items():
        *way, last = path.split(".")
        if "#" not in way:
            place = snapshot if not way else snapshot[way[0]]
            found[path] = (str(label), str(place.get(last) or ""))
            continue
        for number, row in enumerate(snapshot[way[0]]):
            found[path.replace("#", str(number))] = (f"{label} {row['number']}", str(row.get(last) or ""))
    return found
