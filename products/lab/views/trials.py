"""Change control before publishing: which items a declaration gets, and which orders and listings a draft touches."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from members.people.models import User
from products.certification.models import Certification
from products.certification.states import CertificationState
from products.devices.models import DeviceType
from products.lab.views.access import lab_page
from products.orders.models import Order
from products.orders.selectors import compute_plan, counts_of_changes, orders_visible_to, plan_changes
from products.orders.states import Inclusion, PlanChangeKind, Stage
from products.suites.models import Applicability, Edition, Feature
from products.suites.selectors import editions_visible_to
from products.suites.states import Level
from wapicert.charts import plain_cell

# Stages in which an order still has its plan before it; what is listed stands on a plan as well.
RUNNING = (Stage.ACCEPTED, Stage.TESTING, Stage.COMPLETE, Stage.REPORTING, Stage.ON_HOLD)
IN_FORCE = (CertificationState.VALID, CertificationState.SUSPENDED)
# Each order is planned anew; a page that plans more would keep its reader waiting.
MOST = 200


@dataclass(frozen=True)
class Impact:
    """What an edition changes for one order, which may stand behind a listing."""

    order: Order
    certification: Certification | None
    counts: dict[str, int]
    extra: list[str]


@require_GET
@lab_page
def show_impact(request: HttpRequest, user: User, slug: str) -> HttpResponseBase:
    """Which running orders and which listings would need which further items under the edition."""
    edition = get_object_or_404(editions_visible_to(user), slug=slug)
    running = orders_visible_to(user).filter(stage__in=RUNNING, frozen_declaration__isnull=False)
    orders = [_impact(order, edition) for order in running.exclude(edition=edition).order_by("pk")[:MOST]]
    granted = Certification.objects.filter(state__in=IN_FORCE, listing__isnull=False).exclude(order__edition=edition)
    listings = [_impact(row.order, edition, row) for row in granted.select_related(
        "listing", "order__device__device_type", "order__edition", "order__company").order_by("pk")[:MOST]]
    if request.GET.get("format") == "csv":
        return _table([*orders, *listings])
    context = {"edition": edition, "most": MOST, "own": _standing_on(user, edition),
               "parts": [("orders", orders), ("listings", listings)]}
    return render(request, "products/lab/impact.html", context)


def _impact(order: Order, edition: Edition, certification: Certification | None = None) -> Impact:
    changes = plan_changes(order, edition)
    extra = [change.code for change in changes if change.kind in (PlanChangeKind.NEW, PlanChangeKind.CHANGED)]
    return Impact(order, certification, counts_of_changes(changes), extra)


def _standing_on(user: User, edition: Edition) -> dict[str, Any]:
    """What rests on the edition itself, to be assessed when it is withdrawn (ISO/IEC 17025, 7.10)."""
    return {"orders": orders_visible_to(user).filter(edition=edition, stage__in=RUNNING)[:MOST],
            "certifications": Certification.objects.filter(order__edition=edition, state__in=IN_FORCE)
            .select_related("listing", "order__device")[:MOST]}


def _table(rows: Iterable[Impact]) -> HttpResponse:
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8",
                          headers={"Content-Disposition": 'attachment; filename="impact.csv"'})
    writer = csv.writer(answer)
    writer.writerow(["order", "model", "stage", "edition", "listing", *PlanChangeKind.values, "items"])
    for row in rows:
        listing = row.certification.listing if row.certification else None
        writer.writerow([plain_cell(cell) for cell in [
            row.order.number, row.order.device.model, row.order.stage, row.order.edition and row.order.edition.slug,
            listing and listing.listing_number, *row.counts.values(), " ".join(row.extra)]])
    return answer


@require_GET
@lab_page
def try_declaration(request: HttpRequest, user: User, slug: str) -> HttpResponseBase:
    """The plan that a declaration gets under the edition, with the rule that decided on each item."""
    edition = get_object_or_404(editions_visible_to(user), slug=slug)
    kinds = list(DeviceType.objects.filter(
        pk__in=Applicability.objects.filter(item_version__edition=edition).values("device_type")).order_by("position"))
    kind = next((row for row in kinds if row.code == request.GET.get("type")), kinds[0] if kinds else None)
    deciding = Applicability.objects.filter(item_version__edition=edition, device_type=kind)
    features = list(Feature.objects.filter(pk__in=deciding.values("feature")).order_by("position"))
    optional = list(deciding.filter(level=Level.OPTIONAL).select_related("item_version").order_by(
        "item_version__position"))
    ticked, chosen = set(request.GET.getlist("feature")), set(request.GET.getlist("chosen"))
    rows = compute_plan(
        edition=edition, device_type=kind, specification=specification_for(features, ticked),
        features={row.key: row.key in ticked for row in features if row.asked},
        chosen=[row.item_version.code for row in optional if row.item_version.code in chosen],
    ) if kind else []
    context = {"edition": edition, "kinds": kinds, "kind": kind, "features": features, "ticked": ticked,
               "optional": optional, "chosen": chosen, "rows": rows,
               "planned": sum(row.inclusion == Inclusion.IN for row in rows)}
    return render(request, "products/lab/trial.html", context)


def specification_for(features: Iterable[Feature], ticked: set[str]) -> dict[str, Any]:
    """A specification from which exactly those derived features follow, as far as their rules allow that together."""
    found: dict[str, Any] = {}
    for feature in features:
        rule: Mapping[str, Any] | None = feature.derived_from
        if rule is None or feature.key not in ticked:
            continue
        if "equals" in rule:
            found[rule["field"]] = rule["equals"]
        else:
            found.setdefault(rule["field"], []).append(rule.get("has", rule.get("at_least")))
    return found
