"""The shape of decisions and certifications in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from members.requests.serializers import Flag, Shape, Text, TextOrNull
from products.certification.models import Certification, CertificationEvent
from products.certification.states import CertificationState


class DecisionIn(Shape):
    """Either a recommendation (`recommends_grant`) or the decision (`grant` with password and second factor again)."""

    recommends_grant = Flag(required=False)
    grant = Flag(required=False)
    reason = Text(max_length=2000, required=False, allow_blank=True)
    password = Text(trim_whitespace=False, max_length=4096, required=False, style={"input_type": "password"})
    second_factor = Text(max_length=64, required=False, allow_blank=True)


class StepIn(Shape):
    """A step in the life of a certification, with the reason that the public reads."""

    public_reason_zh = Text(max_length=500)
    public_reason_en = Text(max_length=500, required=False, allow_blank=True)
    password = Text(trim_whitespace=False, max_length=4096, style={"input_type": "password"})
    second_factor = Text(max_length=64, required=False, allow_blank=True)


class EventOut(serializers.ModelSerializer[CertificationEvent]):
    """One public step."""

    public_reason_zh = TextOrNull()
    public_reason_en = TextOrNull()

    class Meta:
        model = CertificationEvent
        fields = ["state", "on", "public_reason_zh", "public_reason_en"]


class CertificationOut(serializers.ModelSerializer[Certification]):
    """The decision on an order; its number is its listing number. People by staff number."""

    number = serializers.CharField(source="listing.listing_number", default=None, allow_null=True)
    order = serializers.CharField(source="order.number")
    report = serializers.CharField(source="report.number")
    state = serializers.ChoiceField(choices=CertificationState.choices)
    recommendation = serializers.SerializerMethodField()
    recommends_grant = serializers.BooleanField(allow_null=True)
    reviewed_by = serializers.CharField(source="reviewed_by.staff_number")
    decided_by = serializers.CharField(source="decided_by.staff_number", default=None, allow_null=True)
    decision_reason = TextOrNull()
    events = EventOut(many=True)

    class Meta:
        model = Certification
        fields = ["number", "order", "report", "state", "state_since", "recommends_grant", "recommendation",
                  "reviewed_by", "reviewed_at", "decided_by", "decided_at", "decision_reason", "valid_from",
                  "valid_until", "events", "row_version"]

    def get_recommendation(self, certification: Certification) -> str | None:
        """The reviewer's reasons, for the alliance's staff."""
        return (certification.recommendation or None) if self.context["user"].is_member_of_staff else None

    def to_representation(self, instance: Any) -> Any:
        """Before the decision the vendor does not learn what was recommended."""
        shown = super().to_representation(instance)
        if not self.context["user"].is_member_of_staff:
            shown["recommends_grant"] = None
        return shown
