"""The test report: a frozen snapshot, the people who answer for it, and the bytes that were issued."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from products.files.models import StoredFile
from products.orders.models import Order
from products.reports.states import Conclusion, RenderingState, ReportState
from wapicert.seals import sealed


# The snapshot is compared with its digest by `reports_not_as_issued`; what the worker notes is no act.
@sealed("report", without=["snapshot", "rendering_state", "rendering_lease", "rendering_tries", "rendering_error"])
class Report(models.Model):
    """A test report.

    Moved by `reports.services`; the PDF is a rendering of the snapshot and, once issued, stored for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reports")
    # Allotted once, at authorisation, from a series without gaps.
    number = models.CharField(max_length=40, null=True, unique=True)
    # Counts the compilations of a draft.
    revision = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ReportState, default=ReportState.DRAFT)
    conclusion = models.CharField(max_length=20, choices=Conclusion)
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    template_version = models.CharField(max_length=20)
    # For the QR code; cannot be guessed and ends in a check character.
    verification_code = models.CharField(max_length=24, unique=True)
    compiled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    compiled_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    authorised_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    authorised_at = models.DateTimeField(null=True)
    return_reason = models.TextField(blank=True)
    issued_on = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)
    # A signatory asks for the withdrawal, the quality manager consents; the reason is public.
    withdrawal_requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT,
                                                related_name="+")
    withdrawal_requested_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    amendment_reason = models.TextField(blank=True)
    # Facts that an amended report prints otherwise than they were declared, by their place in the snapshot:
    # {"samples.0.serial_number": text}; see reports.states.CORRECTABLE.
    corrections = models.JSONField(default=dict)
    rendering_state = models.CharField(max_length=10, choices=RenderingState, default=RenderingState.NONE)
    # A worker that renders holds the row until then; whoever finds the lease run out may take it up again.
    rendering_lease = models.DateTimeField(null=True)
    rendering_tries = models.PositiveSmallIntegerField(default=0)
    rendering_error = models.TextField(blank=True)
    file = models.OneToOneField(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    is_demonstration = models.BooleanField(default=False)
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-compiled_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "checked"]) ^ Q(number__isnull=False),
                name="report_number_comes_with_authorisation",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "checked", "authorised"])
                ^ Q(file__isnull=False, issued_on__isnull=False),
                name="issued_report_has_its_file",
            ),
            models.CheckConstraint(
                condition=Q(authorised_by__isnull=True)
                | (~Q(authorised_by=models.F("checked_by")) & ~Q(authorised_by=models.F("compiled_by"))),
                name="report_authorised_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=models.F("compiled_by")),
                name="report_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True) | ~Q(withdrawn_by=models.F("withdrawal_requested_by")),
                name="report_withdrawn_by_two",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=["draft", "checked", "authorised"]), name="one_report_in_work"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.order_id}/{self.revision}"
