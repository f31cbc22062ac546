"""The shape of attempts, plan slots, exclusions and evidence in the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.requests.serializers import Count, Instant, Reference, Shape, Text, TextOrNull
from products.equipment.models import Tool
from products.files.serializers import CaptureOut, StoredFileOut
from products.files.states import CAPTURES
from products.orders.models import Order
from products.orders.selectors import orders_visible_to
from products.orders.states import Inclusion, PlanReason
from products.results.models import Attempt, Evidence, Exclusion
from products.results.states import ActKind, AttemptState, ExclusionKind, ExclusionState, SlotState, Verdict
from products.suites.models import Measurement
from products.suites.selectors import limit_text
from products.suites.states import ResultType


class ValueIn(Shape):
    """A measured value as it was read off, digit by digit, and its unit."""

    value = Text(max_length=200)
    unit = Text(max_length=20, allow_blank=True, required=False)


class AttemptIn(Shape):
    """One row of a batch. Whether item, verdict, values and times fit is for the service to say, row by row."""

    item = Text(max_length=20)
    verdict = Text(max_length=10, required=False, allow_null=True)
    values = serializers.DictField(child=ValueIn(), required=False)
    hardware = Text(max_length=60)
    firmware = Text(max_length=60)
    tool = Text(max_length=30)
    performed_at = Instant()
    remark = Text(max_length=2000, required=False, allow_blank=True)
    slot_version = Count(required=False, allow_null=True)


class CorrectedRow(Shape):
    """What the record should have said; what is left out stays as it was."""

    verdict = Text(max_length=10, required=False, allow_null=True)
    values = serializers.DictField(child=ValueIn(), required=False)
    hardware = Text(max_length=60, required=False)
    firmware = Text(max_length=60, required=False)
    tool = Text(max_length=30, required=False)
    performed_at = Instant(required=False)
    remark = Text(max_length=2000, required=False, allow_blank=True)


class CorrectionIn(Shape):
    """A slip of the pen: what it should have said, the class of reason, and what was wrong."""

    row = CorrectedRow()
    reason = Text(max_length=20)
    text = Text(max_length=2000)


class CommentIn(Shape):
    """What is wrong with a record."""

    comment = Text(max_length=2000)


class BatchVerificationIn(Shape):
    """The attempts that are verified together."""

    attempts = serializers.ListField(child=Count(), allow_empty=False, max_length=1000)


class ExclusionIn(Shape):
    """Why an item gets no result."""

    kind = Text(max_length=10)
    reason = Text(max_length=2000)


class AttemptOut(serializers.Serializer[Any]):
    """One test of one item, as it was recorded; people by staff number."""

    id = serializers.IntegerField()
    order = serializers.CharField(source="plan_item.order.number")
    item = serializers.CharField(source="plan_item.code")
    ordinal = serializers.IntegerField()
    revision = serializers.IntegerField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    values = serializers.JSONField()
    hardware = serializers.CharField(source="version.hardware.version")
    firmware = serializers.CharField(source="version.firmware.version")
    tool = serializers.CharField(source="tool.number")
    remark = TextOrNull()
    performed_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField(source="recorded_by.staff_number")
    rig = serializers.CharField(source="rig.number", default=None, allow_null=True)
    verified_by = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=AttemptState.choices)
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)
    correction_reason = TextOrNull()
    correction_text = TextOrNull()

    def get_verified_by(self, attempt: Attempt) -> str | None:
        """The verifier's staff number."""
        acts = (act for act in attempt.acts.all() if act.kind == ActKind.VERIFIED)
        return next((act.actor.staff_number for act in acts), None)


class ExclusionOut(serializers.Serializer[Any]):
    """A proposed or decided exclusion; people by staff number, which a vendor reads once it is approved."""

    kind = serializers.ChoiceField(choices=ExclusionKind.choices)
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=ExclusionState.choices)
    proposed_by = serializers.SerializerMethodField()
    proposed_at = serializers.DateTimeField()
    verified_by = serializers.SerializerMethodField()
    vendor_accepted_at = serializers.DateTimeField(allow_null=True)
    quality_approved_at = serializers.DateTimeField(allow_null=True)
    refusal = TextOrNull()

    def get_proposed_by(self, exclusion: Exclusion) -> str | None:
        """The tester's staff number."""
        return exclusion.proposed_by.staff_number if self._is_told(exclusion) else None

    def get_verified_by(self, exclusion: Exclusion) -> str | None:
        """The verifier's staff number."""
        return exclusion.verifier.staff_number if exclusion.verifier and self._is_told(exclusion) else None

    def _is_told(self, exclusion: Exclusion) -> bool:
        return exclusion.state == ExclusionState.APPROVED or bool(self.context["user"].is_member_of_staff)


class PlanMeasurement(serializers.ModelSerializer[Measurement]):
    """A value that an item of the plan asks for; the limit is a decimal number as text."""

    unit = TextOrNull()
    comparator = TextOrNull()
    limit = serializers.SerializerMethodField()

    class Meta:
        model = Measurement
        fields = ["key", "name_zh", "name_en", "type", "unit", "choices", "comparator", "limit", "role"]

    def get_limit(self, measurement: Measurement) -> str | None:
        """Without trailing zeros."""
        return limit_text(measurement.limit)


class PlanRow(serializers.Serializer[Any]):
    """An item of an order's plan: what it asks for, why it is in or out, where it stands, what counts."""

    code = serializers.CharField()
    parent = serializers.SerializerMethodField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    category = serializers.CharField(source="item.category.code")
    name_zh = serializers.CharField(source="item.name_zh")
    name_en = serializers.CharField(source="item.name_en")
    requirement_zh = serializers.CharField(source="item.requirement_zh")
    requirement_en = serializers.CharField(source="item.requirement_en")
    result_type = serializers.ChoiceField(choices=ResultType.choices, source="item.result_type")
    origin = serializers.CharField(source="item.origin")
    measurements = PlanMeasurement(source="item.measurements", many=True)
    inclusion = serializers.ChoiceField(choices=Inclusion.choices, source="plan_item.inclusion")
    reason = serializers.ChoiceField(choices=PlanReason.choices, source="plan_item.reason")
    reason_text = serializers.SerializerMethodField()
    feature = serializers.CharField(source="plan_item.feature.key", default=None, allow_null=True)
    is_counted = serializers.BooleanField(source="plan_item.is_counted")
    state = serializers.SerializerMethodField()
    verdict = serializers.ChoiceField(choices=Verdict.choices, allow_null=True)
    attempts = serializers.SerializerMethodField()
    effective = AttemptOut(allow_null=True)
    exclusion = ExclusionOut(allow_null=True)
    slot_version = serializers.IntegerField(source="row_version", allow_null=True)

    def get_parent(self, row: Any) -> str | None:
        """The parent's code; the context holds the codes of all items of the plan."""
        code: str | None = self.context["codes"].get(row.item.parent_id)
        return code

    def get_reason_text(self, row: Any) -> str:
        """The reason in the reader's language."""
        return str(PlanReason(row.plan_item.reason).label)

    @extend_schema_field(serializers.ChoiceField(choices=SlotState.choices, allow_null=True))
    def get_state(self, row: Any) -> str | None:
        """Where a planned item stands; null for what is out of the plan, and before acceptance."""
        return row.state if row.plan_item.inclusion == Inclusion.IN else None

    def get_attempts(self, row: Any) -> int:
        """How many records there are, corrected and invalidated ones included."""
        return len(row.attempts)


class EvidenceOut(serializers.Serializer[Evidence]):
    """A capture, log or photograph."""

    id = serializers.UUIDField()
    item = serializers.CharField(source="plan_item.code", default=None, allow_null=True)
    attempt = serializers.IntegerField(source="attempt_id", allow_null=True)
    note = TextOrNull()
    is_device_photograph = serializers.BooleanField()
    added_by = serializers.CharField(source="added_by.staff_number")
    added_at = serializers.DateTimeField()
    file = StoredFileOut()
    capture = serializers.SerializerMethodField()

    @extend_schema_field(CaptureOut(allow_null=True))
    def get_capture(self, evidence: Evidence) -> Any:
        """The summary of a packet capture; null for every other file."""
        summary = getattr(evidence.file, "summary", None) if evidence.file.media_type in CAPTURES else None
        return CaptureOut(summary).data if summary else None


class OrderByNumber(Reference):
    """An order that the reader may see, named by its number."""

    default_error_messages = {"unknown": _("没有这个委托。")}

    def look_up(self, text: str) -> Order | None:
        return orders_visible_to(self.context["user"]).filter(number=text).first()


class EvidenceIn(Shape):
    """A file for an order, one of its items, or one attempt; multipart/form-data."""

    order = OrderByNumber()
    item = Text(max_length=20, required=False)
    attempt = serializers.IntegerField(required=False)
    note = Text(max_length=200, required=False, allow_blank=True)
    is_device_photograph = serializers.BooleanField(required=False)
    file = serializers.FileField(allow_empty_file=True)


class ToolOut(serializers.ModelSerializer[Tool]):
    """A tool that results are measured with."""

    name_en = TextOrNull()

    class Meta:
        model = Tool
        fields = ["number", "name_zh", "name_en", "kind", "calibrated_until", "is_active", "is_demonstration"]


