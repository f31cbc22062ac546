"""An order: a device's way from application to decision, its plan, its samples and the versions that were received."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.companies.models import Company
from products.devices.models import Device, Firmware, Hardware
from products.orders.states import DutyRule, Inclusion, Party, PlanReason, RebaseState, Stage
from products.suites.models import Edition, Feature, ItemVersion
from wapicert.seals import sealed


@dataclass(frozen=True)
class Product:
    """The device as an order speaks of it: pages, answers, notices and papers about an order say this."""

    name_zh: str
    name_en: str
    # None: the device bears no model.
    model: str | None
    manufacturer: str
    factory: str
    specification: Mapping[str, Any]

    @property
    def called(self) -> str:
        """What a notice calls it: its model, or the name of a product that bears none."""
        return self.model or self.name_zh


@sealed("order", identity="number", parts=["versions"])
class Order(models.Model):
    """An application and the tests that follow (委托). Its stage and turn are moved by `orders.services` alone."""

    number = models.CharField(max_length=20, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="orders")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="orders")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.DRAFT)
    stage_since = models.DateTimeField(default=timezone.now)
    stage_reason = models.TextField(blank=True)
    held_stage = models.CharField(max_length=12, choices=Stage, blank=True)
    held_turn = models.CharField(max_length=12, choices=Party, blank=True)
    # Where a decided order returns to once the amendment of its report is issued.
    amended_stage = models.CharField(max_length=12, choices=Stage, blank=True)
    turn = models.CharField(max_length=12, choices=Party, default=Party.VENDOR)
    turn_since = models.DateTimeField(default=timezone.now)
    # The edition asked for; pinned, with its fingerprint, at acceptance.
    edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="orders")
    edition_fingerprint = models.CharField(max_length=64, blank=True)
    # What the applicant declares: {"hardware": text, "firmware": text, "features": {key: bool}, "chosen": [codes]}, and
    # "product": {texts, "specification"} where a draft says it otherwise than the device's record.
    declaration = models.JSONField(default=dict)
    # The same with device, specification and company as they were handed in; each submission makes a new copy. What
    # the record says later reaches no order. `source` tells "submission", or from what older rows were filled.
    submitted_declaration = models.JSONField(null=True)
    # What was submitted, with derived features, as it was read and accepted; never changed afterwards.
    frozen_declaration = models.JSONField(null=True)
    # The scheme's rule by which the results become a statement of conformity, frozen at acceptance.
    decision_rule = models.JSONField(null=True)
    # The intake officer's checklist: {key: true}.
    review = models.JSONField(default=dict)
    has_agreed = models.BooleanField(default=False)
    has_consented_to_listing = models.BooleanField(default=True)
    sampling = models.CharField(max_length=60, default="送样")
    remark = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_demonstration = models.BooleanField(default=False)
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=["draft", "submitted", "returned", "declined", "on_hold", "cancelled"])
                | Q(edition__isnull=False, frozen_declaration__isnull=False),
                name="accepted_order_is_pinned",
            ),
            models.CheckConstraint(
                condition=Q(stage="on_hold") ^ Q(held_stage=""), name="held_order_knows_where_it_was"
            ),
        ]
        indexes = [models.Index(fields=["stage", "turn_since"], name="order_queue")]

    def __str__(self) -> str:
        return self.number

    @property
    def chain(self) -> str:
        """The name of the order's chain in the history."""
        return f"order:{self.number}"

    @property
    def is_being_written(self) -> bool:
        """Whether the applicant may still change the application."""
        return self.frozen_declaration is None and (
            self.submitted_declaration is None or self.stage in (Stage.DRAFT, Stage.RETURNED))

    @property
    def product(self) -> Product:
        """The device as it was accepted; before that as it was submitted, and in a draft as it is declared now."""
        said = self._said_of_the_device()
        return Product(**{name: said[name] if name in said else getattr(self.device, name)
                          for name in Product.__dataclass_fields__})

    def _said_of_the_device(self) -> dict[str, Any]:
        if self.is_being_written:
            return dict(self.declaration.get("product", {}))
        kept: dict[str, Any] = self.frozen_declaration or self.submitted_declaration or {}
        return {**kept["device"], "specification": kept["specification"]} if "device" in kept else {}


class StageTime(models.Model):
    """How long an order was in a stage while it was the alliance's turn, and the vendor's.

    A cache over the order's history, without the stretch that lasts still; `orders.services` adds each that ends.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="stage_times")
    stage = models.CharField(max_length=12, choices=Stage)
    alliance_seconds = models.PositiveBigIntegerField(default=0)
    vendor_seconds = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["order", "stage"]
        constraints = [models.UniqueConstraint(fields=["order", "stage"], name="stage_time_once")]


class PlanItem(models.Model):
    """One item of the edition in an order's plan: in, optional or out, and the rule that decided.

    Written once at acceptance.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="plan")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    inclusion = models.CharField(max_length=8, choices=Inclusion)
    reason = models.CharField(max_length=20, choices=PlanReason)
    # The feature that decided, for conditional items.
    feature = models.ForeignKey(Feature, null=True, on_delete=models.PROTECT, related_name="+")
    # Mandatory and conditional items count for conformity; optional ones are printed and not counted.
    is_counted = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order", "position"]
        constraints = [models.UniqueConstraint(fields=["order", "item_version"], name="plan_item_once")]


class Rebase(models.Model):
    """A contract amendment: an order in testing goes on by another edition once its applicant consents.

    Moved by `orders.services`; `lines` say what becomes of each item: {"item", "kind", "before", "after"}, the last
    two being ids of versions, so that records keep the words under which they were made.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="rebases")
    from_edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    to_edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RebaseState, default=RebaseState.PROPOSED)
    reason = models.TextField()
    lines = models.JSONField(default=list)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    # Codes of counted items that failed here and would no longer count: only the quality manager may allow that.
    dropped = models.JSONField(default=list)
    drop_allowed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    drop_allowed_at = models.DateTimeField(null=True)
    drop_reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(state="proposed"), name="one_rebase_at_a_time"),
            models.CheckConstraint(condition=Q(drop_allowed_by__isnull=True) | ~Q(drop_reason=""),
                                   name="dropped_failure_is_allowed_for_a_reason"),
        ]

    @property
    def waits_for_quality(self) -> bool:
        """Whether the quality manager has to decide before the applicant can."""
        return self.state == RebaseState.PROPOSED and bool(self.dropped) and self.drop_allowed_by_id is None


class ReceivedVersion(models.Model):
    """A pair of hardware and firmware that the laboratory received; results can be recorded on such a pair only."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="versions")
    ordinal = models.PositiveSmallIntegerField()
    hardware = models.ForeignKey(Hardware, on_delete=models.PROTECT, related_name="+")
    firmware = models.ForeignKey(Firmware, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["order", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["order", "ordinal"], name="received_version_ordinal_once"),
            models.UniqueConstraint(fields=["order", "hardware", "firmware"], name="received_version_once"),
        ]


class DutyException(models.Model):
    """That one person may do what a separation of duties forbids, on one order, until a day; never a silent setting.

    Released and ended by `orders.services`; the order's history tells both.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="duty_exceptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=4, choices=DutyRule)
    reason = models.TextField()
    valid_until = models.DateField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-released_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(released_by=models.F("user")), name="exception_released_by_another"),
        ]


class Sample(models.Model):
    """A specimen that was received, with its condition, until it is returned or disposed of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="samples")
    number = models.CharField(max_length=30, unique=True)
    serial_number = models.CharField(max_length=80)
    version = models.ForeignKey(ReceivedVersion, on_delete=models.PROTECT, related_name="+")
    condition = models.CharField(max_length=200)
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
