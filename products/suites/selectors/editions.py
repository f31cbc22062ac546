"""Which editions there are, for whom, which one counts, and its items."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone

from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.devices.models import DeviceType
from products.suites.errors import NoEditionInForce
from products.suites.models import Applicability, Category, Edition, Feature, ItemVersion
from products.suites.states import FROZEN, EditionStatus


def editions_public() -> QuerySet[Edition]:
    """Published and retired editions with `item_count`, mandatory ones first, then the newest; what ended stays."""
    return _counted().filter(status__in=FROZEN)


def editions_visible_to(user: User | AnonymousUser) -> QuerySet[Edition]:
    """All editions for the laboratory and its auditor, the public ones for everybody else."""
    if user.is_authenticated and user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return _counted()
    return editions_public()


def current_edition() -> Edition:
    """The edition that applications are for today.

    It is published, mandatory, not dated in the future and has not ended; of several, the one that became active
    last (an undated one counts as oldest), then the one with the latest slug. Raises NoEditionInForce.
    """
    edition = _in_force_on(timezone.localdate()).order_by(F("active_on").desc(nulls_last=True), "-slug").first()
    if edition is None:
        raise NoEditionInForce(field="edition")
    return edition


def is_newer(edition: Edition, than: Edition) -> bool:
    """Whether an edition comes after another: by the chain of predecessors and successors, else by their dates."""
    if _leads_to(edition, than, "predecessor") or _leads_to(than, edition, "replaced_by"):
        return True
    if _leads_to(than, edition, "predecessor") or _leads_to(edition, than, "replaced_by"):
        return False
    dates = edition.active_on, than.active_on
    return dates[0] is not None and dates[1] is not None and dates[0] > dates[1]


def _leads_to(edition: Edition, wanted: Edition, step: str) -> bool:
    passed, here = {edition.pk}, getattr(edition, step)
    while here is not None and here.pk not in passed:
        if here.pk == wanted.pk:
            return True
        passed.add(here.pk)
        here = getattr(here, step)
    return False


def is_last_in_force(edition: Edition, day: date) -> bool:
    """Whether nothing could be applied for from the day on if the edition ended then, though something could before."""
    return edition.is_mandatory and not _in_force_on(day).exclude(pk=edition.pk).exists()


def items_of(edition: Edition, device_type: DeviceType | None = None) -> QuerySet[ItemVersion]:
    """The edition's items in order, with parent, category, applicability and measurements: three queries in all.

    With a device type the applicability is that type's alone, of which a plan needs no other.
    """
    applicability = Applicability.objects.select_related("device_type", "feature").order_by("device_type__position")
    if device_type is not None:
        applicability = Applicability.objects.select_related("feature").filter(device_type=device_type)
    return (
        ItemVersion.objects.filter(edition=edition)
        .select_related("parent", "category")
        .prefetch_related(Prefetch("applicability", applicability), "measurements")
        .order_by("position")
    )


def catalogue_state() -> list[list[tuple[Any, ...]]]:
    """Everything that public pages of editions show and that may change: a frozen edition is named by its fingerprint.

    Four queries on small tables.
    """
    return [
        list(Edition.objects.filter(status__in=FROZEN).values_list(
            "slug", "status", "fingerprint", "is_mandatory", "available_on", "active_on", "ends_on",
            "replaced_by__slug")),
        list(DeviceType.objects.values_list("code", "name_zh", "name_en")),
        list(Feature.objects.values_list("key", "name_zh", "name_en")),
        list(Category.objects.values_list("code", "name_zh", "name_en")),
    ]


def _in_force_on(day: date) -> QuerySet[Edition]:
    """Published mandatory editions that are active and have not ended on the day."""
    return Edition.objects.filter(status=EditionStatus.PUBLISHED, is_mandatory=True).filter(
        Q(active_on__isnull=True) | Q(active_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def _counted() -> QuerySet[Edition]:
    editions = Edition.objects.annotate(item_count=Count("items")).select_related("predecessor", "replaced_by")
    return editions.order_by("-is_mandatory", "-slug")
