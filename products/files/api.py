"""Endpoints of stored files: keep one, hand one out."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from members.requests.api import AnyMediaType, Private, Verb
from products.files.models import StoredFile
from products.files.selectors import files_visible_to
from products.files.serializers import StoredFileOut, UploadIn
from products.files.services import store_file
from wapicert.downloads import file_response


class Upload(Verb):
    """Keep a file, for example to name it in the answer to a finding; a vendor's belongs to the own company."""

    parser_classes = [MultiPartParser]
    input_class, output_class, success_status = UploadIn, StoredFileOut, 201
    service = staticmethod(store_file)

    def act(self, subject: Any, data: Any, **version: int) -> StoredFile:
        return store_file(upload=data["file"], actor=self.user)

    def present_result(self, subject: Any, result: StoredFile) -> Any:
        return self.present(result)


class Download(Private):
    """A stored file, with its digests in the headers."""

    content_negotiation_class = AnyMediaType
    media_type = "*/*"

    @extend_schema(operation_id="files_download")
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        stored = get_object_or_404(files_visible_to(self.user), pk=pk)
        return file_response(stored.content, name=stored.name, media_type=stored.media_type, sha256=stored.sha256,
                             sm3=stored.sm3)
