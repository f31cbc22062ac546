"""Entries of the public register: the published ones, and devices of invented companies listed by the service.

What lies below the register (order, versions, report with its file) is written as rows, so that tests of the register
are quick and stand on nothing but it; the whole way is walked by the journeys.
"""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from members.companies.models import Company
from products.certification.models import Certification, CertificationEvent
from products.certification.states import CertificationState
from products.devices.models import Device, Firmware, Hardware
from products.files.models import StoredFile
from products.listings.importing import import_published_products
from products.listings.models import Listing
from products.listings.services import list_device, set_listing_status
from products.listings.states import ListingStatus
from products.management.commands.load_published_products import DATA
from products.orders.models import Order, PlanItem, ReceivedVersion
from products.orders.states import Inclusion, PlanReason, Stage
from products.reports.models import Report
from products.reports.selectors.codes import with_check_character
from products.reports.states import Conclusion, RenderingState, ReportState
from products.results.models import Slot
from products.results.states import SlotState, Verdict
from products.suites.models import ItemVersion
from tests.factories.reports import snapshot
from wapicert.canonical import digest_of

PUBLISHED = json.loads(DATA.read_text(encoding="utf-8"))
LISTED_ON = date(2026, 11, 20)


def published_data() -> dict[str, Any]:
    """The data of the published products, free to be changed."""
    return copy.deepcopy(PUBLISHED)


def published() -> dict[str, Listing]:
    """All published products, by their key in the data; the catalogue must be loaded."""
    import_published_products(PUBLISHED)
    return {row.source_key: row for row in Listing.objects.filter(source_key__isnull=False)}


def device(company: Company, catalogue: SimpleNamespace, **changes: Any) -> Device:
    """A device of an invented company."""
    values = {"device_type": catalogue.types["SEN"], "name_zh": "演示温湿度传感器", "name_en": "Demo sensor",
              "model": "DEMO-TH-1", "is_demonstration": True,
              "specification": {"bands": ["2.4GHz"], "phy": "802.11n", "power": "电池", "battery_life": "5"}}
    return Device.objects.create(company=company, **(values | changes))


def frozen(thing: Device) -> dict[str, Any]:
    """What acceptance keeps of a device."""
    names = ("name_zh", "name_en", "model", "manufacturer", "factory")
    return {"device": {name: getattr(thing, name) for name in names}, "specification": thing.specification}


def order(cast: SimpleNamespace, catalogue: SimpleNamespace, *, number: str = "D-2026-0001",
          verdicts: dict[str, str] | None = None, **changes: Any) -> Order:
    """An order whose tests are complete, on one pair of versions, with a verdict per item code."""
    thing = changes.pop("device", None) or device(changes.pop("company", cast.company_a), catalogue)
    values = {"company": thing.company, "device": thing, "created_by": cast.vendor, "stage": Stage.REPORTING,
              "edition": catalogue.edition, "frozen_declaration": frozen(thing),
              "is_demonstration": thing.is_demonstration}
    row = Order.objects.create(number=number, **(values | changes))
    ReceivedVersion.objects.create(
        order=row, ordinal=1, received_by=cast.intake,
        hardware=Hardware.objects.get_or_create(device=thing, version="V1.0")[0],
        firmware=Firmware.objects.get_or_create(device=thing, version="2.3.1")[0],
    )
    wanted = verdicts or {"IOP-01": Verdict.PASS}
    for place, version in enumerate(ItemVersion.objects.filter(edition=catalogue.edition, code__in=wanted)):
        item = PlanItem.objects.create(order=row, item_version=version, code=version.code, inclusion=Inclusion.IN,
                                       reason=PlanReason.MANDATORY, is_counted=True, position=place)
        Slot.objects.create(plan_item=item, state=SlotState.VERIFIED, verdict=wanted[version.code])
    return row


def report(cast: SimpleNamespace, of: Order, *, number: str | None = "WAPI-T-2026-0001", **changes: Any) -> Report:
    """An issued report of the order, with its file."""
    now = timezone.now()
    file = StoredFile.objects.create(name=f"{number}.pdf", media_type="application/pdf", size=4, sha256="ab" * 32,
                                     sm3="cd" * 32, company=of.company, content=ContentFile(b"%PDF", name="r.pdf"))
    # The alphabet of codes has neither 0 nor 1.
    code = with_check_character("QQQQQQQQ" + (number or "0001")[-4:].translate({48: "Y", 49: "Z"}))
    values = {"number": number, "state": ReportState.ISSUED, "verification_code": code,
              "conclusion": Conclusion.CONFORMS, "snapshot": snapshot(),
              "template_version": "1", "compiled_by": cast.tester, "compiled_at": now,
              "checked_by": cast.verifier, "checked_at": now, "authorised_by": cast.signatory,
              "authorised_at": now, "issued_on": LISTED_ON, "issued_at": now,
              "rendering_state": RenderingState.STORED, "file": file, "is_demonstration": of.is_demonstration}
    values |= changes
    # What the row says is what its snapshot says, or every answer about it would be that the record is wrong.
    values["snapshot"].setdefault("conclusion", {})["code"] = str(values["conclusion"])
    return Report.objects.create(order=of, **{"snapshot_sha256": digest_of(values["snapshot"])} | values)


def listed(cast: SimpleNamespace, catalogue: SimpleNamespace, *, nth: int = 1, on: date = LISTED_ON,
           **changes: Any) -> Listing:
    """A device listed by the service, with its certification and first public step."""
    of = order(cast, catalogue, number=f"D-2026-{nth:04d}", **changes)
    paper = report(cast, of, number=f"WAPI-T-2026-{nth:04d}")
    listing = list_device(order=of, report=paper, on=on, actor=cast.decider)
    certification = Certification.objects.create(
        order=of, report=paper, listing=listing, state=CertificationState.VALID, state_since=timezone.now(),
        recommends_grant=True, reviewed_by=cast.reviewer, reviewed_at=timezone.now(), decided_by=cast.decider,
        decided_at=timezone.now(), valid_from=on,
    )
    event(certification, CertificationState.VALID, on)
    return listing


def event(certification: Certification, state: CertificationState, on: date, reason: str = "") -> CertificationEvent:
    """A public step of a certification."""
    return CertificationEvent.objects.create(certification=certification, state=state, on=on, at=timezone.now(),
                                             public_reason_zh=reason)


def suspended(cast: SimpleNamespace, catalogue: SimpleNamespace, *, nth: int = 1, **changes: Any) -> Listing:
    """A listing that was suspended the day after."""
    listing = listed(cast, catalogue, nth=nth, **changes)
    on = LISTED_ON + timedelta(days=1)
    event(listing.certification, CertificationState.SUSPENDED, on, "现场抽查发现固件与受测版本不一致")
    return set_listing_status(listing=listing, status=ListingStatus.SUSPENDED, since=on,
                              reason_zh="现场抽查发现固件与受测版本不一致")
