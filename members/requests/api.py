"""What every endpoint that writes shares: the shape of the body, the version the client saw, answers given once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import salted_hmac
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from members.people.models import User
from members.requests.errors import KeyMalformed, VersionMalformed, VersionMissing
from members.requests.serializers import Nothing
from members.requests.services import answer_once

# A proxy that compresses weakens the tag (W/), and then it still names the version that the client saw.
ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
KEY = re.compile(r"[\x21-\x7e]{1,128}")
SECRETS = {"password", "second_factor"}


def acting_user(request: Request) -> User:
    """Whoever is signed in; endpoints that call this let nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def version_seen(request: Request) -> int:
    """The row version in If-Match; raises VersionMissing (428) or VersionMalformed (422)."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise VersionMissing(field="If-Match")
    match = ETAG.fullmatch(header)
    if match is None:
        raise VersionMalformed(field="If-Match")
    return int(match[1])


def digestible(data: Any) -> Any:
    """What identifies a body: files by their digest, a password by a keyed one, so that none can be guessed from it."""
    if isinstance(data, UploadedFile):
        digest = hashlib.file_digest(data, "sha256").hexdigest()
        data.seek(0)
        return {"name": data.name, "sha256": digest}
    if isinstance(data, Mapping):
        return {
            key: salted_hmac("members.requests", str(value)).hexdigest() if key in SECRETS else digestible(value)
            for key, value in data.items()
        }
    return data


class Private(GenericAPIView[Any]):
    """An endpoint for people who are signed in; no cache keeps its answers."""

    # Read by the OpenAPI schema (wapicert.schema).
    output_class: ClassVar[type[serializers.BaseSerializer[Any]] | None] = None

    @property
    def user(self) -> User:
        """Whoever is signed in."""
        return acting_user(self.request)

    def find(self) -> Any:
        """The row that the address names, through its visibility selector (404 for strangers)."""
        return None

    def present(self, row: Any) -> Any:
        """The row as the API shows it to this reader."""
        shape = self.output_class or self.get_serializer_class()
        return shape(row, context={"user": self.user, "request": self.request}).data

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Adds the ETag of the row that the answer shows."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "private, no-store")
        body = getattr(answer, "data", None)
        if answer.status_code < 300 and isinstance(body, dict) and isinstance(body.get("row_version"), int):
            answer.headers["ETag"] = f'"{body["row_version"]}"'
        return answer


class Read(Private):
    """GET of one row."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.present(self.find()))


class Writing(Private):
    """An endpoint that calls one service.

    A subclass names the `service`, by which keyword it takes what the address names (`subject_name`), the
    `input_class` that checks the body's shape, and whether the client must say which version it saw.
    """

    input_class: ClassVar[type[serializers.BaseSerializer[Any]]] = Nothing
    service: ClassVar[Callable[..., Any]]
    subject_name: ClassVar[str] = ""
    needs_version: ClassVar[bool] = False
    success_status: ClassVar[int] = 200
    # A list of shapes instead of one: in the body, in the answer.
    has_rows: ClassVar[bool] = False
    answers_rows: ClassVar[bool] = False

    def act(self, subject: Any, data: Any, **version: int) -> Any:
        """Call the service; the default passes the checked body on as keywords."""
        named = {self.subject_name: subject} if self.subject_name else {}
        return type(self).service(**named, **data, **version, actor=self.user)

    def present_result(self, subject: Any, result: Any) -> Any:
        """The answer; the default shows what the address names as it stands now."""
        return self.present(self.find())

    def write(self, request: Request) -> Response:
        """Find, check, act, answer; with an Idempotency-Key the first answer again."""
        subject = self.find()
        version = {"row_version": version_seen(request)} if self.needs_version else {}
        context = {"user": self.user, "request": request}
        shape = self.input_class(data=request.data, many=self.has_rows, context=context)
        shape.is_valid(raise_exception=True)

        def act() -> tuple[int, Any]:
            result = self.act(subject, shape.validated_data, **version)
            return self.success_status, self.present_result(subject, result)

        return self._answer_once(request, act)

    def _answer_once(self, request: Request, act: Callable[[], tuple[int, Any]]) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST":
            status, body = act()
            return Response(body, status=status)
        if KEY.fullmatch(key) is None:
            raise KeyMalformed(field="Idempotency-Key")
        sent = {"method": request.method, "path": request.path, "body": digestible(request.data)}
        status, body, repeated = answer_once(user=self.user, key=key, request=sent, act=act)
        return Response(body, status=status, headers={"Idempotent-Replay": "true" if repeated else "false"})


class Verb(Writing):
    """A POST that performs one verb of the field."""

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.write(request)


class AnyMediaType(BaseContentNegotiation):
    """Files come in the type they have, whatever the client said it accepts; refusals come as JSON."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)
