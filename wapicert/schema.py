"""How the API describes itself (OpenAPI 3): shapes read from the views, the headers of writes, one form of refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from wapicert.errors import DomainError
from wapicert.problems import CONTENT_TYPE

# What a sentence leaves open until something is refused.
PLACE = re.compile(r"%\(\w+\)[sd]")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER,
    description="Optional. The same key and body get the first answer again; with another body it is refused.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True,
    description='The ETag of the state that was read, for example "3". Missing: 428; out of date: 412.',
)


class ProblemError(serializers.Serializer[Any]):
    """One fault of the body, or one row of a batch."""

    row = serializers.IntegerField(required=False, help_text="Index of the row, from 0.")
    item = serializers.CharField(required=False, allow_null=True)
    field = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField(required=False, allow_null=True)


class Problem(serializers.Serializer[Any]):
    """A refusal (RFC 9457); `code` is stable, texts are in the language of Accept-Language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    remedy = serializers.CharField(allow_null=True)
    errors = ProblemError(many=True)  # type: ignore[assignment]  # DRF takes declared fields off the class


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library registers untyped
    """Describes `Authorization: Token …`."""

    target_class = "members.people.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <prefix>.<secret>"}


class Schema(AutoSchema):
    """Reads what the views of `members.requests.api` declare: shapes, lists, media type, version and status."""

    def get_request_serializer(self) -> Any:
        declared = getattr(self.view, "input_class", None)
        if declared is None:
            return super().get_request_serializer()
        return declared(many=getattr(self.view, "has_rows", False))

    def get_response_serializers(self) -> Any:
        media_type = getattr(self.view, "media_type", None)
        if media_type:
            return {(200, media_type): OpenApiTypes.BINARY}
        declared = getattr(self.view, "output_class", None)
        if self.method == "GET" or declared is None:
            return declared() if declared is not None and not self._lists() else super().get_response_serializers()
        return {getattr(self.view, "success_status", 200): declared(many=getattr(self.view, "answers_rows", False))}

    def get_summary(self) -> str | None:
        lines = self.get_description().splitlines()
        return lines[0] if lines else None

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        if self.method == "POST" and hasattr(self.view, "service"):
            found.append(IDEMPOTENCY_KEY)
        if self.method in ("POST", "PATCH") and getattr(self.view, "needs_version", False):
            found.append(IF_MATCH)
        return found

    # The library has no public place for these two: which answers come in pages, and what a refusal looks like.
    def _get_paginator(self) -> Any:
        if self.method != "GET" or not self._lists():
            return None
        return super()._get_paginator()  # type: ignore[no-untyped-call]  # untyped in the library

    def _lists(self) -> bool:
        return hasattr(self.view, "list")

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(Problem, direction)
        bodies["default"] = {"content": {CONTENT_TYPE: {"schema": problem.ref}}, "description": "Refusal"}
        return bodies


def list_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds every refusal of the domain to `Problem`: its code, status and sentence in the reader's language."""
    kinds = [kind for kind in _refusals(DomainError) if kind.message]
    rows = {(kind.code, kind.status, PLACE.sub("…", str(kind.message))) for kind in kinds}
    table = "\n".join(f"| `{code}` | {status} | {message} |" for code, status, message in sorted(rows))
    result["components"]["schemas"]["Problem"]["description"] += f"\n\n| code | status | |\n|---|---|---|\n{table}\n"
    return result


def _refusals(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _refusals(below)
