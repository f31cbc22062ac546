"""The shapes of editions, items, differences and device types in the API; what is not known is null."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.requests.serializers import TextOrNull
from products.devices.models import DeviceType, SpecificationField
from products.devices.selectors import merged_fields
from products.devices.states import FieldType, Required
from products.suites.models import Edition, Feature, ItemVersion
from products.suites.selectors import Change, Difference, contents
from products.suites.states import Comparator, Level, MeasurementRole, MeasurementType, ResultType


class EditionOut(serializers.ModelSerializer[Edition]):
    """An edition of the suite; `fingerprint` is the SHA-256 over its slug and items."""

    name_zh = TextOrNull()
    name_en = TextOrNull()
    predecessor = serializers.CharField(source="predecessor.slug", default=None, allow_null=True)
    item_count = serializers.IntegerField(read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Edition
        fields = ["slug", "label_zh", "label_en", "name_zh", "name_en", "status", "origin", "is_mandatory",
                  "predecessor", "available_on", "active_on", "fingerprint", "item_count", "url"]

    def get_url(self, edition: Edition) -> str:
        return f"{settings.PUBLIC_URL}/editions/{edition.slug}/"


class BasisOut(serializers.Serializer[Any]):
    """What an item is based on; a clause that is not known is null."""

    standard = serializers.CharField()
    clause = TextOrNull()


class RuleOut(serializers.Serializer[Any]):
    """How an item applies to a device type: M mandatory, C if it has the feature, O optional."""

    level = serializers.ChoiceField(choices=Level.choices)
    feature = TextOrNull(help_text="Key of the feature on which a conditional item depends.")


class MeasurementOut(serializers.Serializer[Any]):
    """A value that an item asks for; comparator and limit are null where no limit is known."""

    key = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    type = serializers.ChoiceField(choices=MeasurementType.choices)
    unit = TextOrNull()
    choices = serializers.ListField(child=serializers.CharField(), allow_null=True)
    comparator = serializers.ChoiceField(choices=Comparator.choices, allow_null=True)
    limit = TextOrNull(help_text="A decimal number as text.")
    limit_origin = TextOrNull()
    role = serializers.ChoiceField(choices=MeasurementRole.choices)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return super().to_representation(instance | {"comparator": instance["comparator"] or None})


class ItemOut(serializers.Serializer[Any]):
    """An item as one edition has it: the content that the fingerprint covers."""

    code = serializers.CharField()
    parent = TextOrNull()  # type: ignore[assignment]  # the contract's name; DRF takes fields off the class
    category = serializers.CharField()
    group_zh = TextOrNull()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    requirement_zh = serializers.CharField()
    requirement_en = serializers.CharField()
    result_type = serializers.ChoiceField(choices=ResultType.choices)
    basis = BasisOut(many=True)
    evidence = serializers.ListField(child=serializers.CharField())
    applicability = serializers.DictField(child=RuleOut(), help_text="By code of device type.")
    measurements = MeasurementOut(many=True)
    origin = serializers.CharField()

    def to_representation(self, instance: ItemVersion) -> dict[str, Any]:
        return super().to_representation(contents([instance])[0])


class ChangedItemOut(ItemOut):
    """An item as it stands in the later edition, and what stood before in each field that differs."""

    changes = serializers.DictField(
        child=serializers.DictField(), read_only=True, help_text="By field: `before` and `after`."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        change: Change = instance
        item = ItemOut(change.after).data
        return item | {"changes": {name: {"before": before, "after": after}
                                   for name, (before, after) in change.fields.items()}}


class DifferenceOut(serializers.Serializer[Difference]):
    """The way from one edition to another."""

    before = serializers.CharField(source="before.slug")
    after = serializers.CharField(source="after.slug")
    added = ItemOut(many=True)
    changed = ChangedItemOut(many=True)
    removed = ItemOut(many=True)


class FieldOut(serializers.ModelSerializer[SpecificationField]):
    """A field of a device's specification."""

    type = serializers.ChoiceField(choices=FieldType.choices)
    required = serializers.ChoiceField(choices=Required.choices)  # type: ignore[assignment]  # likewise
    unit = TextOrNull()
    hint_zh = TextOrNull()
    example = TextOrNull()
    options = serializers.ListField(child=serializers.CharField(), allow_null=True)

    class Meta:
        model = SpecificationField
        fields = ["key", "name_zh", "name_en", "type", "required", "options", "is_open", "unit", "hint_zh", "example",
                  "origin"]


class FeatureOut(serializers.ModelSerializer[Feature]):
    """Something that an applicant declares with yes or no."""

    class Meta:
        model = Feature
        fields = ["key", "name_zh", "name_en", "origin"]


class DeviceTypeOut(serializers.ModelSerializer[DeviceType]):
    """A kind of device: how it is described, and what an application declares in the edition in force.

    Reads `fields` (all declared fields) and `asked` (features by id of the type) from the context.
    """

    specification_fields = serializers.SerializerMethodField()
    asked_features = serializers.SerializerMethodField()

    class Meta:
        model = DeviceType
        fields = ["code", "name_zh", "name_en", "has_radio", "testable", "wai_roles", "specification_fields",
                  "asked_features"]

    @extend_schema_field(FieldOut(many=True))
    def get_specification_fields(self, device_type: DeviceType) -> Any:
        return FieldOut(merged_fields(device_type, self.context["fields"]), many=True).data

    @extend_schema_field(FeatureOut(many=True))
    def get_asked_features(self, device_type: DeviceType) -> Any:
        return FeatureOut(self.context["asked"].get(device_type.pk, []), many=True).data
