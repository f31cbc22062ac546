"""The public answer to: is this report genuine, and does it count now?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from products.directory.selectors import DIGEST, verified
from products.directory.serializers import (
    FileVerificationSerializer,
    SignedVerificationSerializer,
    UploadedReport,
    VerificationSerializer,
)
from products.directory.views.verification import verified_file
from products.listings.errors import FilterInvalid
from products.reports.selectors import Verification
from products.reports.signing import signed_json

PARAMETERS = [
    OpenApiParameter("sha256", str, description="SHA-256 of a file, 64 digits: is it the one that was issued?"),
    OpenApiParameter("code", str, many=True,
                     description="With a digest in the path: verification codes that stand in the file."),
]


class Answering(GenericAPIView[Any]):
    """Anything that answers for a code, number or digest."""

    permission_classes = [AllowAny]
    serializer_class: Any = VerificationSerializer

    def asked(self, request: Request, code: str) -> Verification:
        """The verification for the address; raises FilterInvalid for a digest that is none."""
        sha256 = request.query_params.get("sha256")
        if sha256 is not None and not DIGEST.fullmatch(sha256):
            raise FilterInvalid(field="sha256", remedy=_("请填写64位十六进制的SHA-256摘要。"))
        return verified(code, sha256=sha256, codes=request.query_params.getlist("code"))


@method_decorator([cache_control(private=True, no_cache=True), conditional_page], name="dispatch")
class Verify(Answering):
    """GET /verify/{code}/: the state of a report by code, number or digest; `sha256` compares the file in hand.

    A digest and a number tell what is public of the report; a code, also one beside a digest, tells what it says.
    """

    @extend_schema(parameters=PARAMETERS)
    def get(self, request: Request, code: str) -> Response:
        return Response(VerificationSerializer(self.asked(request, code)).data)


@method_decorator(cache_control(private=True, no_store=True), name="dispatch")
class VerifySigned(Answering):
    """GET /verify/{code}/signed/: the same answer as JWS (ES256), by a key of /.well-known/jwks.json."""

    serializer_class = SignedVerificationSerializer

    @extend_schema(operation_id="verify_signed", parameters=PARAMETERS)
    def get(self, request: Request, code: str) -> Response:
        answer = VerificationSerializer(self.asked(request, code)).data
        payload = {"iss": settings.PUBLIC_URL, "iat": int(timezone.now().timestamp()), "asked": code[:100], **answer}
        return Response({"jws": signed_json(payload)})


@method_decorator(cache_control(private=True, no_store=True), name="dispatch")
class VerifyFile(Answering):
    """POST /verify/: the verification of an uploaded PDF, with its signature; the file is not kept."""

    serializer_class = FileVerificationSerializer
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="verify_file", request=UploadedReport, responses=FileVerificationSerializer)
    def post(self, request: Request) -> Response:
        sent = UploadedReport(data=request.data)
        sent.is_valid(raise_exception=True)
        found, signature = verified_file(sent.validated_data["file"].read(settings.VERIFY_UPLOAD_BYTES + 1))
        answer = VerificationSerializer(found).data
        return Response(answer | {"signature": asdict(signature) if signature else None})
