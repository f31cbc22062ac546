"""The shape of reports in the API."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.requests.serializers import Shape, Text, TextOrNull
from products.reports.models import Report
from products.reports.selectors import missing_elements, not_done
from products.reports.states import Conclusion, RenderingState, ReportState
from products.results.states import ExclusionKind


class PasswordIn(Shape):
    """Acts that bind the alliance ask again for the password and, from the roles that need one, the second factor."""

    password = Text(trim_whitespace=False, max_length=4096, style={"input_type": "password"})
    second_factor = Text(max_length=64, required=False, allow_blank=True)


class WithdrawalIn(PasswordIn):
    """Why a report is withdrawn; the reason is public in short form."""

    reason = Text(max_length=2000)


class AmendmentIn(PasswordIn):
    """Why a report is amended, and which declared facts it prints otherwise ({"samples.0.serial_number": "…"})."""

    reason = Text(max_length=2000)
    corrections = serializers.DictField(child=Text(max_length=400, allow_blank=True), required=False)


class MissingElement(serializers.Serializer[Any]):
    """An element that a report must show (ISO/IEC 17025, 7.8.2)."""

    element = serializers.CharField()
    name = serializers.CharField()
    message = serializers.CharField()
    places = serializers.ListField(child=serializers.CharField())


class ExcludedOut(serializers.Serializer[Any]):
    """Planned items without a result, of one kind: BLK, NT, WAIVER or NA."""

    kind = serializers.ChoiceField(choices=ExclusionKind.choices)
    zh = serializers.CharField()
    en = serializers.CharField()
    codes = serializers.ListField(child=serializers.CharField())


class ChangeOut(serializers.Serializer[Any]):
    """One difference between an amended report and the one before it; null: there was or is nothing."""

    zh = serializers.CharField()
    en = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class ReportOut(serializers.ModelSerializer[Report]):
    """A report: `id` is stable from the draft on, `number` comes with authorisation; people by staff number."""

    order = serializers.CharField(source="order.number")
    state = serializers.ChoiceField(choices=ReportState.choices)
    conclusion = serializers.ChoiceField(choices=Conclusion.choices)
    excluded = serializers.SerializerMethodField()
    rendering_state = serializers.ChoiceField(choices=RenderingState.choices)
    rendering_error = serializers.SerializerMethodField()
    replaces = serializers.CharField(source="replaces.number", default=None, allow_null=True)
    replaced_by = serializers.SerializerMethodField()
    sha256 = serializers.CharField(source="file.sha256", default=None, allow_null=True)
    sm3 = serializers.CharField(source="file.sm3", default=None, allow_null=True)
    compiled_by = serializers.CharField(source="compiled_by.staff_number")
    checked_by = serializers.CharField(source="checked_by.staff_number", default=None, allow_null=True)
    authorised_by = serializers.CharField(source="authorised_by.staff_number", default=None, allow_null=True)
    amendment_reason = TextOrNull()
    changes = serializers.SerializerMethodField()
    return_reason = TextOrNull()
    withdrawal_reason = TextOrNull()
    missing = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = ["id", "order", "number", "revision", "state", "conclusion", "excluded", "issued_on", "replaces",
                  "replaced_by", "sha256", "sm3", "verification_code", "rendering_state", "rendering_error",
                  "compiled_by", "compiled_at", "checked_by", "checked_at", "authorised_by", "authorised_at",
                  "return_reason", "amendment_reason", "changes", "withdrawal_requested_at", "withdrawn_at",
                  "withdrawal_reason", "missing", "is_demonstration", "row_version"]

    def get_replaced_by(self, report: Report) -> str | None:
        """The number of the report that replaces this one."""
        try:
            return report.replaced_by.number
        except ObjectDoesNotExist:
            return None

    @extend_schema_field(ExcludedOut(many=True))
    def get_excluded(self, report: Report) -> list[dict[str, Any]]:
        """What got no result, by kind; the conclusion does not speak of it."""
        return not_done(report.snapshot.get("results", []))

    @extend_schema_field(ChangeOut(many=True))
    def get_changes(self, report: Report) -> list[dict[str, Any]]:
        """What an amended report says otherwise than the one that it replaces."""
        return list(report.snapshot["report"].get("changes", []))

    def get_rendering_error(self, report: Report) -> str | None:
        """Why the worker failed, for the alliance's staff."""
        return (report.rendering_error or None) if self.context["user"].is_member_of_staff else None

    @extend_schema_field(MissingElement(many=True))
    def get_missing(self, report: Report) -> list[dict[str, Any]]:
        """The elements that a draft lacks, by letter (a to x); whoever checks it is refused while there are any."""
        return missing_elements(report.snapshot) if report.state == ReportState.DRAFT else []
