"""Attempts at items and what happened to them: rows that are written once."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.people.models import ApiToken
from products.equipment.models import Tool
from products.files.models import StoredFile
from products.orders.models import Order, PlanItem, ReceivedVersion
from products.results.states import (
    ActKind,
    AttemptState,
    CorrectionReason,
    ExclusionKind,
    ExclusionState,
    ImportState,
    SlotState,
    Verdict,
    state_after,
)


class Rig(models.Model):
    """A test rig that sends results by a token of its own. Kept by `results.services.rigs`; revoked, never deleted.

    What it sends is recorded in the name of the person who is responsible for it.
    """

    number = models.CharField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=120)
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rigs")
    # The one in force, or the last one.
    token = models.OneToOneField(ApiToken, on_delete=models.PROTECT, related_name="rig")
    tools = models.ManyToManyField(Tool, related_name="rigs")
    # None: every order that the person may record on.
    orders = models.ManyToManyField(Order, related_name="rigs")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name_zh}"


class Attempt(models.Model):
    """One test of one item, as it was recorded; guarded by triggers. Written by `results.services`, never changed.

    A retest has the next `ordinal`; a correction has the same ordinal and the next `revision`.
    """

    plan_item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="attempts")
    ordinal = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField(default=1)
    verdict = models.CharField(max_length=4, choices=Verdict)
    # {measurement key: {"value": text, "unit": text}}; numbers as text, so that no digit is lost.
    values = models.JSONField(default=dict)
    version = models.ForeignKey(ReceivedVersion, on_delete=models.PROTECT, related_name="+")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="+")
    remark = models.TextField(blank=True)
    # The last day of the tool's calibration where it no longer held; the remark then says why the tool was used.
    overdue_since = models.DateField(null=True)
    # What the tester claims, and when the server took it.
    performed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The rig that sent it; the person is then the one responsible for the rig.
    rig = models.ForeignKey(Rig, null=True, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="correction")
    correction_reason = models.CharField(max_length=12, choices=CorrectionReason, blank=True)
    correction_text = models.TextField(blank=True)

    class Meta:
        ordering = ["plan_item", "ordinal", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["plan_item", "ordinal", "revision"], name="attempt_once_per_place"),
            models.CheckConstraint(
                condition=Q(revision=1, corrects__isnull=True) | Q(revision__gt=1, corrects__isnull=False),
                name="correction_names_what_it_corrects",
            ),
        ]

    @property
    def state(self) -> AttemptState:
        """Derived from the newest act; lists prefetch `acts`."""
        newest = max(self.acts.all(), key=lambda act: act.pk, default=None)
        return state_after(newest.kind) if newest else AttemptState.SUBMITTED


class AttemptAct(models.Model):
    """What a person did with an attempt: return, verify, supersede, invalidate; guarded by triggers, never changed."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=24, choices=ActKind)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "kind"], name="act_once_per_attempt",
                condition=~Q(kind__in=["invalidation_requested", "invalidation_refused"]),
            ),
        ]
        # Few records end: whoever counts those that stand asks for these.
        indexes = [models.Index(fields=["attempt"], name="act_that_ends",
                                condition=Q(kind__in=["superseded", "invalidated"]))]


class Slot(models.Model):
    """Where a planned item stands.

    A cache over attempts, acts and exclusions that `results.services` keeps and can rebuild.
    """

    plan_item = models.OneToOneField(PlanItem, on_delete=models.CASCADE, related_name="slot")
    state = models.CharField(max_length=10, choices=SlotState, default=SlotState.TODO)
    verdict = models.CharField(max_length=4, choices=Verdict, blank=True)
    latest = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")
    effective = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")
    # The signed scope says "repeat" since this version; older results are shown greyed.
    repeat_from = models.ForeignKey(ReceivedVersion, null=True, on_delete=models.PROTECT, related_name="+")
    # Attempts up to this ordinal stood when that scope was signed and no longer count (0: all count).
    repeat_after = models.PositiveSmallIntegerField(default=0)
    row_version = models.PositiveIntegerField(default=1)


class FirstTests(models.Model):
    """How many items of an order had their first test on a day, and how many of them passed it.

    A cache over verified records that `results.services` keeps and can rebuild; figures over years read it.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="first_tests")
    day = models.DateField()
    tests = models.PositiveIntegerField()
    passes = models.PositiveIntegerField()

    class Meta:
        ordering = ["order", "day"]
        constraints = [
            models.UniqueConstraint(fields=["order", "day"], name="first_tests_once_per_day"),
            models.CheckConstraint(condition=Q(passes__lte=models.F("tests")), name="first_tests_no_more_passes"),
        ]


class FailedItem(models.Model):
    """That an item of an order failed on a day, and in how many tests.

    A cache like FirstTests. `is_flaky`: the version that failed has also passed.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="failed_items")
    plan_item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="+")
    # Repeated from the item so that counting needs no join.
    code = models.CharField(max_length=20)
    day = models.DateField()
    tests = models.PositiveSmallIntegerField()
    is_flaky = models.BooleanField()

    class Meta:
        ordering = ["plan_item", "day"]
        constraints = [models.UniqueConstraint(fields=["plan_item", "day"], name="failed_item_once_per_day")]


class Exclusion(models.Model):
    """That a planned item gets no result, why, and who consented; moved by `results.services`."""

    plan_item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="exclusions")
    kind = models.CharField(max_length=6, choices=ExclusionKind)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=ExclusionState, default=ExclusionState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    # A waiver needs three consents; the others the verifier's alone.
    verifier = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)
    vendor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    vendor_accepted_at = models.DateTimeField(null=True)
    quality_manager = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    quality_approved_at = models.DateTimeField(null=True)
    # Why it was refused, or an approved one opened again; and who took it back or opened it again, and when.
    refusal = models.TextField(blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan_item"], condition=Q(state__in=["proposed", "approved"]), name="one_exclusion_in_force"
            ),
            models.CheckConstraint(
                condition=~Q(verifier=models.F("proposed_by")), name="exclusion_verified_by_another"
            ),
        ]


class Evidence(models.Model):
    """A capture, log or photograph that belongs to an order, to one of its items, or to one attempt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="evidence")
    plan_item = models.ForeignKey(PlanItem, null=True, on_delete=models.PROTECT, related_name="evidence")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    # Photographs of the device are printed in the report.
    is_device_photograph = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)


class ImportJob(models.Model):
    """A file of results on its way: checked row by row, then saved whole or not at all. Moved by `results.services`.

    `lease` is held by the worker that checks or saves; whoever finds it run out may go on where the rows end.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The order of rows that name none.
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="imports")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    # {"hardware", "firmware", "tool", "performed_at"} for rows that leave them empty.
    common = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.QUEUED)
    encoding = models.CharField(max_length=20, blank=True)
    total = models.PositiveIntegerField(default=0)
    # How many lines were looked at, and how many of them hold a result.
    looked = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    saved = models.PositiveIntegerField(default=0)
    # How many rows came to each verdict: {"PASS": 2}.
    tally = models.JSONField(default=dict)
    # What of the file was not taken: [{"kind", "place", "count", "why"}] (`wapicert.sheets.Account`).
    left_out = models.JSONField(default=list)
    # The first faults: [{"line", "cell", "place", "item", "message", "remedy"}], and how many there are.
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    lease = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]


class ImportRow(models.Model):
    """One checked row of a file that is not saved yet: what its attempt will say. Gone once saved or given up."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    plan_item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="+")
    ordinal = models.PositiveSmallIntegerField()
    # What the slot's row_version was when the row was checked: if it moved, somebody else was faster.
    slot_version = models.PositiveIntegerField()
    verdict = models.CharField(max_length=4, choices=Verdict)
    values = models.JSONField(default=dict)
    version = models.ForeignKey(ReceivedVersion, on_delete=models.CASCADE, related_name="+")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="+")
    performed_at = models.DateTimeField()
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ["job", "line"]
        constraints = [models.UniqueConstraint(fields=["job", "plan_item"], name="import_item_once_per_file")]
