"""Before an edition is published: which running orders and which listings would need which further items."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from members.people.models import User
from products.certification.models import Certification
from products.certification.states import CertificationState
from products.devices.models import DeviceType
from products.lab.views.access import lab_page
from products.listings.models import Listing
from products.listings.states import Source
from products.orders.models import Order
from products.orders.selectors import Known, counts_of_changes, orders_visible_to, plan_changes
from products.orders.states import PlanChangeKind, Stage
from products.suites.models import Applicability, Edition
from products.suites.selectors import editions_visible_to
from products.suites.states import Level
from wapicert.charts import plain_cell

# Stages in which an order still has its plan before it; what is listed stands on a plan as well.
RUNNING = (Stage.ACCEPTED, Stage.TESTING, Stage.COMPLETE, Stage.REPORTING, Stage.ON_HOLD)
IN_FORCE = (CertificationState.VALID, CertificationState.SUSPENDED)
# Each order is planned anew; a page that plans more would keep its reader waiting. The CSV holds all.
SHOWN = 50
HEAD = ["part", "order", "model", "stage", "edition", "listing", *PlanChangeKind.values, "items"]
Line = list[Any]


@dataclass(frozen=True)
class Impact:
    """What an edition changes for one order, which may stand behind a listing."""

    order: Order
    certification: Certification | None
    counts: dict[str, int]
    extra: list[str]


@dataclass(frozen=True)
class Concerned:
    """All that an edition may touch."""

    orders: QuerySet[Order]
    certifications: QuerySet[Certification]
    # Published before this system: no result stands behind them, so nothing is kept.
    published_before: QuerySet[Listing]
    own_orders: QuerySet[Order]
    own_certifications: QuerySet[Certification]


def concerned_by(user: User, edition: Edition) -> Concerned:
    """The running orders and what is in force on other editions; what was published before; what rests on this one.

    The last is assessed when the edition is withdrawn (ISO/IEC 17025, 7.10).
    """
    running = orders_visible_to(user).filter(stage__in=RUNNING).order_by("pk")
    granted = Certification.objects.filter(state__in=IN_FORCE, listing__isnull=False).select_related(
        "listing", "order__device__device_type", "order__edition", "order__company").order_by("pk")
    before = Listing.objects.filter(source=Source.PUBLISHED_BEFORE).order_by("pk")
    return Concerned(
        running.filter(frozen_declaration__isnull=False).exclude(edition=edition),
        granted.exclude(order__edition=edition), before,
        running.filter(edition=edition), granted.filter(order__edition=edition))


@require_GET
@lab_page
def show_impact(request: HttpRequest, user: User, slug: str) -> HttpResponseBase:
    """How many there are and the first of them; `?format=csv` is everything."""
    edition = get_object_or_404(editions_visible_to(user), slug=slug)
    concerned, known = concerned_by(user, edition), Known()
    if request.GET.get("format") == "csv":
        name = f'attachment; filename="impact-{edition.slug}.csv"'
        return StreamingHttpResponse(_written(_lines(edition, concerned)), content_type="text/csv; charset=utf-8",
                                     headers={"Content-Disposition": name, "Cache-Control": "private, no-store"})
    orders = [_impact(order, edition, known) for order in concerned.orders[:SHOWN]]
    listings = [_impact(row.order, edition, known, row) for row in concerned.certifications[:SHOWN]]
    context = {
        "edition": edition, "shown": SHOWN,
        "parts": [("orders", orders, concerned.orders.count()),
                  ("listings", listings, concerned.certifications.count())],
        "before": _published_before(edition, concerned.published_before),
        "own": {"orders": concerned.own_orders[:SHOWN], "certifications": concerned.own_certifications[:SHOWN],
                "count": concerned.own_orders.count() + concerned.own_certifications.count()},
    }
    return render(request, "products/lab/impact.html", context)


def _impact(order: Order, edition: Edition, known: Known, certification: Certification | None = None) -> Impact:
    changes = plan_changes(order, edition, known)
    extra = [change.code for change in changes if change.kind in (PlanChangeKind.NEW, PlanChangeKind.CHANGED)]
    return Impact(order, certification, counts_of_changes(changes), extra)


def _mandatory(edition: Edition) -> dict[int, list[str]]:
    """The codes that every device of a type needs, by the type's id; what hangs on a declaration is not among them."""
    found: dict[int, list[str]] = {}
    rows = Applicability.objects.filter(item_version__edition=edition, level=Level.MANDATORY)
    for kind, code in rows.order_by("item_version__position").values_list("device_type", "item_version__code"):
        found.setdefault(kind, []).append(code)
    return found


def _published_before(edition: Edition, listings: QuerySet[Listing]) -> dict[str, Any]:
    """How many there are of each type, and how many items each would need. Three queries."""
    counts = dict(listings.order_by().values_list("device_type").annotate(number=Count("pk")))
    mandatory, kinds = _mandatory(edition), DeviceType.objects.in_bulk([key for key in counts if key])
    rows = [{"type": kinds.get(key), "number": number, "items": len(mandatory.get(key, [])) if key else None}
            for key, number in sorted(counts.items(), key=lambda row: -row[1])]
    return {"rows": rows, "count": sum(counts.values())}


def _lines(edition: Edition, concerned: Concerned) -> Iterator[Line]:
    """Everything that is concerned, part by part, read as it is sent."""
    known, mandatory = Known(), _mandatory(edition)
    yield list(HEAD)
    for order in concerned.orders.iterator(200):
        yield _line("order", _impact(order, edition, known))
    for row in concerned.certifications.iterator(200):
        yield _line("listing", _impact(row.order, edition, known, row))
    for listing in concerned.published_before.iterator(2000):
        codes = mandatory.get(listing.device_type_id or 0, [])
        yield ["published_before", None, listing.model, None, None, listing.listing_number, 0, 0,
               len(codes) if listing.device_type_id else None, 0, " ".join(codes)]
    for order in concerned.own_orders.iterator(200):
        yield ["own_order", order.number, order.product.model, order.stage, edition.slug]
    for row in concerned.own_certifications.iterator(200):
        listed = row.listing.listing_number if row.listing else None
        yield ["own_listing", row.order.number, row.order.product.model, row.order.stage, edition.slug, listed]


def _line(part: str, row: Impact) -> Line:
    listing = row.certification.listing if row.certification else None
    return [part, row.order.number, row.order.product.model, row.order.stage,
            row.order.edition.slug if row.order.edition else None, listing.listing_number if listing else None,
            *row.counts.values(), " ".join(row.extra)]


def _written(lines: Iterable[Line]) -> Iterator[str]:
    """CSV with the mark by which spreadsheets know UTF-8; no text begins a formula."""
    yield "\ufeff"
    for line in lines:
        out = io.StringIO()
        csv.writer(out).writerow([plain_cell(cell) for cell in line])
        yield out.getvalue()
