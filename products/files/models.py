"""Stored files with their digests: photographs, captures, documents, issued reports."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from members.companies.models import Company
from products.storage_paths import stored_file_path


class StoredFile(models.Model):
    """A file that was accepted, with SHA-256 and SM3 over its bytes. Written once by `files.services.store_file`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The company that may see it beside the staff; empty: staff only.
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    content = models.FileField(upload_to=stored_file_path, max_length=200)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="stored_file_sha256")]

    def __str__(self) -> str:
        return self.name
