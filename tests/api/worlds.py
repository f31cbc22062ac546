"""Worlds for the tables of the API: one order each, brought to where a verb may be tried, and every address in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from products.certification.models import Certification
from products.devices.models import Device
from products.files.services import store_file
from products.orders.models import Order
from products.reports.models import Report
from products.reports.services import request_withdrawal
from products.reports.states import RenderingState
from products.results import services as result_services
from products.results.models import Attempt
from products.results.services import add_evidence
from products.rework.models import Rework
from products.rework.services import fail_rework, propose_rebase
from products.webhooks.models import Webhook
from products.webhooks.services import register_webhook
from tests.factories import catalogue as suites
from tests.factories import certification, equipment, orders, reports, results, rework
from tests.factories.files import picture
from tests.factories.people import PASSWORD

ITEM = "FUN-RT-07"


@dataclass
class World:
    """An order with whatever belongs to it; what a world lacks is None."""

    order: Order
    attempt: Attempt | None = None
    rework: Rework | None = None
    report: Report | None = None
    certification: Certification | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def device(self) -> Device:
        return self.order.device


def upload(name: str = "rig.log", content: bytes = b"log") -> ContentFile[bytes]:
    """A small file."""
    return ContentFile(content, name=name)


def drafted(cast: SimpleNamespace) -> World:
    return World(orders.drafted(cast), extra={"device": orders.device(cast)})


def testing(cast: SimpleNamespace) -> World:
    equipment.tool(cast.quality)
    order = orders.in_testing(cast)
    kept = store_file(upload=upload(), actor=cast.vendor)
    evidence = add_evidence(order=order, upload=upload("样品.png", picture()), actor=cast.tester)
    return World(order, extra={"file": kept.pk, "evidence": evidence.pk, "sample": order.samples.get().pk})


def rebasing(cast: SimpleNamespace) -> World:
    order, edition = orders.in_testing(cast), suites.newer_edition(cast)
    rebase = propose_rebase(order=order, edition=edition, reason="演示", actor=cast.intake)
    return World(order, extra={"edition": edition.slug, "rebase": rebase.pk, "free": orders.in_testing(cast).number})


def dropping(cast: SimpleNamespace) -> World:
    order, edition = orders.in_testing(cast), suites.newer_edition(cast)
    results.verified(order, cast, ["IOP-08"], verdicts={"IOP-08": "FAIL"})
    fail_rework(rework=rework.of(order), actor=cast.verifier, reason="演示：未改善")
    rebase = propose_rebase(order=order, edition=edition, reason="演示", actor=cast.intake)
    return World(order, extra={"rebase": rebase.pk})


def hooked(cast: SimpleNamespace) -> World:
    webhook = register_webhook(url="https://hooks.example.com/wapi", events=["order.moved"], actor=cast.vendor)
    Webhook.objects.update(disabled_at=timezone.now())
    return World(orders.drafted(cast), extra={"webhook": webhook.pk})


def recorded(cast: SimpleNamespace) -> World:
    order = orders.in_testing(cast)
    return World(order, attempt=results.attempt(order, cast))


def verified(cast: SimpleNamespace) -> World:
    order = orders.in_testing(cast)
    return World(order, attempt=results.verified(order, cast, ["IOP-01"])[0])


def doubted(cast: SimpleNamespace) -> World:
    world = verified(cast)
    result_services.request_invalidation(attempt=world.attempt, reason="演示", actor=cast.verifier)
    return world


def proposed(cast: SimpleNamespace) -> World:
    order = orders.in_testing(cast)
    result_services.propose_exclusion(order=order, item=ITEM, kind="WAIVER", reason="演示", actor=cast.tester)
    return World(order)


def excluded(cast: SimpleNamespace) -> World:
    order = orders.in_testing(cast)
    row = result_services.propose_exclusion(order=order, item=ITEM, kind="NA", reason="演示", actor=cast.tester)
    result_services.approve_exclusion(exclusion=row, actor=cast.verifier)
    return World(order)


def to_correct(cast: SimpleNamespace) -> World:
    """A certified device whose amended report names another model; nobody has confirmed that yet."""
    world = certified("granted")(cast)
    reports.amended_with(cast, world.report, {"device.model": "DEMO-更正-9"})
    return world


def in_rework(state: str) -> Callable[[SimpleNamespace], World]:
    def build(cast: SimpleNamespace) -> World:
        row = rework.rework_in(state, cast)
        return World(orders.fresh(row.order), rework=row)
    return build


def with_report(state: str) -> Callable[[SimpleNamespace], World]:
    def build(cast: SimpleNamespace) -> World:
        row = reports.BUILDERS[state](cast)
        return World(orders.fresh(row.order), report=row)
    return build


def failed_rendering(cast: SimpleNamespace) -> World:
    world = with_report("authorised")(cast)
    Report.objects.update(rendering_state=RenderingState.FAILED)
    return world


def to_withdraw(cast: SimpleNamespace) -> World:
    row = request_withdrawal(report=reports.issued(cast), actor=cast.signatory, reason="演示", password=PASSWORD)
    return World(orders.fresh(row.order), report=row)


def certified(state: str) -> Callable[[SimpleNamespace], World]:
    def build(cast: SimpleNamespace) -> World:
        row = getattr(certification, state)(cast)
        return World(orders.fresh(row.order), certification=row, report=row.report,
                     extra={"number": row.listing.listing_number if row.listing else None})
    return build


WORLDS: dict[str, Callable[[SimpleNamespace], World]] = {
    "drafted": drafted,
    "hooked": hooked,
    "returned": lambda cast: World(orders.returned(cast)),
    "submitted": lambda cast: World(orders.submitted(cast)),
    "testing": testing,
    "lent": lambda cast: World(orders.drafted(cast), extra={
        "lent": equipment.lent(cast).number, "reserved": equipment.reserved(cast, "YS-200").number}),
    "rebasing": rebasing,
    "dropping": dropping,
    "held": lambda cast: World(orders.on_hold(cast)),
    "recorded": recorded,
    "verified": verified,
    "doubted": doubted,
    "proposed": proposed,
    "excluded": excluded,
    "open": in_rework("open"),
    "with_vendor": in_rework("with_vendor"),
    "fix_claimed": in_rework("fix_claimed"),
    "complete": lambda cast: World(reports.tested(cast)),
    "compiled": with_report("draft"),
    "checked": with_report("checked"),
    "failed_rendering": failed_rendering,
    "issued": with_report("issued"),
    "to_withdraw": to_withdraw,
    "recommended": certified("recommended"),
    "granted": certified("granted"),
    "suspended": certified("suspended"),
    "to_correct": to_correct,
    "decided": lambda cast: World(_without_samples(orders.decided(cast), cast)),
}


def _without_samples(order: Order, cast: SimpleNamespace) -> Order:
    for sample in order.samples.all():
        orders.services.end_sample(sample=sample, actor=cast.intake, ending="演示：已退还")
    return orders.fresh(order)
