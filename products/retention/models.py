"""What must not be removed for now, and people who are to be made anonymous."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from members.companies.models import Company
from products.orders.models import Order


class Hold(models.Model):
    """That nothing of an order, a company or a person is removed or made anonymous while it stands.

    Placed by one person, lifted by two; moved by `retention.services.holds`.
    """

    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="holds")
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    # Who wants it, for example a court with its file number.
    demanded_by = models.CharField(max_length=200, blank=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    lift_reason = models.TextField(blank=True)
    lift_requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT,
                                          related_name="+")
    lift_requested_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-placed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, company__isnull=True, user__isnull=True)
                | Q(order__isnull=True, company__isnull=False, user__isnull=True)
                | Q(order__isnull=True, company__isnull=True, user__isnull=False),
                name="hold_is_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True)
                | (Q(lifted_by__isnull=False, lift_requested_by__isnull=False) & ~Q(lifted_by=F("lift_requested_by"))),
                name="hold_lifted_by_two",
            ),
        ]


class Departure(models.Model):
    """A person who left and is to be made anonymous: one administrator asks, a second person confirms or refuses.

    Moved by `retention.services.departures`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(decided_at__isnull=True), name="departure_once"),
            models.CheckConstraint(
                condition=~Q(requested_by=F("user")) & (Q(decided_by__isnull=True) | ~Q(decided_by=F("user"))),
                name="departure_by_others",
            ),
            models.CheckConstraint(
                condition=Q(is_confirmed=False) | ~Q(decided_by=F("requested_by")),
                name="departure_confirmed_by_another",
            ),
        ]
