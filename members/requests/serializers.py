"""Fields and shapes that take exactly what the contract says: no guessing of types, no unknown names.

They check shape only; whether something is allowed is for the services to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LONGEST_REFERENCE = 80


class Shape(serializers.Serializer[Any]):
    """An object whose names are all known; each unknown one is refused by name, beside the other faults."""

    default_error_messages = {"unknown_field": _("未知字段。请核对拼写；可用字段：%(known)s。")}

    def to_internal_value(self, data: Any) -> Any:
        writable = {name for name, field in self.fields.items() if not field.read_only}
        unknown = sorted(set(data) - writable) if isinstance(data, Mapping) else []
        message = self.error_messages["unknown_field"] % {"known": ", ".join(sorted(writable)) or "–"}
        errors: dict[str, Any] = {
            str(name): [serializers.ErrorDetail(message, code="unknown_field")] for name in unknown
        }
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors.update(cast(dict[str, Any], error.detail))
        if errors:
            raise serializers.ValidationError(errors)
        return value


class Nothing(Shape):
    """An empty body."""


class Text(serializers.CharField):
    """Text; a number or a truth value is refused, because 1.10 would become 1.1."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(serializers.CharField())
class Reference(serializers.Field[Any, str, str, Any]):
    """Something that the reader may see, named by its number or slug; what they may not see does not exist."""

    default_error_messages = {"invalid": _("须为文字。"), "unknown": _("没有这个编号。")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        is_plain = len(data) <= LONGEST_REFERENCE and data.isprintable()
        found = self.look_up(data) if is_plain else None
        if found is None:
            self.fail("unknown")
        return found

    def look_up(self, text: str) -> Any:
        """The object, or None."""
        raise NotImplementedError


class Flag(serializers.BooleanField):
    """true or false, and nothing that merely looks like it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Count(serializers.IntegerField):
    """A whole number of JSON, not its text."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Instant(serializers.DateTimeField):
    """A moment with its offset from UTC; without one it could mean two moments."""

    default_error_messages = {"naive": _("时间须带时区，例如 2026-03-15T09:30:00+08:00。")}

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]")
        return super().to_internal_value(value)

    def enforce_timezone(self, value: datetime) -> datetime:
        if isinstance(value, date) and value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)


class PlainJson(serializers.JSONField):
    """Any JSON that both databases can hold: no NUL and no half of a surrogate pair in its texts."""

    default_error_messages = {"unstorable": _("含有不能保存的字符（NUL或不完整的代理对）。")}

    def to_internal_value(self, data: Any) -> Any:
        for text in _texts(data):
            if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
                self.fail("unstorable")
        return super().to_internal_value(data)


class PlainObject(PlainJson):
    """A JSON object, its values of any kind."""

    default_error_messages = {"not_an_object": _("须为JSON对象。")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_an_object")
        value: dict[str, Any] = super().to_internal_value(data)
        return value


def _texts(value: Any) -> list[str]:
    """Every text in a JSON value, names included; the parser has bounded its depth."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return []


@extend_schema_field(serializers.CharField(allow_null=True))
class TextOrNull(serializers.Field[str, Any, str | None, Any]):
    """Text in answers; what is empty inside is null outside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **options)

    def to_representation(self, value: str) -> str | None:
        return str(value) or None
