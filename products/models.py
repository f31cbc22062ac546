"""Hub: Django looks for models here only. Topics never import from it."""

from products.certification.models import Certification, CertificationEvent
from products.devices.models import Device, DeviceType, Firmware, Hardware, SpecificationField
from products.equipment.models import Tool
from products.files.models import StoredFile
from products.listings.models import (
    Cell,
    DirectoryState,
    FacetValue,
    FormerAddress,
    IndexEntry,
    Listing,
    ListingChange,
)
from products.open_data.models import Release, ReleaseFile
from products.orders.models import Order, PlanItem, ReceivedVersion, Sample
from products.reports.models import Report
from products.results.models import Attempt, AttemptAct, Evidence, Exclusion, Slot
from products.rework.models import Answer, Finding, Reason, Rework, ReworkItem, Scope, ScopeLine
from products.subscriptions.models import OutgoingMail, Subscription
from products.suites.models import Applicability, Category, Edition, Feature, Item, ItemVersion, Measurement, Standard

__all__ = [
    "Answer",
    "Applicability",
    "Attempt",
    "AttemptAct",
    "Category",
    "Cell",
    "Certification",
    "CertificationEvent",
    "Device",
    "DeviceType",
    "DirectoryState",
    "Edition",
    "Evidence",
    "Exclusion",
    "FacetValue",
    "Feature",
    "Finding",
    "Firmware",
    "FormerAddress",
    "Hardware",
    "IndexEntry",
    "Item",
    "ItemVersion",
    "Listing",
    "ListingChange",
    "Measurement",
    "Order",
    "OutgoingMail",
    "PlanItem",
    "Reason",
    "ReceivedVersion",
    "Release",
    "ReleaseFile",
    "Report",
    "Rework",
    "ReworkItem",
    "Sample",
    "Scope",
    "ScopeLine",
    "Slot",
    "SpecificationField",
    "Standard",
    "StoredFile",
    "Subscription",
    "Tool",
]
