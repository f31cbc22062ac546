"""Hub: Django looks for models here only. Topics never import from it."""

from products.certification.models import Certification, CertificationEvent, ReplacedCertificate
from products.devices.models import Device, DeviceType, Firmware, Hardware, SpecificationField
from products.equipment.models import Loan, Tool
from products.failures.models import Acknowledgement, StorageFault
from products.files.models import FileSummary, StoredFile
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
from products.orders.models import Order, PlanItem, ReceivedVersion, Sample, StageTime
from products.reports.models import Report
from products.results.models import Attempt, AttemptAct, Evidence, Exclusion, FailedItem, FirstTests, Rig, Slot
from products.retention.models import Departure, Hold
from products.rework.models import Answer, Finding, Reason, Rework, ReworkItem, Scope, ScopeLine
from products.subscriptions.models import OutgoingMail, Subscription
from products.suites.models import (
    Applicability,
    Category,
    DraftSheet,
    Edition,
    Feature,
    Item,
    ItemVersion,
    Measurement,
    Standard,
)
from products.webhooks.models import Delivery, Webhook

__all__ = [
    "Acknowledgement",
    "Answer",
    "Applicability",
    "Attempt",
    "AttemptAct",
    "Category",
    "Cell",
    "Certification",
    "CertificationEvent",
    "Delivery",
    "Departure",
    "Device",
    "DeviceType",
    "DirectoryState",
    "DraftSheet",
    "Edition",
    "Evidence",
    "Exclusion",
    "FacetValue",
    "FailedItem",
    "Feature",
    "FileSummary",
    "Finding",
    "Firmware",
    "FirstTests",
    "FormerAddress",
    "Hardware",
    "Hold",
    "IndexEntry",
    "Item",
    "ItemVersion",
    "Listing",
    "ListingChange",
    "Loan",
    "Measurement",
    "Order",
    "OutgoingMail",
    "PlanItem",
    "Reason",
    "ReceivedVersion",
    "Release",
    "ReleaseFile",
    "ReplacedCertificate",
    "Report",
    "Rework",
    "ReworkItem",
    "Rig",
    "Sample",
    "Scope",
    "ScopeLine",
    "Slot",
    "SpecificationField",
    "StageTime",
    "Standard",
    "StorageFault",
    "StoredFile",
    "Subscription",
    "Tool",
    "Webhook",
]
