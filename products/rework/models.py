"""The way from a failed item to a fixed device: finding, answer, signed scope, retest."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from products.devices.models import Firmware, Hardware
from products.files.models import StoredFile
from products.orders.models import Order, PlanItem, ReceivedVersion
from products.results.models import Attempt
from products.rework.states import FindingKind, ReworkState, ScopeChoice


class Reason(models.Model):
    """A reason from the laboratory's list.

    Loaded by `rework.importing`; `fix_zh` is a hint inside the laboratory, never sent.
    """

    code = models.CharField(max_length=20, unique=True)
    group_zh = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    symptom_zh = models.CharField(max_length=200, blank=True)
    fix_zh = models.CharField(max_length=200, blank=True)
    typical_items = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Rework(models.Model):
    """One rework of an order, through as many rounds as it takes; moved by `rework.services`."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reworks")
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=12, choices=ReworkState, default=ReworkState.OPEN)
    state_since = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.TextField(blank=True)
    # The finding of the current round, as it is drafted and then sent.
    finding = models.TextField(blank=True)
    finding_kind = models.CharField(max_length=12, choices=FindingKind, default=FindingKind.FINDING)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    # Time that has passed with each side, without the state that runs now.
    laboratory_seconds = models.PositiveBigIntegerField(default=0)
    vendor_seconds = models.PositiveBigIntegerField(default=0)
    # How far the side whose turn it is was reminded in this state: 0, 1 (half the term), 2 (overdue).
    reminded = models.PositiveSmallIntegerField(default=0)
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=["open", "with_vendor", "fix_claimed", "retest"]),
                name="one_running_rework_per_order",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReworkItem(models.Model):
    """A failed item in a rework: the attempt that failed, in which round, and the reason that was found."""

    rework = models.ForeignKey(Rework, on_delete=models.CASCADE, related_name="items")
    plan_item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="reworks")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    reason = models.ForeignKey(Reason, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["rework", "round", "plan_item__position"]
        constraints = [models.UniqueConstraint(fields=["rework", "attempt"], name="rework_item_once")]


class Finding(models.Model):
    """What the laboratory sent to the vendor in one round; written once when it is sent."""

    rework = models.ForeignKey(Rework, on_delete=models.PROTECT, related_name="findings")
    round = models.PositiveSmallIntegerField()
    text = models.TextField()
    kind = models.CharField(max_length=12, choices=FindingKind)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "products_rework_finding"
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["rework", "round"], name="finding_once_per_round")]


class Answer(models.Model):
    """The vendor's answer to a finding: cause, changes, new version, files."""

    rework = models.ForeignKey(Rework, on_delete=models.PROTECT, related_name="answers")
    round = models.PositiveSmallIntegerField()
    cause = models.TextField()
    changes = models.TextField()
    hardware = models.ForeignKey(Hardware, on_delete=models.PROTECT, related_name="+")
    firmware = models.ForeignKey(Firmware, on_delete=models.PROTECT, related_name="+")
    files = models.ManyToManyField(StoredFile, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "products_rework_answer"
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["rework", "round"], name="answer_once_per_round")]


class Message(models.Model):
    """What one side said to the other while a rework ran; written once."""

    rework = models.ForeignKey(Rework, on_delete=models.PROTECT, related_name="messages")
    round = models.PositiveSmallIntegerField()
    text = models.TextField()
    is_vendors = models.BooleanField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        db_table = "products_rework_message"
        ordering = ["id"]


class Scope(models.Model):
    """The signed decision on what is tested again after a fix (ISO/IEC 17025, 7.4 and 7.8)."""

    rework = models.ForeignKey(Rework, on_delete=models.PROTECT, related_name="scopes")
    round = models.PositiveSmallIntegerField()
    version = models.ForeignKey(ReceivedVersion, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["rework", "round"], name="scope_once_per_round")]


class ScopeLine(models.Model):
    """For one item that already has a result: repeat it or keep it, and why."""

    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="lines")
    plan_item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=6, choices=ScopeChoice)
    reason = models.TextField()

    class Meta:
        ordering = ["plan_item__position"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "plan_item"], name="scope_line_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="scope_line_has_a_reason"),
        ]
