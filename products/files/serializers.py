"""The shape of stored files in the API."""

from __future__ import annotations

from rest_framework import serializers

from members.requests.serializers import Shape
from products.files.models import StoredFile


class StoredFileOut(serializers.ModelSerializer[StoredFile]):
    """A stored file with its digests."""

    class Meta:
        model = StoredFile
        fields = ["id", "name", "media_type", "size", "sha256", "sm3", "uploaded_at"]


class UploadIn(Shape):
    """A file, as multipart/form-data; its size and content are checked by the service."""

    file = serializers.FileField(allow_empty_file=True)
