"""Releases of the whole directory as open data, with digests and a signed manifest."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from products.open_data.states import Format, ReleaseState
from products.storage_paths import open_data_path


class Release(models.Model):
    """The directory as it was at one moment, in every form. Made by `open_data.services`; older ones are removed."""

    state = models.CharField(max_length=10, choices=ReleaseState, default=ReleaseState.MAKING)
    started_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    directory_version = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    # What was published, with digests, as JSON and as compact JWS (RFC 7515) over the same.
    manifest = models.JSONField(default=dict)
    manifest_jws = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="making"), name="one_release_in_the_making"),
        ]


class ReleaseFile(models.Model):
    """A file of a release. Removed with it."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files")
    format = models.CharField(max_length=10, choices=Format)
    name = models.CharField(max_length=60)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    content = models.FileField(upload_to=open_data_path, max_length=200)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["release", "format"], name="release_file_once_per_format")]
