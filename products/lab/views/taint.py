"""The taint query: a doubtful tool, person or period, every result, report and listing it touched, and what to do."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.people.models import User
from products.certification.models import Certification
from products.equipment.selectors import tools_visible_to
from products.lab.forms import DoubtForm
from products.lab.views.access import lab_page
from products.orders.permissions import can_hold_order
from products.orders.services import hold_order
from products.orders.states import OPEN
from products.reports.models import Report
from products.results.models import Attempt
from products.results.permissions import can_announce_doubt
from products.results.selectors import Doubt, Touched, attempts_in_doubt, orders_touched
from products.results.services import announce_doubt
from products.results.states import AttemptState
from products.rework.services import request_result_invalidations
from products.suites.rendering import name_of
from wapicert.charts import plain_cell
from wapicert.errors import DomainError

# A page shows so many records; the table as CSV has them all.
SHOWN = 500
HEAD = ["order", "model", "stage", "item", "test", "verdict", "state", "effective", "hardware", "firmware", "tool",
        "performed_at", "recorded_at", "recorded_by", "reports", "listing"]


@lab_page
def show_taint(request: HttpRequest, user: User) -> HttpResponseBase:
    """What the doubt touches; a POST holds the chosen orders, tells of them, or asks to throw the records out."""
    form = DoubtForm(request.GET or None, tools=tools_visible_to(user))
    doubt = Doubt(**form.cleaned_data) if form.is_valid() else Doubt()
    attempts = list(attempts_in_doubt(doubt, user))
    touched = orders_touched(attempts)
    if request.method == "POST":
        return _act(request, user, form, touched)
    if request.GET.get("format") == "csv":
        return _table(touched)
    return _page(request, user, form, touched)


def _hold(touched: list[Touched], reason: str, user: User, address: str, words: str) -> None:
    for one in touched:
        hold_order(order=one.order, actor=user, reason=reason)


def _announce(touched: list[Touched], reason: str, user: User, address: str, words: str) -> None:
    announce_doubt(orders=[one.order for one in touched], criteria=words, reason=reason, address=address, actor=user)


def _request(touched: list[Touched], reason: str, user: User, address: str, words: str) -> None:
    rows = [row for one in touched for row in one.attempts if row.state == AttemptState.VERIFIED]
    request_result_invalidations(attempts=rows, reason=reason, actor=user)


ACTS: dict[str, Callable[[list[Touched], str, User, str, str], None]] = {
    "hold": _hold, "announce": _announce, "request": _request,
}


def _act(request: HttpRequest, user: User, form: DoubtForm, touched: list[Touched]) -> HttpResponseBase:
    """One act on the chosen orders, all of them or none."""
    chosen = set(request.POST.getlist("order"))
    rows = [one for one in touched if one.order.number in chosen]
    address = f"{reverse('lab-taint')}?{urlencode({key: value for key, value in request.GET.items() if value})}"
    verb = request.POST.get("act", "")
    try:
        with transaction.atomic():
            ACTS.get(verb, _announce)(rows, request.POST.get("reason", ""), user, address, form.in_words())
    except DomainError as error:
        return _page(request, user, form, touched, error)
    messages.success(request, _("已记录。"))
    return redirect(address)


def _page(
    request: HttpRequest, user: User, form: DoubtForm, touched: list[Touched], refusal: DomainError | None = None
) -> HttpResponseBase:
    reports, certifications = _above(touched)
    kept, left = [], SHOWN
    for one in touched:
        kept.append({"touched": one, "order": one.order, "attempts": one.attempts[:max(left, 0)],
                     "count": len(one.attempts), "effective": len(one.effective), "is_open": one.order.stage in OPEN,
                     "reports": reports[one.order.pk], "certification": certifications.get(one.order.pk)})
        left -= len(one.attempts)
    context = {
        "form": form, "rows": kept, "asked": form.is_bound and form.is_valid(), "refusal": refusal,
        "typed": request.POST if refusal else {}, "chosen": request.POST.getlist("order") if refusal else None,
        "total": sum(len(one.attempts) for one in touched), "query": request.GET.urlencode(),
        "report_count": sum(len(rows) for rows in reports.values()),
        "listing_count": sum(row.listing is not None for row in certifications.values()),
        "may_hold": bool(touched) and can_hold_order(user, touched[0].order),
        "may_announce": can_announce_doubt(user),
    }
    return render(request, "products/lab/taint.html", context, status=refusal.status if refusal else 200)


def _above(touched: Iterable[Touched]) -> tuple[dict[int, list[Report]], dict[int, Certification]]:
    """Reports whose snapshot rests on a record in doubt, and the certifications of the orders; two queries."""
    rows = {one.order.pk: {row.pk for row in one.attempts} for one in touched}
    reports: defaultdict[int, list[Report]] = defaultdict(list)
    for report in Report.objects.filter(order__in=rows).order_by("compiled_at"):
        used = {line.get("attempt") for line in report.snapshot.get("results", [])}
        if used & rows[report.order_id]:
            reports[report.order_id].append(report)
    certifications = Certification.objects.filter(order__in=rows).select_related("listing")
    return reports, {row.order_id: row for row in certifications}


def _table(touched: list[Touched]) -> HttpResponse:
    """All records as CSV for a spreadsheet, in which no text begins a formula."""
    reports, certifications = _above(touched)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8",
                          headers={"Content-Disposition": 'attachment; filename="taint.csv"'})
    writer = csv.writer(answer)
    writer.writerow(HEAD)
    for one in touched:
        order, counting = one.order, set(one.effective)
        certification = certifications.get(order.pk)
        listing = certification.listing.listing_number if certification and certification.listing else ""
        above = [" ".join(report.number or str(report.pk) for report in reports[order.pk]), listing]
        for row in one.attempts:
            writer.writerow([plain_cell(cell) for cell in [*_line(row, counting), *above]])
    return answer


def _line(row: Attempt, effective: set[int]) -> list[Any]:
    order, item = row.plan_item.order, row.plan_item
    times = [timezone.localtime(one).strftime("%Y-%m-%d %H:%M") for one in (row.performed_at, row.recorded_at)]
    return [order.number, order.product.model, order.stage, f"{item.code} {name_of(item.item_version)}",
            f"{row.ordinal}.{row.revision}", row.verdict, row.state, "1" if row.pk in effective else "",
            row.version.hardware.version, row.version.firmware.version, row.tool.number, *times,
            row.recorded_by.staff_number]
