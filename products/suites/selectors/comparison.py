"""What differs between two editions, or between an edition and data that claims to be it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from products.suites.models import Edition, ItemVersion
from products.suites.selectors.content import Content, contents
from products.suites.selectors.editions import items_of


@dataclass(frozen=True)
class ItemDifference:
    """One item that differs: `kind` is added, removed or changed; `fields` are the keys that differ, if changed."""

    code: str
    kind: str
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """An item that both editions have and that says something else in the later one."""

    before: ItemVersion
    after: ItemVersion
    # By key: what stood before and what stands now, as plain data.
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Difference:
    """The way from one edition to another; `added` and `changed` stand in the order of the later one."""

    before: Edition
    after: Edition
    added: list[ItemVersion]
    changed: list[Change]
    removed: list[ItemVersion]


def differences_between(before: list[Content], after: list[Content]) -> list[ItemDifference]:
    """The items that differ: added and changed in the order of `after`, then the removed ones; order is no content."""
    old = {item["code"]: item for item in before}
    new = {item["code"]: item for item in after}
    rows = []
    for code, item in new.items():
        fields = [name for name in item if code in old and item[name] != old[code][name]]
        if code not in old:
            rows.append(ItemDifference(code, "added"))
        elif fields:
            rows.append(ItemDifference(code, "changed", fields))
    return rows + [ItemDifference(code, "removed") for code in old if code not in new]


def compare_editions(before: Edition, after: Edition) -> Difference:
    """What the later edition adds, changes and removes; a re-parented item is changed in `parent`. Six queries."""
    old = {version.code: version for version in items_of(before)}
    new = {version.code: version for version in items_of(after)}
    old_content = {item["code"]: item for item in contents(old.values())}
    new_content = {item["code"]: item for item in contents(new.values())}
    rows = differences_between(list(old_content.values()), list(new_content.values()))
    return Difference(
        before,
        after,
        added=[new[row.code] for row in rows if row.kind == "added"],
        changed=[
            Change(old[row.code], new[row.code],
                   {name: (old_content[row.code].get(name), new_content[row.code].get(name)) for name in row.fields})
            for row in rows
            if row.kind == "changed"
        ],
        removed=[old[row.code] for row in rows if row.kind == "removed"],
    )
