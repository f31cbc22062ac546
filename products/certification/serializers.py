"""The shape of decisions and certifications in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.requests.serializers import Flag, Shape, Text, TextOrNull
from products.certification.models import Certification, CertificationEvent
from products.certification.selectors import Basis
from products.certification.states import CertificationState
from products.reports.selectors import not_done
from products.reports.serializers import ExcludedOut
from products.reports.states import Conclusion


class DecisionIn(Shape):
    """Either a recommendation (`recommends_grant`) or the decision (`grant` with password and second factor again).

    `basis` is what GET of the same address gave: the decision is refused if anything of it changed since.
    """

    basis = Text(max_length=200)
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


class BackIn(StepIn):
    """A step that makes a certification valid again: `basis` as GET of the order's decision gave it."""

    basis = Text(max_length=200)


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
    superseded_by = serializers.CharField(source="superseded_by.listing.listing_number", default=None, allow_null=True)
    conclusion = serializers.ChoiceField(source="report.conclusion", choices=Conclusion.choices)
    excluded = serializers.SerializerMethodField()
    events = EventOut(many=True)

    class Meta:
        model = Certification
        fields = ["number", "order", "report", "conclusion", "excluded", "state", "state_since", "recommends_grant",
                  "recommendation", "reviewed_by", "reviewed_at", "decided_by", "decided_at", "decision_reason",
                  "valid_from", "valid_until", "superseded_by", "events", "row_version"]

    @extend_schema_field(ExcludedOut(many=True))
    def get_excluded(self, certification: Certification) -> list[dict[str, Any]]:
        """What got no result, by kind; the report's conclusion does not speak of it."""
        return not_done(certification.report.snapshot.get("results", []))

    def get_recommendation(self, certification: Certification) -> str | None:
        """The reviewer's reasons, for the alliance's staff."""
        return (certification.recommendation or None) if self.context["user"].is_member_of_staff else None

    def to_representation(self, instance: Any) -> Any:
        """Before the decision the vendor does not learn what was recommended."""
        shown = super().to_representation(instance)
        if not self.context["user"].is_member_of_staff:
            shown["recommends_grant"] = None
        return shown


class PointOut(serializers.Serializer[Any]):
    """One open point about the basis: while there is one, nothing is recommended, granted or lifted."""

    code = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())


class DoubtOut(serializers.Serializer[Any]):
    """A doubt about the order's results that was announced since the report was compiled."""

    at = serializers.DateTimeField()
    criteria = serializers.CharField(source="after.criteria")
    reason = serializers.CharField()


class DecisionBasisOut(serializers.Serializer[Any]):
    """What a recommendation, a decision or the lifting of a suspension rests on; for the alliance's staff.

    `beside` are the listing numbers of other valid certifications of the same device, or of one that it follows: a
    grant supersedes them. Beside those `after` it, of devices that follow it, nothing is granted. ETag and
    `row_version` are the certification's, null before the recommendation; `basis` is sent back with the act.
    """

    report = serializers.CharField(source="report.number", default=None, allow_null=True)
    conclusion = serializers.CharField(source="report.conclusion", default=None, allow_null=True)
    points = PointOut(many=True)
    doubts = DoubtOut(many=True)
    beside = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    certification = serializers.SerializerMethodField()
    row_version = serializers.SerializerMethodField()
    basis = serializers.CharField(source="fingerprint")

    def get_beside(self, basis: Basis) -> list[str]:
        """The numbers in the order in which they were granted."""
        return [row.listing.listing_number for row in basis.beside if row.listing]

    def get_after(self, basis: Basis) -> list[str]:
        """The numbers in the order in which they were granted."""
        return [row.listing.listing_number for row in basis.after if row.listing]

    @extend_schema_field(CertificationOut(allow_null=True))
    def get_certification(self, basis: Basis) -> Any:
        """The recommendation or decision, if there is one."""
        row = self.context["certification"]
        return CertificationOut(row, context=self.context).data if row else None

    def get_row_version(self, basis: Basis) -> int | None:
        """The certification's."""
        row = self.context["certification"]
        return row.row_version if row else None
