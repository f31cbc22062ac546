"""How a type of device is described, and whether a description fits."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from products.devices.models import DeviceType, SpecificationField
from products.devices.states import FieldType, Required, Scope
from wapicert.enumeration import enumerated

# The device's own columns, and the versions, which an order names.
HELD_ELSEWHERE = frozenset({"company", "product_name", "model", "device_type", "hw_ver", "fw_ver"})
LONGEST_TEXT = 300
RANGE = re.compile(r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?)\s*(?:~|～|至|\.\.\.)\s*([+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?)")
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?")
NOTHING: tuple[Any, ...] = (None, "", [], {})

FAULTS: dict[str, tuple[Promise, Promise]] = {
    "field_required": (_("此项必填。"), _("请按产品说明书填写。")),
    "field_unknown": (_("该设备类型没有这个参数。"), _("请删除，或核对设备类型。")),
    "option_unknown": (_("“%(value)s”不在选项中。"), _("请从以下选项中选择：%(options)s。")),
    "not_a_list": (_("多选项须以列表给出。"), _("请给出一个或多个选项的列表。")),
    "option_repeated": (_("选项“%(value)s”重复。"), _("每个选项只选一次。")),
    "not_text": (_("须为文字。"), _("请填写文字。")),
    "text_too_long": (_("内容过长。"), _("请缩短至300字以内。")),
    "not_a_number": (_("须为不小于零的数字。"), _("只填数字，不带单位（%(unit)s）。")),
    "not_an_integer": (_("须为不小于零的整数。"), _("只填整数，不带单位（%(unit)s）。")),
    "unit_wrong": (_("单位“%(value)s”不符。"), _("请换算为%(unit)s。")),
    "not_a_range": (_("须为范围，且下限不大于上限。"), _("请写作 -40~70 的形式，单位为%(unit)s。")),
    "not_a_date": (_("须为存在的日期。"), _("请写作 2026-01-31 的形式。")),
    "not_a_boolean": (_("须为“是”或“否”。"), _("请选择是或否。")),
}


class Fault(Exception):
    """A value that its field does not take."""

    def __init__(self, code: str, value: object = "") -> None:
        super().__init__(code)
        self.code, self.value = code, value


def specification_fields(device_type: DeviceType) -> list[SpecificationField]:
    """The fields by which a device of this type is described: the common declared ones, then its own. One query.

    Its own field replaces the common one of the same key; fields of the radio fall away where there is none. What the
    device itself holds (name, model, versions) is no field of the specification.
    """
    return merged_fields(device_type, declared_fields().filter(Q(device_type=None) | Q(device_type=device_type)))


def declared_fields() -> QuerySet[SpecificationField]:
    """The fields that applicants fill in, of all types, without what the device itself holds."""
    return SpecificationField.objects.filter(~Q(key__in=HELD_ELSEWHERE), scope=Scope.DECLARED).order_by("position")


def merged_fields(device_type: DeviceType, declared: Iterable[SpecificationField]) -> list[SpecificationField]:
    """The same from fields that were read already; those of other types are passed over."""
    rows = list(declared)
    own = [row for row in rows if row.device_type_id == device_type.pk]
    keys = {row.key for row in own}
    common = [row for row in rows if row.device_type_id is None and row.key not in keys]
    return [row for row in common + own if device_type.has_radio or not row.only_with_radio]


def specification_errors(device_type: DeviceType, specification: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wrong with a description, one row per field: {field, code, message, remedy}; `field` is the key."""
    return clean_specification(device_type, specification)[1]


def clean_specification(
    device_type: DeviceType, specification: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The description as it is stored, and the rows of `specification_errors`.

    Numbers may come as text or as {"value", "unit"} with the field's unit, and are stored bare; a range may come as
    two numbers and is stored as text; what is empty counts as not given and is dropped. One query.
    """
    return clean_against(specification_fields(device_type), specification)


def clean_against(
    declared: Iterable[SpecificationField], specification: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The same for fields that were read already."""
    clean: dict[str, Any] = {}
    errors: list[dict[str, Any]] = []
    fields = {field.key: field for field in declared}
    for key, field in fields.items():
        try:
            value = _checked(field, specification.get(key))
            if value is not None:
                clean[key] = value
        except Fault as fault:
            errors.append(_row(key, fault, field))
    errors += [_row(str(key), Fault("field_unknown")) for key in specification if key not in fields]
    return clean, errors


def _checked(field: SpecificationField, value: Any) -> Any:
    """The value as it is stored, None if it was not given; raises Fault."""
    if isinstance(value, str):
        value = value.strip()
    if value not in NOTHING:
        return CHECKS[FieldType(field.type)](field, value)
    if field.required == Required.REQUIRED:
        raise Fault("field_required")
    return None


def _row(key: str, fault: Fault, field: SpecificationField | None = None) -> dict[str, Any]:
    message, remedy = FAULTS[fault.code]
    options = enumerated(field.options or []) if field else ""
    words = {"value": fault.value, "options": options, "unit": (field.unit if field else "") or _("无单位")}
    return {"field": key, "code": fault.code, "message": message % words, "remedy": remedy % words}


def _text(field: SpecificationField, value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or "\0" in text:
        raise Fault("not_text")
    if len(text) > LONGEST_TEXT:
        raise Fault("text_too_long")
    return text


def _option(field: SpecificationField, value: Any) -> str:
    text = _text(field, value)
    if not field.is_open and text not in (field.options or []):
        raise Fault("option_unknown", text)
    return text


def _options(field: SpecificationField, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise Fault("not_a_list")
    texts = [_option(field, entry) for entry in value]
    if repeated := next((text for text in texts if texts.count(text) > 1), None):
        raise Fault("option_repeated", repeated)
    return texts


def _number(field: SpecificationField, value: Any) -> int | float:
    if isinstance(value, dict):
        if set(value) != {"value", "unit"}:
            raise Fault("not_a_number")
        if value["unit"] != field.unit:
            raise Fault("unit_wrong", value["unit"])
        value = value["value"]
    number = _parsed(value)
    if number is None or number < 0:
        raise Fault("not_a_number")
    return number


def _integer(field: SpecificationField, value: Any) -> int:
    try:
        number = _number(field, value)
    except Fault as fault:
        raise Fault("not_an_integer" if fault.code == "not_a_number" else fault.code, fault.value) from fault
    if number != int(number):
        raise Fault("not_an_integer")
    return int(number)


def _range(field: SpecificationField, value: Any) -> str:
    if isinstance(value, list) and len(value) == 2:
        value = f"{value[0]}~{value[1]}"
    match = RANGE.fullmatch(value) if isinstance(value, str) else None
    if match is None or float(match[1]) > float(match[2]):
        raise Fault("not_a_range")
    return f"{match[1]}~{match[2]}"


def _date(field: SpecificationField, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise Fault("not_a_date") from error


def _boolean(field: SpecificationField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Fault("not_a_boolean")
    return value


def _parsed(value: Any) -> int | float | None:
    """A finite number, given as such or as its text; None for anything else."""
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value if abs(value) < 10**15 else None


CHECKS: dict[FieldType, Callable[[SpecificationField, Any], Any]] = {
    FieldType.TEXT: _text,
    FieldType.REFERENCE: _text,
    FieldType.ENUM: _option,
    FieldType.MULTI: _options,
    FieldType.INTEGER: _integer,
    FieldType.NUMBER: _number,
    FieldType.RANGE: _range,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
}
