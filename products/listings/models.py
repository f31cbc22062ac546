"""The public register's rows, with the columns that searching needs."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.companies.models import Company
from products.devices.models import Device, DeviceType
from products.listings.querysets import ListingQuerySet
from products.listings.states import AddressKind, ChangeKind, ListingStatus, Source
from products.reports.models import Report
from products.suites.models import Edition
from wapicert.seals import sealed


@sealed("listing", identity="listing_number", without=["sort_date", "updated_at"])
class Listing(models.Model):
    """A device in the public directory.

    Written by `listings.services` only: from a certification, or from a published record.

    What was not published is null and shown as 未载明.
    """

    listing_number = models.CharField(max_length=30, unique=True)
    source = models.CharField(max_length=20, choices=Source)
    # For records published before this system: where and when it was printed, and its number in the imported data.
    source_title = models.CharField(max_length=200, blank=True)
    source_key = models.CharField(max_length=20, null=True, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="listings")
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="listings")
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="listings")
    device_type = models.ForeignKey(DeviceType, null=True, on_delete=models.PROTECT, related_name="listings")
    device_subtype_zh = models.CharField(max_length=60, null=True)
    name_zh = models.CharField(max_length=120, null=True)
    name_en = models.CharField(max_length=120, null=True)
    model = models.CharField(max_length=80, null=True)
    bands = models.JSONField(null=True)
    generation = models.CharField(max_length=12, null=True)
    hardware = models.CharField(max_length=60, null=True)
    firmware = models.CharField(max_length=60, null=True)
    edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="listings")
    categories_passed = models.JSONField(null=True)
    specification = models.JSONField(default=dict)
    use_zh = models.TextField(null=True)
    use_en = models.TextField(null=True)
    # What the source printed besides, in its words: {"as_printed_zh": {key: text or list}, "report_issued": bool,
    # "standards_cited": [text], "notes": [text]}; null for our own listings.
    published_facts = models.JSONField(null=True)
    # What the source says about rework, in its own words: {"stated": bool, "item_zh": text or null}.
    rework_as_published = models.JSONField(null=True)
    listed_on = models.DateField(null=True)
    status = models.CharField(max_length=12, choices=ListingStatus, null=True)
    status_since = models.DateField(null=True)
    status_reason_zh = models.TextField(blank=True)
    status_reason_en = models.TextField(blank=True)
    is_demonstration = models.BooleanField(default=False)
    # Derived by listings.services.indexing: a row without a date sorts by the lowest value, since pages are cut by
    # comparing. What searching needs besides stands in IndexEntry.
    sort_date = models.DateField(default=date.min, db_default=date.min)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        ordering = ["-sort_date", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source="published_before", status__isnull=True)
                | Q(source="tested_here", status__isnull=False),
                name="only_our_own_listings_have_a_state",
            ),
        ]
        indexes = [
            models.Index(fields=["-sort_date", "-id"], name="listing_newest"),
            models.Index(fields=["device_type", "-sort_date", "-id"], name="listing_newest_of_type"),
        ]

    def __str__(self) -> str:
        return self.listing_number


class IndexEntry(models.Model):
    """What searching, counting and ordering need of one listing, and nothing else: derived, never edited.

    Written by `listings.services.indexing` in the transaction of the listing's change; `rebuild_directory` makes it
    anew, `check_directory` compares. The trigram index over `search_text` stands in the migration.
    """

    listing = models.OneToOneField(Listing, primary_key=True, on_delete=models.CASCADE, related_name="entry")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    facet_code = models.BigIntegerField()
    # Every Chinese character twice, a field between two newlines each; see listings.querysets.
    search_text = models.TextField()
    # One column per order, in which what is not stated stands last.
    sort_date = models.DateField()
    date_rising = models.DateField()
    sort_model = models.CharField(max_length=80)
    model_rising = models.CharField(max_length=80)
    sort_company = models.CharField(max_length=80)

    class Meta:
        indexes = [
            # The facet code stands in each, so that a walk along an order reads no row that it leaves out.
            models.Index(fields=["-sort_date", "-listing", "facet_code"], name="entry_newest"),
            models.Index(fields=["date_rising", "listing", "facet_code"], name="entry_oldest"),
            models.Index(fields=["sort_model", "listing", "facet_code"], name="entry_model_falling"),
            models.Index(fields=["model_rising", "listing", "facet_code"], name="entry_model_rising"),
            models.Index(fields=["sort_company", "listing", "facet_code"], name="entry_company"),
            models.Index(fields=["company", "-sort_date", "-listing"], name="entry_newest_of_company"),
            models.Index(fields=["facet_code", "-sort_date"], name="entry_facets"),
        ]


class FacetValue(models.Model):
    """The place of a value in `facet_code`: given once, never changed."""

    facet = models.CharField(max_length=12)
    value = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facet", "value"], name="facet_value_once"),
            models.UniqueConstraint(fields=["facet", "place"], name="facet_place_once"),
        ]


class Cell(models.Model):
    """How many listings share a facet code; all cells together are the cube that unfiltered counts are read from."""

    code = models.BigIntegerField(primary_key=True)
    # Written by adding; a number below zero would be drift, which the check finds.
    number = models.IntegerField()


class DirectoryState(models.Model):
    """One row: the directory's version, raised in the transaction of every change, which makes caches never stale."""

    version = models.PositiveBigIntegerField(default=1)
    # Drawn anew at each change: a version that comes back after a backup was restored is told from the one before.
    stamp = models.CharField(max_length=32, default="")
    # The last listing that an unfinished rebuild has passed; null: none is under way.
    rebuilt_to = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(auto_now=True)


@sealed("listing_change")
class ListingChange(models.Model):
    """One public change of a listing: what happened, from which day, and the facts that it replaced.

    Written by `listings.services.publish_changes`, never changed. Its id is its place in the change feed: it is
    allotted behind the lock of the directory's version, which is held until commit, so that ids become visible in
    their order.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=ChangeKind)
    # The day from which it counts, and the moment at which it was written.
    on = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=12, choices=ListingStatus, null=True)
    reason_zh = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    # The facts that changed as they stood before, by column; names of companies as company.name_zh and so on.
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "-id"], name="listing_change_kind")]


@sealed("former_address")
class FormerAddress(models.Model):
    """A number or slug that once stood in a permanent address; it leads to the present one for ever.

    Written by `listings.services.redirect_address`, never changed.
    """

    kind = models.CharField(max_length=10, choices=AddressKind)
    former = models.CharField(max_length=60)
    present = models.CharField(max_length=60)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "former"], name="former_address_once")]
