"""What people are told of: one row per person and matter, read in the site and sent by e-mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Notice(models.Model):
    """Something that a person should know. Written by `notices.services.notify`, read by its recipient.

    The row is the truth; the e-mail is a copy that the worker sends.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    # What happened, as a code: the words stand in templates/emails/<event>/.
    event = models.CharField(max_length=60)
    # What the words need, as plain JSON.
    facts = models.JSONField(default=dict)
    # Where the recipient can look: a path of this site.
    address = models.CharField(max_length=200, blank=True)
    # Where the e-mail goes if not to the recipient's own address: to the one that was left.
    mail_to = models.EmailField(blank=True, db_default="")
    # What makes the matter one matter: told once per person, event and key.
    key = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "event", "key"], name="notice_once_per_matter"),
        ]
        indexes = [
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["created_at"], condition=Q(mailed_at__isnull=True), name="notice_unmailed"),
        ]
