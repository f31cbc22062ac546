"""The test suite: editions, items and one version of each item per edition."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from products.devices.models import DeviceType
from products.devices.states import Origin
from products.files.models import StoredFile
from products.suites.states import (
    Comparator,
    EditionStatus,
    Level,
    MeasurementRole,
    MeasurementType,
    ResultType,
    SheetState,
)
from wapicert.seals import sealed


class Category(models.Model):
    """One of the alliance's kinds of test: interoperability, completeness, function, performance."""

    code = models.CharField(max_length=10, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    origin = models.CharField(max_length=10, choices=Origin)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name_zh


class Standard(models.Model):
    """A document that items are based on."""

    code = models.CharField(max_length=20, unique=True)
    title_zh = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)


class Feature(models.Model):
    """Something a device can do, on which conditional items depend: asked, or derived from the specification."""

    key = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    # {"field": key, "has" | "equals" | "at_least": value}, or null when the applicant is asked.
    derived_from = models.JSONField(null=True)
    asked = models.BooleanField()
    origin = models.CharField(max_length=10, choices=Origin)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name_zh


@sealed("edition", identity="slug")
class Edition(models.Model):
    """A dated edition of the suite.

    `suites.importing` fills it, `suites.services` approves and publishes it; then it is frozen.
    """

    slug = models.SlugField(max_length=40, unique=True)
    label_zh = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=200, null=True)
    name_en = models.CharField(max_length=200, null=True)
    origin = models.CharField(max_length=10, choices=Origin)
    predecessor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="successors")
    status = models.CharField(max_length=10, choices=EditionStatus, default=EditionStatus.DRAFT)
    is_mandatory = models.BooleanField(default=False)
    available_on = models.DateField(null=True)
    active_on = models.DateField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    # From this day on no new order names the edition; running orders finish on it.
    ends_on = models.DateField(null=True)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaces")

    class Meta:
        ordering = ["-slug"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["published", "retired"]) | ~Q(fingerprint=""),
                name="published_edition_has_a_fingerprint",
            ),
        ]

    def __str__(self) -> str:
        return self.label_zh

    @property
    def chain(self) -> str:
        """The name of the edition's chain in the history."""
        return f"edition:{self.slug}"


class DraftSheet(models.Model):
    """A file of items on its way into a draft: checked, then saved whole or not at all. Moved by `suites.importing`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="sheets")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    # The fingerprint of the draft that the file was held against; if it moved, somebody else was faster.
    seen = models.CharField(max_length=64)
    # Items in the form of the suite's data; emptied once saved or given up.
    items = models.JSONField(default=list)
    # [{"sheet", "line", "cell", "column", "item", "code", "facts"}]
    faults = models.JSONField(default=list)
    # What of the file was not taken: [{"kind", "place", "count", "why"}] (`wapicert.sheets.Account`).
    left_out = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=SheetState)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]


class Item(models.Model):
    """A test item's identity through all editions: its code."""

    code = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.code


@sealed("item", parts=["applicability", "measurements"])
class ItemVersion(models.Model):
    """What a test item says in one edition: text, kind of result, applicability, measurements."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    # Repeated from the item so that lists need no join.
    code = models.CharField(max_length=20)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    group_zh = models.CharField(max_length=80, blank=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    requirement_zh = models.TextField()
    requirement_en = models.TextField()
    result_type = models.CharField(max_length=20, choices=ResultType)
    # [{"standard": code, "clause": text or null}]
    basis = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    origin = models.CharField(max_length=10, choices=Origin)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "item"], name="item_once_per_edition")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Applicability(models.Model):
    """That an item applies to a device type, and under which declared feature."""

    item_version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="applicability")
    device_type = models.ForeignKey(DeviceType, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=1, choices=Level)
    feature = models.ForeignKey(Feature, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item_version", "device_type"], name="applicability_once"),
            models.CheckConstraint(
                condition=(Q(level="C", feature__isnull=False) | (~Q(level="C") & Q(feature__isnull=True))),
                name="condition_names_a_feature",
            ),
        ]


class Measurement(models.Model):
    """A value that an item asks for, with its unit and, where one is known, its limit."""

    item_version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="measurements")
    key = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    type = models.CharField(max_length=10, choices=MeasurementType)
    unit = models.CharField(max_length=20, blank=True)
    choices = models.JSONField(null=True)
    comparator = models.CharField(max_length=2, choices=Comparator, blank=True)
    limit = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    limit_origin = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=10, choices=MeasurementRole)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item_version", "key"], name="measurement_once_per_item"),
            models.CheckConstraint(
                condition=(Q(comparator="", limit__isnull=True) | (~Q(comparator="") & Q(limit__isnull=False))),
                name="limit_has_a_comparator",
            ),
        ]
