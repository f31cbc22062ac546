"""Brings in line what all editions share: categories, standards, features and the identities of items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from products.devices.models import DeviceType
from products.suites.models import Category, Feature, Item, Standard
from wapicert.loading import bring_in_line

Row = dict[str, Any]


@dataclass(frozen=True)
class Vocabulary:
    """What items refer to, by name."""

    categories: dict[str, Category]
    features: dict[str, Feature]
    items: dict[str, Item]
    device_types: dict[str, DeviceType]


def load_vocabulary(data: Row) -> Vocabulary:
    """Write what the data adds or renames; what it does not name stays."""
    bring_in_line(Standard, [{"code": row["id"], "title_zh": row["title_zh"], "kind": row["kind"]}
                             for row in data.get("standards", [])], by=["code"])
    codes = dict.fromkeys(row["code"] for row in data["items"])
    return Vocabulary(
        categories=bring_in_line(Category, [_category(*row) for row in enumerate(data.get("categories", []))],
                                 by=["code"]).rows,
        features=bring_in_line(Feature, [_feature(*row) for row in enumerate(data.get("features", []))],
                               by=["key"]).rows,
        items=bring_in_line(Item, [{"code": code} for code in codes], by=["code"]).rows,
        device_types={row.code: row for row in DeviceType.objects.all()},
    )


def _category(position: int, row: Row) -> Row:
    return {name: row[name] for name in ("code", "name_zh", "name_en", "origin")} | {"position": position}


def _feature(position: int, row: Row) -> Row:
    return {name: row[name] for name in ("key", "name_zh", "name_en", "origin")} | {
        "derived_from": row.get("derived_from"),
        "asked": bool(row.get("asked")),
        "position": position,
    }
