"""The shape of a figure."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class FigureOut(serializers.Serializer[Any]):
    """A chart as a table: `head` names the columns in the reader's language, `rows` hold texts and numbers."""

    key = serializers.CharField()
    title = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    head = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.JSONField()))
