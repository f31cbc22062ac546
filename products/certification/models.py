"""The alliance's decision on a tested device and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from products.certification.states import CertificationState
from products.files.models import StoredFile
from products.listings.models import Listing
from products.orders.models import Order
from products.reports.models import Report
from wapicert.seals import sealed


@sealed("certification")
class Certification(models.Model):
    """The decision on one order. Moved by `certification.services`, which moves the listing in the same transaction."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="certification")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="certifications")
    listing = models.OneToOneField(Listing, null=True, on_delete=models.PROTECT, related_name="certification")
    state = models.CharField(max_length=12, choices=CertificationState)
    state_since = models.DateTimeField()
    # What the reviewer recommends: to grant or not, with the reason.
    recommends_grant = models.BooleanField()
    recommendation = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    # The one-page certificate, made once by the worker after the grant.
    certificate = models.OneToOneField(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    # The newer certification of the same device that took its place.
    superseded_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="supersedes")
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["recommended", "refused"]) ^ Q(listing__isnull=False, valid_from__isnull=False),
                name="granted_certification_is_listed",
            ),
            models.CheckConstraint(
                condition=Q(state="superseded") ^ Q(superseded_by__isnull=True),
                name="superseded_certification_knows_by_what",
            ),
        ]


class ReplacedCertificate(models.Model):
    """A certificate that another took the place of when its report was amended; kept for whoever holds it.

    Written by `certification.services`, never changed.
    """

    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="replaced_certificates")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    # The report that it names.
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


@sealed("certification_event")
class CertificationEvent(models.Model):
    """One public step of a certification: state, date and reason.

    Written by `certification.services`, never changed.
    """

    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=12, choices=CertificationState)
    on = models.DateField()
    at = models.DateTimeField()
    public_reason_zh = models.TextField(blank=True)
    public_reason_en = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
