"""Stored files with their digests: photographs, captures, documents, issued reports."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from members.companies.models import Company
from products.files.states import SummaryState
from products.storage_paths import stored_file_path
from wapicert.seals import sealed


# Which bytes they are; the name may go with its order, and the place on the disk says nothing.
@sealed("file", without=["name", "content"])
class StoredFile(models.Model):
    """A file that was accepted, with SHA-256 and SM3 over its bytes. Written once by `files.services.store_file`.

    `files.services.remove_files` takes its bytes away when their time is over.
    """

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
    # Since then the bytes are kept no longer; the row with its digests stays, and the history says so too.
    removed_at = models.DateTimeField(null=True)

    class Meta:
        # Anybody may ask for a file's digest, of either kind.
        indexes = [models.Index(fields=["sha256"], name="stored_file_sha256"),
                   models.Index(fields=["sm3"], name="stored_file_sm3")]

    def __str__(self) -> str:
        return self.name


class FileSummary(models.Model):
    """What a worker found in a photograph or capture: a small picture, or facts; a cache that can be made again.

    `facts` of a capture: {"frames", "seconds", "wai": {subtype: number}, "is_cut"}; `seconds` is null without frames.
    """

    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="summary")
    state = models.CharField(max_length=8, choices=SummaryState, default=SummaryState.WAITING)
    facts = models.JSONField(default=dict)
    thumbnail = models.FileField(upload_to=stored_file_path, max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # Held by the worker that is at it; whoever finds it run out may try again.
    lease = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["lease"], condition=models.Q(state="waiting"), name="summary_waiting")]
