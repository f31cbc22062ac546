"""Reads the body of a request: JSON of limited size and depth, in which no name stands twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20


class NotJson(ParseError):
    """The body cannot be read as JSON; nothing of it was looked at."""

    default_code = "malformed_json"
    default_detail = _("请求正文不是合法的JSON（UTF-8）。")
    remedy = _("请核对引号、逗号与括号；同一对象内的名称不得重复，数值不得为NaN或无穷。")


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 and I-JSON (RFC 7493) have it: UTF-8, finite numbers, each name once in an object."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read() if limit is None else stream.read(limit + 1)
        if limit is not None and len(body) > limit:
            raise RequestDataTooBig
        try:
            value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_float=_finite,
                               parse_constant=_refuse_constant)
            return _shallow(value)
        except (ValueError, RecursionError) as error:
            raise NotJson from error


def _shallow(value: Any) -> Any:
    """The value itself, unless it is nested deeper than any request of this API needs."""
    layer, depth = [value], 0
    while layer:
        if depth > DEEPEST:
            raise ValueError("nested too deeply")
        layer = [part for outer in layer for part in _parts(outer)]
        depth += 1
    return value


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("a number is too large")
    return number


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")
