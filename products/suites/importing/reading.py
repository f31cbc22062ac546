"""Turns the data of a suite, as people write it, into the form that editions are compared and fingerprinted in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from products.suites.selectors import limit_text

EDITION_TEXTS = ("label_zh", "label_en", "name_zh", "name_en", "origin")


def read_items(data: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    """The content of one edition, in the order of the data (see `selectors.fingerprint_of`)."""
    return [_item(row) for row in data["items"] if slug in row["editions"]]


def read_edition(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of an edition, without its predecessor and state."""
    return {name: row.get(name) for name in EDITION_TEXTS} | {
        "is_mandatory": bool(row.get("mandatory", False)),
        "available_on": read_date(row.get("available_on")),
        "active_on": read_date(row.get("active_on")),
    }


def read_date(text: str | None) -> date | None:
    """A day as 2026-01-31; raises ValueError."""
    return date.fromisoformat(text) if text else None


def _item(row: dict[str, Any]) -> dict[str, Any]:
    texts = ("code", "name_zh", "name_en", "requirement_zh", "requirement_en", "result_type", "origin", "category")
    return {name: row[name] for name in texts} | {
        "parent": row.get("parent"),
        "group_zh": row.get("group_zh") or "",
        "basis": [{"standard": entry["standard"], "clause": entry.get("clause")} for entry in row.get("basis", [])],
        "evidence": list(row.get("evidence_zh") or []),
        "applicability": {
            code: {"level": rule["level"], "feature": rule.get("when")} for code, rule in row["applicability"].items()
        },
        "measurements": [_measurement(entry) for entry in row.get("measurements", [])],
    }


def _measurement(row: dict[str, Any]) -> dict[str, Any]:
    limit = row.get("limit")
    return {name: row[name] for name in ("key", "name_zh", "name_en", "type")} | {
        "unit": row.get("unit") or "",
        "choices": row.get("choices"),
        "comparator": row.get("comparator") or "",
        "limit": None if limit is None else limit_text(Decimal(str(limit))),
        "limit_origin": row.get("limit_origin") or "",
        "role": row.get("role", "result"),
    }
