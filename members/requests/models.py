"""Answers already given, so that a repeated request gets the same one."""

from django.db import models

from members.people.models import User


class Answer(models.Model):
    """The answer to one POST that carried an Idempotency-Key; kept by `requests.services`."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=128)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="answer_once_per_key")]
