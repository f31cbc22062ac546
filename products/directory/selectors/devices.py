"""Composes what a device's public page tells: its history, tested versions, reports and specification.

Only what is public is read here: no person, no telephone number, no result of an item, no order.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from products.certification.models import CertificationEvent
from products.certification.states import PRIVATE_STATES
from products.devices.models import SpecificationField
from products.devices.states import Scope
from products.listings.models import Listing
from products.listings.selectors import listing_tag
from products.orders.models import ReceivedVersion
from products.reports.models import Report
from products.reports.states import ReportState

PUBLIC_REPORTS = (ReportState.ISSUED, ReportState.REPLACED, ReportState.WITHDRAWN)
# Facts that stand in the head of the page already.
SHOWN_ABOVE = frozenset({"bands", "phy", "hw_ver", "fw_ver", "model", "product_name", "company", "device_type"})
# Keys under which publications print facts that no field of a specification asks for.
PRINTED = {
    "antenna": _("天线"),
    "host_interfaces": _("主机接口"),
    "chip_origin": _("芯片来源"),
    "app_protocols": _("应用协议"),
    "measurands": _("监测量"),
    "units": _("组成单元"),
    "interfaces": _("接口"),
    "max_sensors": _("可接传感器"),
}


class Event(NamedTuple):
    """One public step of a listing: its state, the day and the public reason."""

    status: str
    on: date
    reason_zh: str | None
    reason_en: str | None


class Fact(NamedTuple):
    """A line of the specification; `name` is the field, or a label where a publication printed more than fields."""

    name: SpecificationField | Any
    value: Any
    unit: str


def history_of(listing: Listing) -> list[Event]:
    """The public steps of a certification, oldest first; none for records published before this system."""
    events = CertificationEvent.objects.filter(certification__listing=listing).exclude(state__in=PRIVATE_STATES)
    return [
        Event(event.state, event.on, event.public_reason_zh or None, event.public_reason_en or None)
        for event in events.order_by("id")
    ]


def tested_versions_of(listing: Listing) -> list[ReceivedVersion]:
    """The pairs of hardware and firmware on which the device was tested, in the order of receipt."""
    if listing.report is None:
        return []
    versions = ReceivedVersion.objects.filter(order=listing.report.order_id)
    return list(versions.select_related("hardware", "firmware").order_by("ordinal"))


def reports_of(listing: Listing) -> list[Report]:
    """The reports of the listing's order that were ever issued, with their files, newest first."""
    if listing.report is None:
        return []
    reports = Report.objects.filter(order=listing.report.order_id, state__in=PUBLIC_REPORTS)
    return list(reports.select_related("file").order_by("-issued_at"))


def specification_of(listing: Listing) -> list[Fact]:
    """The specification in the order of its fields; what a publication printed, in its words and order."""
    printed = (listing.published_facts or {}).get("as_printed_zh", {})
    values = printed or {
        key: value for key, value in listing.specification.items()
        if key not in SHOWN_ABOVE and value not in (None, "", [])
    }
    fields = _fields(listing, values)
    in_order = values if printed else sorted(values, key=lambda key: fields[key].position if key in fields else 0)
    return [
        Fact(fields.get(key) or PRINTED.get(key, key), values[key], "" if printed or key not in fields
             else fields[key].unit)
        for key in in_order
    ]


def _fields(listing: Listing, keys: dict[str, Any]) -> dict[str, SpecificationField]:
    """The fields of these keys; a field of the device type comes before a common one of the same key."""
    ours = Q(device_type=listing.device_type_id) if listing.device_type_id else Q()
    fields = SpecificationField.objects.filter(ours | Q(device_type=None), key__in=keys, scope=Scope.DECLARED)
    common_first = sorted(fields, key=lambda field: field.device_type_id is not None)
    return {field.key: field for field in common_first}


def listing_state(number: str) -> str:
    """What a device's page shows depends on the register and on the states of its reports."""
    return listing_tag(number)
