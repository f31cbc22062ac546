"""The shape of devices in the API."""

from __future__ import annotations

from rest_framework import serializers

from members.companies.models import Company
from members.requests.serializers import PlainObject, Shape, Text, TextOrNull
from products.devices.models import Device


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
    """A device with its specification and versions."""

    manufacturer = TextOrNull()
    factory = TextOrNull()
    hardware = serializers.SerializerMethodField()
    firmware = serializers.SerializerMethodField()

    class Meta(DeviceRef.Meta):
        fields = [*DeviceRef.Meta.fields, "manufacturer", "factory", "specification", "hardware", "firmware",
                  "is_demonstration", "created_at", "row_version"]

    def get_hardware(self, device: Device) -> list[str]:
        """Versions, oldest first."""
        return [version.version for version in device.hardware.all()]

    def get_firmware(self, device: Device) -> list[str]:
        """Versions, oldest first."""
        return [version.version for version in device.firmware.all()]


class DeviceChange(Shape):
    """What may be changed of a device."""

    name_zh = Text(max_length=120, required=False)
    name_en = Text(max_length=120, required=False, allow_blank=True)
    model = Text(max_length=80, required=False)
    manufacturer = Text(max_length=200, required=False, allow_blank=True)
    factory = Text(max_length=300, required=False, allow_blank=True)
    specification = PlainObject(required=False)


class DeviceIn(DeviceChange):
    """A new device of the applicant's own company."""

    device_type = Text(max_length=10)
    name_zh = Text(max_length=120)
    model = Text(max_length=80)
    specification = PlainObject()

