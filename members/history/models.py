"""Who did what, to what, when: rows that are written once and chained by their digests."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from wapicert.canonical import digest_of


class Chain(models.Model):
    """One chain of entries, usually one per order; its head is locked while an entry is appended."""

    name = models.CharField(max_length=80, primary_key=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True, default="")
    # Up to which entry the people concerned were told: written with their notices, so that none is lost or told twice.
    told = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["name"], condition=Q(told__lt=F("length")), name="history_chain_untold")]


class Entry(models.Model):
    """One act. Appended by `history.services.append_entry` in the transaction of the act; never changed.

    It names people by id and staff number without a foreign key, so that it outlives the account.
    """

    chain = models.CharField(max_length=80)
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_staff_number = models.CharField(max_length=40, blank=True)
    actor_roles = models.JSONField(default=list)
    act = models.CharField(max_length=80)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=64, blank=True)
    software_version = models.CharField(max_length=40)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="history_entry_once_per_place"),
        ]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="history_entry_object"),
            models.Index(fields=["at"], name="history_entry_at"),
        ]

    # What the digest covers, and the digest itself: the fields of an entry as assessors get them.
    EXPORTED = (
        "chain", "sequence", "at", "actor_id", "actor_staff_number", "actor_roles", "act", "object_type", "object_id",
        "before", "after", "reason", "request_id", "address", "software_version", "previous_hash", "hash",
    )

    def as_exported(self) -> dict[str, Any]:
        """Every field but the row's own id."""
        return {name: getattr(self, name) for name in self.EXPORTED}

    @property
    def told(self) -> dict[str, Any]:
        """What the act itself made of its object: `after` without the seals of the rows."""
        return {name: value for name, value in self.after.items() if name != "rows"}

    def computed_hash(self) -> str:
        """The digest over every field but the digest itself."""
        fields = (field.attname for field in self._meta.concrete_fields)
        return digest_of({name: getattr(self, name) for name in fields if name not in ("id", "hash")})


class Seal(models.Model):
    """The newest seal of a row, found by the row's permanent name: where the history says what the row holds.

    An index over the seals in the entries, written by `append_entry`; `faults_in_register` compares it with them.
    """

    # As in the entries: "listing:WAPI-2026-00017".
    key = models.CharField(max_length=160, primary_key=True)
    # Counts the seals of the row; the highest is the newest.
    number = models.PositiveIntegerField()
    # SHA-256 over the row; empty once the row was removed by an act.
    digest = models.CharField(max_length=64, blank=True)
    chain = models.CharField(max_length=80)
    sequence = models.PositiveBigIntegerField()
