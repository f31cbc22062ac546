"""Device types with their typed fields; a company's device with its hardware and firmware versions."""

from django.db import models

from members.companies.models import Company
from products.devices.states import FieldType, Origin, Required, Scope


class DeviceType(models.Model):
    """A kind of device (AP, AC, AS, STA …). Loaded by `devices.importing`."""

    code = models.CharField(max_length=10, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    has_radio = models.BooleanField()
    # A chip has no test items of its own.
    testable = models.BooleanField()
    wai_roles = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name_zh


class SpecificationField(models.Model):
    """A typed field of a device's specification; without a device type it is common to all.

    Loaded by `devices.importing`.
    """

    device_type = models.ForeignKey(DeviceType, null=True, on_delete=models.PROTECT, related_name="fields")
    key = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    type = models.CharField(max_length=10, choices=FieldType)
    required = models.CharField(max_length=1, choices=Required)
    scope = models.CharField(max_length=10, choices=Scope)
    origin = models.CharField(max_length=10, choices=Origin)
    options = models.JSONField(null=True)
    # Open lists take values beside the options.
    is_open = models.BooleanField(default=False)
    unit = models.CharField(max_length=20, blank=True)
    hint_zh = models.CharField(max_length=120, blank=True)
    example = models.CharField(max_length=120, blank=True)
    only_with_radio = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["device_type", "key"], name="specification_field_once_per_type"),
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(device_type__isnull=True), name="common_specification_field_once"
            ),
        ]


class Device(models.Model):
    """A company's device model: the identity to which applications, certifications and listings refer.

    Described by `devices.services`; what was tested is a hardware and a firmware version of it. Another model is
    another device: once an application was handed in, model and predecessor stay.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="devices")
    device_type = models.ForeignKey(DeviceType, on_delete=models.PROTECT, related_name="devices")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    # Null: the device bears no model, which is shown as 未载明; never a word that stands for one.
    model = models.CharField(max_length=80, null=True)
    # The device of the same company that this one follows, as the company declares: its certification is superseded.
    predecessor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="successors")
    # Since when an application stands for it, so that its identity is fixed.
    fixed_at = models.DateTimeField(null=True)
    manufacturer = models.CharField(max_length=200, blank=True)
    factory = models.CharField(max_length=300, blank=True)
    # Values by field key, checked against SpecificationField.
    specification = models.JSONField(default=dict)
    is_demonstration = models.BooleanField(default=False)
    row_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["company", "model"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(model=""), name="device_without_model_says_null"),
            models.CheckConstraint(condition=~models.Q(predecessor=models.F("id")), name="device_follows_another"),
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.model or ''}".strip()

    @property
    def chain(self) -> str:
        """The name of the device's chain in the history."""
        return f"device:{self.pk}"


class Hardware(models.Model):
    """A hardware version of a device."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="hardware")
    version = models.CharField(max_length=60)
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "version"], name="hardware_once_per_device")]

    def __str__(self) -> str:
        return self.version


class Firmware(models.Model):
    """A firmware version of a device."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="firmware")
    version = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64, blank=True)
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "version"], name="firmware_once_per_device")]

    def __str__(self) -> str:
        return self.version
