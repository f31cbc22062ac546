"""Failures as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from members.requests.serializers import Shape, Text, TextOrNull
from products.failures.permissions import can_retry_failure
from products.failures.selectors import Failure
from products.failures.states import FailureKind


class AcknowledgementIn(Shape):
    """What was found, or what is done about it."""

    comment = Text(max_length=2000)


class AcknowledgementOut(serializers.Serializer[Any]):
    """Who saw it, when, and what they said."""

    by = serializers.CharField(source="by.staff_number")
    at = serializers.DateTimeField()
    comment = serializers.CharField()


class FailureOut(serializers.Serializer[Any]):
    """What failed, since when, why, how often it was tried, and whether this reader may start it again."""

    kind = serializers.ChoiceField(choices=FailureKind.choices)
    key = serializers.CharField()
    what = serializers.CharField()
    order = TextOrNull()
    since = serializers.DateTimeField()
    reason = serializers.CharField()
    tries = serializers.IntegerField(allow_null=True)
    is_given_up = serializers.BooleanField()
    may_retry = serializers.SerializerMethodField()
    acknowledgement = AcknowledgementOut(allow_null=True)

    def get_may_retry(self, failure: Failure) -> bool:
        """Whether the reader may."""
        return can_retry_failure(self.context["user"], failure)
