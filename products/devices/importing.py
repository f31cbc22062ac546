"""Loads device types and the fields that describe them; loading the same data twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from products.devices.errors import DeviceTypesInvalid
from products.devices.models import DeviceType, SpecificationField
from products.devices.states import FieldType, Origin, Required, Scope
from wapicert.loading import bring_in_line
from wapicert.texts import STORY, takes_text

MESSAGES = {
    "missing_field": _("缺少必填的键。"),
    "unknown_choice": _("取值不在允许的范围内。"),
    "duplicate_key": _("同一设备类型下重复出现。"),
    "options_missing": _("单选或多选字段没有选项。"),
    "override_undeclared": _("与公共字段同名，但未列入 overrides。"),
}
CHOICES = {"type": FieldType, "required": Required, "scope": Scope, "origin": Origin}
# These are filled from the system itself, hence have no list of their own.
WITHOUT_OPTIONS = frozenset({"device_type"})


@takes_text(data=STORY)
@transaction.atomic
def import_device_types(data: dict[str, Any]) -> None:
    """Bring device types and fields in line with `data` (the form of data/device-types.json).

    Raises DeviceTypesInvalid with one row per mistake, and then nothing is saved. A field that the data no longer
    names is deleted, since only descriptions hold its values; a type stays, since devices name it.
    """
    if mistakes := list(find_mistakes(data)):
        raise DeviceTypesInvalid(rows=mistakes)
    types = bring_in_line(DeviceType, _types(data), by=["code"]).rows
    wanted = field_rows(data, {code: row.pk for code, row in types.items()})
    fields = bring_in_line(SpecificationField, wanted, by=["device_type_id", "key"]).rows
    named = {(row["device_type_id"], row["key"]) for row in wanted}
    stale = [row.pk for key, row in fields.items() if key not in named]
    if stale:
        SpecificationField.objects.filter(pk__in=stale).delete()


def field_rows(data: dict[str, Any], types: dict[str, int]) -> list[dict[str, Any]]:
    """The columns of every field of the data, the common ones first; `types` are the ids of the types by code."""
    return [
        _field(field, types[code] if code else None, position)
        for code, fields in _fields_by_type(data).items()
        for position, field in enumerate(fields)
    ]


def find_mistakes(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One row per mistake: {device_type, key, field, code, message}."""
    common = {field.get("key") for field in data["common_fields"]}
    own = {row["code"]: set(row.get("overrides", [])) for row in data["types"]}
    for code, fields in _fields_by_type(data).items():
        seen: set[str] = set()
        for field in fields:
            key = field.get("key", "")
            for name, fault in _faults(field):
                yield _mistake(code, key, name, fault)
            if key in seen:
                yield _mistake(code, key, "key", "duplicate_key")
            if code and key in common and key not in own[code]:
                yield _mistake(code, key, "key", "override_undeclared")
            seen.add(key)


def _faults(field: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("key", "name_zh", "name_en"):
        if not field.get(name):
            yield name, "missing_field"
    for name, choices in CHOICES.items():
        if field.get(name) not in choices.values:
            yield name, "unknown_choice"
    lists = field.get("type") in (FieldType.ENUM, FieldType.MULTI)
    if lists and not field.get("options_zh") and field.get("key") not in WITHOUT_OPTIONS:
        yield "options_zh", "options_missing"
    if field.get("only_if") not in (None, "has_radio"):
        yield "only_if", "unknown_choice"


def _mistake(device_type: str | None, key: str, field: str, code: str) -> dict[str, Any]:
    return {"device_type": device_type, "key": key, "field": field, "code": code, "message": MESSAGES[code]}


def _types(data: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("code", "name_zh", "name_en", "has_radio", "testable", "wai_roles")
    return [{name: row[name] for name in names} | {"position": place} for place, row in enumerate(data["types"])]


def _fields_by_type(data: dict[str, Any]) -> dict[str | None, list[dict[str, Any]]]:
    return {None: data["common_fields"]} | {row["code"]: row["spec_fields"] for row in data["types"]}


def _field(field: dict[str, Any], device_type_id: int | None, position: int) -> dict[str, Any]:
    copied = ("key", "name_zh", "name_en", "type", "required", "scope", "origin")
    return {name: field[name] for name in copied} | {
        "device_type_id": device_type_id,
        "options": field.get("options_zh"),
        "is_open": field.get("open", False),
        "unit": field.get("unit") or "",
        "hint_zh": field.get("hint_zh") or field.get("note_zh") or "",
        "example": field.get("example") or "",
        "only_with_radio": field.get("only_if") == "has_radio",
        "position": position,
    }
