"""Who is told of changes by e-mail: only whoever confirmed it, only until they leave."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.companies.models import Company
from products.listings.models import Listing
from products.subscriptions.states import MailKind, Target


class Subscription(models.Model):
    """An address and what it is told about. The address is personal data: shown nowhere, gone when it leaves.

    Moved by `subscriptions.services`. Links in mails carry the row's number signed; no secret is stored.
    """

    email = models.EmailField()
    language = models.CharField(max_length=10)
    target = models.CharField(max_length=10, choices=Target)
    listing = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=100, blank=True)
    # The filters of a search as an address holds them, in the order of the facets; and the whole search as it is told.
    filters = models.TextField(blank=True, default="")
    description = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    # The last change that it was told, or did not need to be told.
    seen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "listing"], condition=Q(target="device"),
                                    name="subscription_once_per_device"),
            models.UniqueConstraint(fields=["email", "company"], condition=Q(target="company"),
                                    name="subscription_once_per_company"),
            models.UniqueConstraint(fields=["email", "words", "filters"], condition=Q(target="search"),
                                    name="subscription_once_per_search"),
            models.CheckConstraint(
                condition=Q(target="device", listing__isnull=False, company__isnull=True, words="", filters="")
                | Q(target="company", listing__isnull=True, company__isnull=False, words="", filters="")
                | (Q(target="search", listing__isnull=True, company__isnull=True) & ~Q(words="", filters="")),
                name="subscription_has_its_target",
            ),
        ]
        indexes = [models.Index(fields=["seen"], name="subscription_seen")]


class OutgoingMail(models.Model):
    """A mail that is to be sent, and whether it was: the truth about it, whatever the queue loses."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=10, choices=MailKind)
    # Ids of the changes that it tells.
    changes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["created_at"], condition=Q(sent_at__isnull=True), name="mail_waiting")]
