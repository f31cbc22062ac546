"""What an edition says, as plain data: the form that is fingerprinted, compared and held against a file."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from products.suites.models import Edition, ItemVersion, Measurement
from products.suites.selectors.editions import items_of
from products.suites.states import EditionStatus
from wapicert.canonical import digest_of

# An item's content: the keys below, always all of them; `applicability` by code of device type.
Content = dict[str, Any]
# Published items never change, so that their fingerprint stands for them.
FROZEN = (EditionStatus.PUBLISHED, EditionStatus.RETIRED)
TEXTS = ("code", "group_zh", "name_zh", "name_en", "requirement_zh", "requirement_en", "result_type", "origin")


def content_of(edition: Edition) -> list[Content]:
    """The edition's items in order, as plain data, read from the database."""
    return contents(items_of(edition))


def contents(versions: Iterable[ItemVersion]) -> list[Content]:
    """Plain data of items that `items_of` has read."""
    return [_content(version) for version in versions]


def fingerprint_of(slug: str, items: list[Content]) -> str:
    """The fingerprint of an edition: SHA-256, 64 hexadecimal digits.

    It is taken over the canonical JSON (keys sorted, UTF-8, no blanks) of `{"edition": slug, "items": [...]}`, where
    the items stand in their order and each has exactly these keys: `code`, `parent` (code or null), `category`,
    `group_zh`, `name_zh`, `name_en`, `requirement_zh`, `requirement_en`, `result_type`, `origin`, `basis` (list of
    `standard` and `clause`, null where the clause is not known), `evidence` (list of texts), `applicability` (by code
    of device type: `level`, and `feature`, null unless conditional) and `measurements` (list in order: `key`,
    `name_zh`, `name_en`, `type`, `unit`, `choices`, `comparator`, `limit` as decimal text without trailing zeros or
    null, `limit_origin`, `role`). Texts that are not given are empty.
    """
    return digest_of({"edition": slug, "items": items})


def version_of(edition: Edition) -> str:
    """All of an edition that an approver reads: its items, names, dates, state and successor, as one digest."""
    own = ("status", "label_zh", "label_en", "name_zh", "name_en", "available_on", "active_on", "is_mandatory",
           "ends_on", "predecessor_id", "replaced_by_id")
    items = edition.fingerprint if edition.status in FROZEN else fingerprint_of(edition.slug, content_of(edition))
    return digest_of({"items": items} | {name: getattr(edition, name) for name in own})


def limit_text(limit: Decimal | None) -> str | None:
    """A limit as plain decimal digits: 95, not 95.000000 or 9.5E+1."""
    return None if limit is None else f"{limit.normalize():f}"


def _content(version: ItemVersion) -> Content:
    return {name: getattr(version, name) for name in TEXTS} | {
        "parent": version.parent.code if version.parent else None,
        "category": version.category.code,
        "basis": version.basis,
        "evidence": version.evidence,
        "applicability": {
            row.device_type.code: {"level": row.level, "feature": row.feature.key if row.feature else None}
            for row in version.applicability.all()
        },
        "measurements": [_measurement(row) for row in version.measurements.all()],
    }


def _measurement(row: Measurement) -> dict[str, Any]:
    names = ("key", "name_zh", "name_en", "type", "unit", "choices", "comparator", "limit_origin", "role")
    return {name: getattr(row, name) for name in names} | {"limit": limit_text(row.limit)}
