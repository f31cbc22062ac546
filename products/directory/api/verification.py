"""The public answer to: is this report genuine, and does it count now?"""

from __future__ import annotations

import re
from typing import Any

from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from products.directory.selectors import verified
from products.directory.serializers import VerificationSerializer
from products.listings.errors import FilterInvalid

SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@method_decorator([cache_control(private=True, no_cache=True), conditional_page], name="dispatch")
class Verify(GenericAPIView[Any]):
    """GET /verify/{code}/: the state of a report by code, number or digest; `sha256` compares the file in hand."""

    permission_classes = [AllowAny]
    serializer_class = VerificationSerializer

    @extend_schema(parameters=[OpenApiParameter("sha256", str, description="SHA-256 of a file, 64 digits.")])
    def get(self, request: Request, code: str) -> Response:
        sha256 = request.query_params.get("sha256")
        if sha256 is not None and not SHA256.fullmatch(sha256):
            raise FilterInvalid(field="sha256", remedy=_("请填写64位十六进制的SHA-256摘要。"))
        return Response(VerificationSerializer(verified(code, sha256=sha256)).data)
