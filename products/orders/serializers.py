"""The shape of orders, their samples and their plan in the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.requests.serializers import Flag, PlainObject, Reference, Shape, Text, TextOrNull
from products.devices.serializers import CompanyRef, DeviceById, DeviceChange
from products.orders.models import Order, ReceivedVersion, Sample
from products.orders.selectors import reason_for
from products.orders.states import Inclusion, Party, PlanReason, Stage
from products.suites.models import Edition
from products.suites.selectors import editions_public


class EditionBySlug(Reference):
    """A published edition, named by its slug."""

    default_error_messages = {"unknown": _("没有这个已发布的版本。")}

    def look_up(self, text: str) -> Edition | None:
        return editions_public().filter(slug=text).first()


class Features(serializers.DictField):
    """Declared features: {key: true or false}."""

    child = Flag()


class OrderChange(Shape):
    """What an application declares; `product` is what it says of the device otherwise than the device's record."""

    product = DeviceChange(required=False)
    hardware = Text(max_length=60, allow_blank=True, required=False)
    firmware = Text(max_length=60, allow_blank=True, required=False)
    features = Features(required=False)
    chosen = serializers.ListField(child=Text(max_length=20), required=False)
    edition = EditionBySlug(required=False)
    remark = Text(max_length=2000, allow_blank=True, required=False)
    has_consented_to_listing = Flag(required=False)


class OrderIn(OrderChange):
    """A new application."""

    device = DeviceById()
    hardware = Text(max_length=60, allow_blank=True)
    firmware = Text(max_length=60, allow_blank=True)
    features = Features()


class PreviewIn(Shape):
    """What decides on a plan: a type, its specification, declared features, chosen items."""

    device_type = Text(max_length=10)
    specification = PlainObject(required=False)
    features = Features(required=False)
    chosen = serializers.ListField(child=Text(max_length=20), required=False)
    edition = EditionBySlug(required=False)


class AgreementIn(Shape):
    """Consent to the alliance's conditions."""

    has_agreed = Flag()


class ReasonIn(Shape):
    """Why."""

    reason = Text(max_length=2000)


class AcceptanceIn(Shape):
    """The intake officer's checklist, and the edition if not the one in force."""

    review = serializers.DictField(child=Flag())
    edition = EditionBySlug(required=False)


class SampleIn(Shape):
    """A specimen as it arrived."""

    serial_number = Text(max_length=80)
    hardware = Text(max_length=60)
    firmware = Text(max_length=60)
    condition = Text(max_length=200)


class EndingIn(Shape):
    """What became of a sample."""

    ending = Text(max_length=200)


class Turn(serializers.Serializer[Order]):
    """Whose turn it is, and since when."""

    party = serializers.ChoiceField(choices=Party.choices, source="turn")
    since = serializers.DateTimeField(source="turn_since")


class Counts(serializers.Serializer[Any]):
    """Items of the plan by where they stand; all null before the plan is frozen."""

    todo = serializers.IntegerField()
    passed = serializers.IntegerField()
    failed = serializers.IntegerField()
    other = serializers.IntegerField()


class OrderDevice(serializers.Serializer[Order]):
    """The device as the order speaks of it: as submitted or accepted, whatever its record says since."""

    id = serializers.IntegerField(source="device_id")
    name_zh = serializers.CharField(source="product.name_zh")
    name_en = TextOrNull(source="product.name_en")
    model = serializers.CharField(source="product.model", allow_null=True)
    device_type = serializers.CharField(source="device.device_type.code")
    company = CompanyRef()


class OrderBrief(serializers.ModelSerializer[Order]):
    """An order in a list; `counts` and `rounds` come from the context, composed by the endpoint."""

    device = OrderDevice(source="*")
    edition = serializers.SlugRelatedField[Edition](slug_field="slug", read_only=True, allow_null=True)
    stage = serializers.ChoiceField(choices=Stage.choices)
    turn = Turn(source="*")
    counts = serializers.SerializerMethodField()
    rounds = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = ["number", "device", "edition", "stage", "stage_since", "turn", "counts", "rounds", "is_demonstration",
                  "row_version"]

    @extend_schema_field(Counts)
    def get_counts(self, order: Order) -> dict[str, int]:
        """Read for the whole page at once."""
        counts: dict[str, int] = self.context["counts"][order.pk]
        return counts

    def get_rounds(self, order: Order) -> int:
        """How many times the vendor was asked to rework."""
        return int(self.context["rounds"].get(order.pk, 0))


class VersionOut(serializers.ModelSerializer[ReceivedVersion]):
    """A pair of hardware and firmware that the laboratory received."""

    hardware = serializers.CharField(source="hardware.version")
    firmware = serializers.CharField(source="firmware.version")

    class Meta:
        model = ReceivedVersion
        fields = ["ordinal", "hardware", "firmware", "received_at"]


class SampleOut(serializers.ModelSerializer[Sample]):
    """A specimen, until it was returned or disposed of."""

    hardware = serializers.CharField(source="version.hardware.version")
    firmware = serializers.CharField(source="version.firmware.version")
    ending = TextOrNull()

    class Meta:
        model = Sample
        fields = ["id", "number", "serial_number", "hardware", "firmware", "condition", "received_at", "ended_at",
                  "ending"]


# Stages whose reason intake writes for the applicant; all others may speak of unverified results.
REASON_FOR_APPLICANT = frozenset({Stage.RETURNED, Stage.DECLINED, Stage.ON_HOLD, Stage.CANCELLED})


class OrderOut(OrderBrief):
    """An order with what was declared and received."""

    stage_reason = serializers.SerializerMethodField()
    edition_fingerprint = TextOrNull()
    remark = TextOrNull()
    decision_rule = serializers.JSONField()
    versions = VersionOut(many=True)
    samples = SampleOut(many=True)

    class Meta(OrderBrief.Meta):
        fields = [*OrderBrief.Meta.fields, "stage_reason", "edition_fingerprint", "declaration",
                  "submitted_declaration", "frozen_declaration", "decision_rule", "has_agreed",
                  "has_consented_to_listing", "remark", "versions", "samples", "created_at", "submitted_at",
                  "accepted_at", "completed_at", "closed_at"]

    def get_stage_reason(self, order: Order) -> str | None:
        """Why it stands there; to applicants only where the reason was written for them."""
        is_for_reader = self.context["user"].is_member_of_staff or order.stage in REASON_FOR_APPLICANT
        return (order.stage_reason or None) if is_for_reader else None


class PreviewItem(serializers.Serializer[Any]):
    """One item of a plan that is not saved, with the rule that decides."""

    code = serializers.CharField(source="item_version.code")
    name_zh = serializers.CharField(source="item_version.name_zh")
    name_en = serializers.CharField(source="item_version.name_en")
    category = serializers.CharField(source="item_version.category.code")
    inclusion = serializers.ChoiceField(choices=Inclusion.choices)
    reason = serializers.ChoiceField(choices=PlanReason.choices)
    reason_text = serializers.SerializerMethodField()
    feature = serializers.CharField(source="feature.key", default=None, allow_null=True)
    is_counted = serializers.BooleanField()

    def get_reason_text(self, row: Any) -> str:
        """The reason in the reader's language."""
        return str(PlanReason(row.reason).label)


class Preview(serializers.Serializer[Any]):
    """A plan as it would be."""

    edition = serializers.CharField()
    counted = serializers.IntegerField()
    items = PreviewItem(many=True)


class HistoryEntry(serializers.Serializer[Any]):
    """One act; vendors see which role acted, not who."""

    sequence = serializers.IntegerField()
    at = serializers.DateTimeField()
    act = serializers.CharField()
    actor = serializers.SerializerMethodField()
    actor_roles = serializers.ListField(child=serializers.CharField())
    reason = serializers.SerializerMethodField()
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    def get_actor(self, entry: Any) -> str | None:
        """The staff number, for the alliance's staff."""
        return (entry.actor_staff_number or None) if self.context["user"].is_member_of_staff else None

    def get_reason(self, entry: Any) -> str | None:
        """The reason, to applicants where it is meant for them."""
        return reason_for(entry, self.context["user"]) or None

    def get_before(self, entry: Any) -> dict[str, Any] | None:
        """What the act changed, for the alliance's staff."""
        return entry.before if self.context["user"].is_member_of_staff else None

    def get_after(self, entry: Any) -> dict[str, Any] | None:
        """What the act made of it, for the alliance's staff."""
        return entry.told if self.context["user"].is_member_of_staff else None
