"""The shape of devices in the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.companies.models import Company
from members.people.models import User
from members.requests.serializers import PlainObject, Shape, Text, TextOrNull
from products.devices.models import Device
from products.devices.selectors import devices_visible_to


class CompanyRef(serializers.ModelSerializer[Company]):
    """A company as it stands beside something else."""

    name_en = TextOrNull()

    class Meta:
        model = Company
        fields = ["number", "name_zh", "name_en"]


class DeviceRef(serializers.ModelSerializer[Device]):
    """A device as it stands in an order."""

    name_en = TextOrNull()
    device_type = serializers.CharField(source="device_type.code")
    company = CompanyRef()

    class Meta:
        model = Device
        fields = ["id", "name_zh", "name_en", "model", "device_type", "company"]


class DeviceOut(DeviceRef):
    """A device with its specification and versions; `fixed_at` says since when its model stays."""

    manufacturer = TextOrNull()
    factory = TextOrNull()
    hardware = serializers.SerializerMethodField()
    firmware = serializers.SerializerMethodField()

    class Meta(DeviceRef.Meta):
        fields = [*DeviceRef.Meta.fields, "manufacturer", "factory", "specification", "hardware", "firmware",
                  "predecessor", "fixed_at", "is_demonstration", "created_at", "row_version"]

    def get_hardware(self, device: Device) -> list[str]:
        """Versions, oldest first."""
        return [version.version for version in device.hardware.all()]

    def get_firmware(self, device: Device) -> list[str]:
        """Versions, oldest first."""
        return [version.version for version in device.firmware.all()]


@extend_schema_field(serializers.IntegerField)
class DeviceById(serializers.Field[Device, int, int, Any]):
    """A device that the reader may see, named by its id."""

    default_error_messages = {"invalid": _("须为产品的编号（整数）。"), "unknown": _("没有这个产品。")}

    def to_internal_value(self, data: Any) -> Device:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        user: User = self.context["user"]
        device: Device | None = devices_visible_to(user).filter(pk=data).first()
        if device is None:
            self.fail("unknown")
        return device


class DeviceChange(Shape):
    """What may be changed of a device."""

    name_zh = Text(max_length=120, required=False)
    name_en = Text(max_length=120, required=False, allow_blank=True)
    # null: the device bears no model.
    model = Text(max_length=80, required=False, allow_null=True)
    manufacturer = Text(max_length=200, required=False, allow_blank=True)
    factory = Text(max_length=300, required=False, allow_blank=True)
    specification = PlainObject(required=False)
    predecessor = DeviceById(required=False, allow_null=True)


class DeviceIn(DeviceChange):
    """A new device of the applicant's own company."""

    device_type = Text(max_length=10)
    name_zh = Text(max_length=120)
    model = Text(max_length=80, allow_null=True)
    specification = PlainObject()

