"""The shape of stored files in the API."""

from __future__ import annotations

from rest_framework import serializers

from members.requests.serializers import Shape
from products.files.models import FileSummary, StoredFile
from products.files.states import SummaryState


class StoredFileOut(serializers.ModelSerializer[StoredFile]):
    """A stored file with its digests."""

    class Meta:
        model = StoredFile
        fields = ["id", "name", "media_type", "size", "sha256", "sm3", "uploaded_at"]


class CaptureOut(serializers.Serializer[FileSummary]):
    """What a worker found in a capture; all null until it did, and for one that cannot be read."""

    state = serializers.ChoiceField(choices=SummaryState.choices)
    frames = serializers.SerializerMethodField()
    seconds = serializers.SerializerMethodField()
    wai = serializers.SerializerMethodField()
    is_cut = serializers.SerializerMethodField()

    def get_frames(self, summary: FileSummary) -> int | None:
        """How many frames were read."""
        frames: int | None = summary.facts.get("frames")
        return frames

    def get_seconds(self, summary: FileSummary) -> float | None:
        """From the first frame to the last; null without frames."""
        seconds: float | None = summary.facts.get("seconds")
        return seconds

    def get_wai(self, summary: FileSummary) -> dict[str, int] | None:
        """How many WAI packets of each subtype, by its number (GB 15629.11)."""
        wai: dict[str, int] | None = summary.facts.get("wai")
        return wai

    def get_is_cut(self, summary: FileSummary) -> bool | None:
        """Whether its end is missing or was not read."""
        is_cut: bool | None = summary.facts.get("is_cut")
        return is_cut


class UploadIn(Shape):
    """A file, as multipart/form-data; its size and content are checked by the service."""

    file = serializers.FileField(allow_empty_file=True)
