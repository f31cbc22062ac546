"""The shapes of the public API: listings, companies, pages; what was not published is null, never an empty text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.companies.models import Company
from products.directory.selectors import history_of, reports_of, tested_versions_of
from products.listings.models import Listing, ListingChange
from products.reports.models import Report
from products.reports.selectors import not_done
from products.reports.serializers import ExcludedOut


def address(path: str) -> str:
    """A permanent address on this site."""
    return f"{settings.PUBLIC_URL}{path}"


class NullableText(serializers.CharField):
    """A text that is null where nothing was stated."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) or None


class CompanyBrief(serializers.ModelSerializer[Company]):
    """A company as a listing names it; an English name that the company has not confirmed says so."""

    name_en = NullableText()

    class Meta:
        model = Company
        fields = ["number", "name_zh", "name_en", "name_en_confirmed"]


class CompanySerializer(CompanyBrief):
    """A company with listings."""

    short_name_zh = NullableText()
    listings = serializers.IntegerField(source="listed", read_only=True)
    url = serializers.SerializerMethodField()

    class Meta(CompanyBrief.Meta):
        fields = ["number", "name_zh", "short_name_zh", "name_en", "name_en_confirmed", "listings", "url"]

    def get_url(self, company: Company) -> str:
        return address(f"/companies/{company.number}/")


class ListingSerializer(serializers.ModelSerializer[Listing]):
    """A line of the directory. `status` is null for records published before this system: their source states none."""

    company = CompanyBrief(read_only=True)
    device_type = serializers.CharField(source="device_type.code", default=None, read_only=True)
    edition = serializers.CharField(source="edition.slug", default=None, read_only=True)
    name_en = NullableText()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Listing
        fields = ["listing_number", "model", "name_zh", "name_en", "company", "device_type", "bands", "generation",
                  "status", "status_since", "edition", "categories_passed", "listed_on", "source",
                  "is_demonstration", "url"]

    def get_url(self, listing: Listing) -> str:
        return address(f"/products/{listing.listing_number}/")


def listing_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines of the directory in the shape of ListingSerializer, written by hand: it costs a tenth of the time."""
    own = ("listing_number", "model", "name_zh")
    rest = ("bands", "generation", "status", "status_since")
    return [
        {
            **{name: facts[name] for name in own}, "name_en": facts["name_en"] or None,
            "company": {"number": facts["company_number"], "name_zh": facts["company_zh"],
                        "name_en": facts["company_en"] or None, "name_en_confirmed": facts["company_en_confirmed"]},
            "device_type": facts["type"], **{name: facts[name] for name in rest}, "edition": facts["edition"],
            **{name: facts[name] for name in ("categories_passed", "listed_on", "source", "is_demonstration")},
            "url": address(f"/products/{facts['listing_number']}/"),
        }
        for facts in rows
    ]


class EventSerializer(serializers.Serializer[Any]):
    """One public step: state, day, reason."""

    status = serializers.CharField()
    on = serializers.DateField()
    reason_zh = serializers.CharField(allow_null=True)
    reason_en = serializers.CharField(allow_null=True)


class VersionSerializer(serializers.Serializer[Any]):
    """A pair of versions that was tested."""

    hardware = serializers.CharField(source="hardware.version")
    firmware = serializers.CharField(source="firmware.version")


class ReportBrief(serializers.ModelSerializer[Report]):
    """An issued report: its number and the digests of its bytes."""

    replaces = serializers.CharField(source="replaces.number", default=None, read_only=True)
    sha256 = serializers.CharField(source="file.sha256", default=None, read_only=True)
    sm3 = serializers.CharField(source="file.sm3", default=None, read_only=True)
    excluded = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = ["number", "state", "conclusion", "excluded", "issued_on", "replaces", "sha256", "sm3", "url"]

    @extend_schema_field(ExcludedOut(many=True))
    def get_excluded(self, report: Report) -> list[dict[str, Any]]:
        """What got no result, by kind; the conclusion does not speak of it."""
        return not_done(report.snapshot.get("results", []))

    def get_url(self, report: Report) -> str:
        return address(f"/v/{report.number}/")


class ListingDetail(ListingSerializer):
    """Everything that is public about one listing."""

    source_title = NullableText()
    status_reason_zh = NullableText()
    status_reason_en = NullableText()
    history = serializers.SerializerMethodField()
    tested_versions = serializers.SerializerMethodField()
    reports = serializers.SerializerMethodField()

    class Meta(ListingSerializer.Meta):
        fields = [*ListingSerializer.Meta.fields, "device_subtype_zh", "hardware", "firmware", "use_zh", "use_en",
                  "specification", "published_facts", "rework_as_published", "source_title", "status_reason_zh",
                  "status_reason_en", "history", "tested_versions", "reports"]

    def get_history(self, listing: Listing) -> list[dict[str, Any]]:
        return list(EventSerializer(history_of(listing), many=True).data)

    def get_tested_versions(self, listing: Listing) -> list[dict[str, Any]]:
        return list(VersionSerializer(tested_versions_of(listing), many=True).data)

    def get_reports(self, listing: Listing) -> list[dict[str, Any]]:
        return list(ReportBrief(reports_of(listing), many=True).data)


class FacetValueSerializer(serializers.Serializer[Any]):
    """A value that a filter takes, and how many listings it would show with the other filters as they are."""

    value = serializers.CharField()
    count = serializers.IntegerField()


class ListingPage(serializers.Serializer[Any]):
    """A page of listings; with `facets=1` also how many fit in all, and each facet's counts.

    Where a number is not exact it means "at least": a search that finds more than 5,000 is not counted to its end.
    """

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    count = serializers.IntegerField(required=False)
    count_is_exact = serializers.BooleanField(required=False)
    facets_are_exact = serializers.BooleanField(required=False)
    facets = serializers.DictField(child=FacetValueSerializer(many=True), required=False)
    results = ListingSerializer(many=True)


class VerificationSerializer(serializers.Serializer[Any]):
    """Whether a report is genuine and counts now, or what has become of a listing.

    A bare number of a report of an unlisted device tells state and dates only.
    """

    kind = serializers.CharField()
    state = serializers.CharField()
    report_state = serializers.CharField(allow_null=True)
    number = serializers.CharField(allow_null=True)
    since = serializers.DateField(allow_null=True)
    reason_zh = serializers.CharField(allow_null=True)
    reason_en = serializers.CharField(allow_null=True)
    conclusion = serializers.CharField(allow_null=True)
    issued_on = serializers.DateField(allow_null=True)
    facts = serializers.SerializerMethodField()
    sha256 = serializers.CharField(allow_null=True)
    sm3 = serializers.CharField(allow_null=True)
    snapshot_sha256 = serializers.CharField(allow_null=True)
    listing_number = serializers.CharField(allow_null=True)
    listing_status = serializers.CharField(allow_null=True)
    replaces = serializers.CharField(allow_null=True)
    replaced_by = serializers.CharField(allow_null=True)
    hint = serializers.CharField(allow_null=True)
    is_demonstration = serializers.BooleanField()

    def get_facts(self, found: Any) -> dict[str, Any] | None:
        return found.facts or None


class ChangeSerializer(serializers.ModelSerializer[ListingChange]):
    """One public change of a listing, with what the listing says now."""

    cursor = serializers.CharField(source="pk", read_only=True)
    listing = ListingSerializer(read_only=True)
    reason_zh = NullableText()
    reason_en = NullableText()

    class Meta:
        model = ListingChange
        fields = ["cursor", "kind", "on", "at", "status", "reason_zh", "reason_en", "listing"]


class ChangePageSerializer(serializers.Serializer[Any]):
    """Changes in the order of commit; `cursor` is where to go on, `next` the address of what is there already."""

    next = serializers.URLField(allow_null=True)
    cursor = serializers.CharField()
    results = ChangeSerializer(many=True)


class SignedVerificationSerializer(serializers.Serializer[Any]):
    """The answer with `iss`, `iat` and `asked`, as compact JWS."""

    jws = serializers.CharField()


class UploadedReport(serializers.Serializer[Any]):
    """The PDF in hand."""

    file = serializers.FileField(allow_empty_file=True)


class SignatureSerializer(serializers.Serializer[Any]):
    """What a signature is worth: none, valid, foreign, broken, extended (something follows it), unreadable."""

    state = serializers.CharField()
    signer = serializers.CharField(allow_null=True)
    signed_at = serializers.CharField(allow_null=True)
    has_time_stamp = serializers.BooleanField()
    is_ours = serializers.BooleanField()


class FileVerificationSerializer(VerificationSerializer):
    """The verification of a file; `signature` is null where the file is byte by byte one that was issued."""

    signature = SignatureSerializer(allow_null=True)
