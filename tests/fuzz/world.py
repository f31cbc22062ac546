"""What is fuzzed: two companies with work at every stage, all that has a name in it, and what stays each one's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from members.companies.models import Company
from members.companies.services import set_uscc
from products.certification.models import Certification
from products.devices.models import Device
from products.failures.models import StorageFault
from products.failures.states import FailureKind
from products.files.models import StoredFile
from products.files.services import store_file
from products.listings.models import Listing
from products.orders.models import Order, Sample
from products.reports.models import Report
from products.results.models import Attempt, Evidence
from products.results.services import add_evidence, propose_exclusion, request_invalidation
from products.rework.models import Rework
from products.webhooks.models import Webhook
from products.webhooks.services import register_webhook
from tests.api.worlds import ITEM
from tests.factories import certification, equipment, orders, reports, results, rework
from tests.factories.people import PASSWORD

# Stands in every text of a company's own work, and nowhere else.
SIGNS = {"vendor": "SECRETA", "stranger": "SECRETB"}


@dataclass
class World:
    """Names by the parameter they belong in, versions by address, and secrets by the one member who may read them."""

    names: dict[str, list[Any]]
    versions: dict[str, int]
    secrets: dict[str, set[str]]


def build(cast: SimpleNamespace) -> World:
    """Orders of two companies; one of the first went all the way and is public."""
    equipment.tool(cast.quality)
    set_uscc(company=cast.company_b, uscc="91110108MA02EFGH41", actor=cast.stranger)
    other = SimpleNamespace(**{**vars(cast), "vendor": cast.stranger, "company_a": cast.company_b})
    _work_of(cast, SIGNS["vendor"])
    _work_of(other, SIGNS["stranger"])
    granted = certification.granted(cast, _tested(cast, "PUBLIC"))
    return World(_names(), dict(_versions()), {
        "vendor": {SIGNS["vendor"], *_numbers_of(cast.company_a, granted)},
        "stranger": {SIGNS["stranger"], *_numbers_of(cast.company_b, granted)},
    })


def _work_of(cast: SimpleNamespace, sign: str) -> None:
    """An order of the company in each state from which a verb of the API begins."""
    orders.drafted(cast, device=_device(cast, sign), remark=sign)
    orders.submitted(cast, device=_device(cast, sign))
    orders.returned(cast, device=_device(cast, sign))
    register_webhook(url=f"https://hooks.example.com/{sign}", events=["order.moved"], actor=cast.vendor)
    testing = orders.in_testing(cast, device=_device(cast, sign))
    store_file(upload=ContentFile(sign.encode(), name=f"{sign}.log"), actor=cast.vendor)
    add_evidence(order=testing, upload=ContentFile(sign.encode(), name=f"{sign}.log"), actor=cast.tester)
    results.recorded(testing, cast, ["IOP-01"])
    propose_exclusion(order=testing, item=ITEM, kind="WAIVER", reason=sign, actor=cast.tester)
    doubted = orders.in_testing(cast, device=_device(cast, sign))
    request_invalidation(attempt=results.verified(doubted, cast, ["IOP-01"])[0], reason=sign, actor=cast.verifier)
    rework.of(results.with_failed_item(cast, device=_device(cast, sign)))
    sent = [rework.send(rework.of(results.with_failed_item(cast, device=_device(cast, sign))), cast, finding=sign)
            for _each in range(2)]
    rework.answer(sent[0], cast, cause=sign)
    reports.compiled(cast, _tested(cast, sign))
    reports.checked(cast, _tested(cast, sign))


def _device(cast: SimpleNamespace, sign: str) -> Device:
    return orders.device(cast, model=f"{sign}-{Device.objects.count()}", name_zh=f"演示{sign}")


def _tested(cast: SimpleNamespace, sign: str) -> Order:
    return reports.tested(cast, device=_device(cast, sign))


def _numbers_of(company: Company, public: Certification) -> Iterable[str]:
    """What names the company's own work; nothing of it is public."""
    mine = Order.objects.filter(company=company).exclude(pk=public.order_id)
    yield from mine.values_list("number", flat=True)
    for rows in (Rework.objects.filter(order__in=mine).values_list("number"),
                 Report.objects.filter(order__in=mine).values_list("pk"),
                 Report.objects.filter(order__in=mine).values_list("verification_code"),
                 Sample.objects.filter(order__in=mine).values_list("number"),
                 Evidence.objects.filter(order__in=mine).values_list("pk")):
        yield from (str(value) for (value,) in rows)


def _names() -> dict[str, list[Any]]:
    """By "topic:parameter" for paths and by name for bodies."""
    attempts = list(Attempt.objects.values_list("pk", flat=True).order_by("-pk")[:6]) + list(
        Attempt.objects.filter(plan_item__order__stage="testing").values_list("pk", flat=True))
    numbers = list(Order.objects.values_list("number", flat=True))
    listed = list(Listing.objects.values_list("listing_number", flat=True))
    types = ["SEN", "AP", "AS", "CHIP"]
    devices = list(Device.objects.values_list("pk", flat=True))
    codes = ["IOP-01", ITEM, "FUN-RT"]
    fault = StorageFault.objects.create(line="file 0 rig.log: altered")
    return {
        "attempts:id": attempts, "certifications:number": listed, "products:number": listed,
        "devices:id": devices, "editions:before": ["before-2024-03"], "editions:after": ["2024-03"],
        "editions:slug": ["2024-03", "before-2024-03"], "orders:number": numbers, "orders:code": codes,
        "evidence:id": _keys(Evidence), "files:id": _keys(StoredFile), "orders:id": _keys(Sample),
        "reports:id": _keys(Report), "rework:number": list(Rework.objects.values_list("number", flat=True)),
        "verify:code": list(Report.objects.values_list("verification_code", flat=True)),
        "webhooks:id": _keys(Webhook), "failures:kind": [*FailureKind.values], "failures:key": [str(fault.pk)],
        # In bodies.
        "device": devices, "order": numbers, "device_type": types, "item": codes, "items": [codes],
        "attempts": [attempts[:1], attempts[-1:]], "tool": [equipment.NUMBER], "password": [PASSWORD],
        "files": [_keys(StoredFile)[:1]], "firmware": ["1.0.0", "1.0.1"], "hardware": ["V1.0"],
        "reasons": [{rework.CODE: rework.REASON}], "specification": [orders.SPECIFICATIONS["SEN"]],
        "review": [orders.REVIEWED], "verdict": ["PASS", "FAIL", None],
        "performed_at": ["2026-03-15T09:30:00+08:00"], "features": [{}, {"sleep": True}],
    }


def _keys(model: Any) -> list[str]:
    return [str(key) for key in model.objects.values_list("pk", flat=True)]


def _versions() -> Iterable[tuple[str, int]]:
    """By the beginning of the address."""
    for topic, model, name in (("orders", Order, "number"), ("rework", Rework, "number"), ("reports", Report, "pk"),
                               ("devices", Device, "pk"), ("certifications", Certification, "listing__listing_number")):
        for key, version in model.objects.values_list(name, "row_version"):  # type: ignore[attr-defined]
            yield f"{topic}/{key}/", version
