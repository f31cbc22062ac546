"""Endpoints of evidence and of the tools that results are measured with."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from members.requests.api import AnyMediaType, Private, Verb
from products.equipment.models import Tool
from products.equipment.selectors import tools_visible_to
from products.results.api.sight import OfOrder, UnknownAttempt
from products.results.models import Evidence
from products.results.selectors import (
    attempts_visible_to,
    evidence_visible_to,
)
from products.results.serializers import (
    EvidenceIn,
    EvidenceOut,
    ToolOut,
)
from products.results.services import add_evidence
from wapicert.downloads import file_response


class EvidenceUpload(Verb):
    """Add a file to an order, one of its items, or one attempt."""

    parser_classes = [MultiPartParser]
    input_class, output_class, success_status = EvidenceIn, EvidenceOut, 201
    service = staticmethod(add_evidence)

    def act(self, subject: Any, data: Any, **version: int) -> Evidence:
        key = data.pop("attempt", None)
        attempt = attempts_visible_to(self.user).select_related("plan_item").filter(pk=key).first() if key else None
        if key and attempt is None:
            raise UnknownAttempt(field="attempt")
        return add_evidence(upload=data.pop("file"), attempt=attempt, actor=self.user, **data)

    def present_result(self, subject: Any, result: Evidence) -> Any:
        return self.present(result)


class EvidenceOfOrder(OfOrder, ListAPIView[Evidence]):
    """The evidence of an order, newest first."""

    serializer_class = EvidenceOut

    def get_queryset(self) -> QuerySet[Evidence]:
        return evidence_visible_to(self.user).filter(order=self.order()).select_related(
            "plan_item", "file__summary", "added_by"
        )


class EvidenceFile(Private):
    """The file of a piece of evidence, with its digests in the headers."""

    content_negotiation_class = AnyMediaType
    media_type = "*/*"

    @extend_schema(operation_id="evidence_download")
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        stored = get_object_or_404(evidence_visible_to(self.user).select_related("file"), pk=pk).file
        return file_response(stored.content, name=stored.name, media_type=stored.media_type, sha256=stored.sha256,
                             sm3=stored.sm3)


class Tools(Private, ListAPIView[Tool]):
    """Reference devices and test tools with the end of their calibration, for the alliance's staff."""

    serializer_class = ToolOut

    def get_queryset(self) -> QuerySet[Tool]:
        return tools_visible_to(self.user)
