"""What people noted about failures; the failures themselves are read from the rows that failed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from products.failures.states import FailureKind


class Acknowledgement(models.Model):
    """A person saw one occurrence of a failure and says what is done. Written by `failures.services`; never changed."""

    kind = models.CharField(max_length=12, choices=FailureKind)
    key = models.CharField(max_length=80)
    # Differs when the same thing fails anew, so that nobody overlooks the second time.
    occurrence = models.CharField(max_length=64)
    comment = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "key"], name="acknowledgement_of")]


class StorageFault(models.Model):
    """A file, report or batch that is not what was stored, as the nightly check found it; gone once it is right."""

    # One line of `verify_storage`.
    line = models.CharField(max_length=500, unique=True)
    found_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=1)
