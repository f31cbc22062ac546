"""One order as its applicant sees it, and the small acts on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from members.people.models import User
from products.certification.models import Certification
from products.files.selectors import files_visible_to
from products.orders.models import Order
from products.orders.permissions import verbs_open_to
from products.orders.selectors import history_of, orders_visible_to, preview_of, proposed_rebase, reason_for, rebases_of
from products.orders.services import cancel_order, refuse_rebase
from products.portal.forms import ReasonForm
from products.portal.views.access import member_page
from products.reports.selectors import archive_of, reports_visible_to
from products.results.models import Exclusion
from products.results.selectors import counts_of, slots_of
from products.results.states import ExclusionKind, ExclusionState, SlotState
from products.rework.services import accept_item_exclusion, rebase_order
from wapicert.downloads import file_response
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


@require_GET
@member_page
def show_order(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Facts, progress, plan with verified verdicts, samples, rework, reports and history without names."""
    order = get_object_or_404(orders_visible_to(user), number=number)
    return render(request, "products/portal/order.html", _context(user, order))


@member_page
def cancel(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Withdraw an application before acceptance, with a reason."""
    order = get_object_or_404(orders_visible_to(user), number=number)
    form = ReasonForm(request.POST or None, initial={"row_version": order.row_version})
    if request.method == "POST" and form.is_valid():
        try:
            cancel_order(order=order, actor=user, reason=form.cleaned_data["reason"],
                         row_version=form.cleaned_data["row_version"])
        except DomainError as error:
            show_refusal(form, error)
            return render(request, "products/portal/cancel.html", {"order": order, "form": form}, status=error.status)
        messages.success(request, _("委托已取消，全部记录保留。"))
        return redirect("portal-order", number=number)
    return render(request, "products/portal/cancel.html", {"order": order, "form": form},
                  status=422 if form.errors else 200)


@require_POST
@member_page
def accept_waiver(request: HttpRequest, user: User, number: str, pk: int) -> HttpResponseBase:
    """Accept that an item is waived."""
    order = get_object_or_404(orders_visible_to(user), number=number)
    waiver = get_object_or_404(Exclusion, pk=pk, plan_item__order=order, kind=ExclusionKind.WAIVER)
    try:
        accept_item_exclusion(exclusion=waiver, actor=user)
    except DomainError as error:
        messages.error(request, f"{error.message} {error.remedy}")
    else:
        messages.success(request, _("已接受豁免。"))
    return redirect("portal-order", number=number)


@require_POST
@member_page
def answer_rebase(request: HttpRequest, user: User, number: str, pk: int, verb: str) -> HttpResponseBase:
    """Consent to another edition, or stay with the pinned one and say why."""
    order = get_object_or_404(orders_visible_to(user), number=number)
    rebase = get_object_or_404(rebases_of(order), pk=pk)
    try:
        if verb == "consent":
            rebase_order(rebase=rebase, actor=user)
        elif verb == "refuse":
            refuse_rebase(rebase=rebase, reason=request.POST.get("reason", ""), actor=user)
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, f"{error.message} {error.remedy}")
    else:
        messages.success(request, _("已答复。"))
    return redirect("portal-order", number=number)


@require_GET
@member_page
def download_file(request: HttpRequest, user: User, pk: Any) -> HttpResponseBase:
    """A file of the own company."""
    file = get_object_or_404(files_visible_to(user), pk=pk)
    return file_response(file.content, name=file.name, media_type=file.media_type, sha256=file.sha256, sm3=file.sm3)


@require_GET
@member_page
def download_report(request: HttpRequest, user: User, pk: Any) -> HttpResponseBase:
    """The bytes of an issued report, as they were stored."""
    report = get_object_or_404(reports_visible_to(user).filter(file__isnull=False).select_related("file"), pk=pk)
    file = report.file
    assert file is not None
    return file_response(file.content, name=f"{report.number}.pdf", media_type=file.media_type, sha256=file.sha256,
                         sm3=file.sm3)


@require_GET
@member_page
def download_archive(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The order's reports with snapshots, digests and a program that checks them; without the laboratory's history."""
    order = get_object_or_404(orders_visible_to(user), number=number)
    return HttpResponse(archive_of(order, is_for_staff=False), content_type="application/zip",
                        headers={"Content-Disposition": f'attachment; filename="{order.number}.zip"',
                                 "Cache-Control": "private, no-store"})


def _context(user: User, order: Order) -> dict[str, Any]:
    is_planned = order.frozen_declaration is not None
    rows = [_row(slot) for slot in slots_of(order, counting_only=True)] if is_planned else []
    return {
        "order": order,
        "rebase": proposed_rebase(order),
        "verbs": verbs_open_to(user, order),
        "rows": rows,
        "groups": _by_category(rows),
        "counts": counts_of(order) if is_planned else None,
        "preview": None if is_planned else _preview(order),
        "samples": order.samples.select_related("version__hardware", "version__firmware"),
        "reworks": order.reworks.all(),
        "waivers": Exclusion.objects.filter(
            plan_item__order=order, kind=ExclusionKind.WAIVER, state=ExclusionState.PROPOSED, vendor__isnull=True
        ).select_related("plan_item__item_version"),
        "reports": reports_visible_to(user).filter(order=order, file__isnull=False).select_related(
            "file", "replaces", "replaced_by"),
        "certification": Certification.objects.filter(order=order, listing__isnull=False).select_related(
            "listing").first(),
        "entries": [{"entry": entry, "reason": reason_for(entry, user)} for entry in history_of(order, user)],
    }


def _row(slot_row: Any) -> dict[str, Any]:
    """What the applicant may see of an item: verified verdicts and values; what awaits verification has neither."""
    slot = slot_row.slot
    is_open = slot is None or slot.state in (SlotState.TODO, SlotState.RECORDED)
    effective = None if is_open or slot.effective_id is None else next(
        (attempt for attempt in slot_row.attempts if attempt.pk == slot.effective_id), None)
    exclusion = next((row for row in slot_row.exclusions if row.state == ExclusionState.APPROVED), None)
    return {"item": slot_row.item, "slot": slot, "effective": effective, "exclusion": exclusion,
            "plan_item": slot_row.plan_item}


def _by_category(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        category = row["item"].category
        groups.setdefault(category.code, {"category": category, "rows": []})["rows"].append(row)
    return list(groups.values())


def _preview(order: Order) -> list[Any] | None:
    try:
        return [row for row in preview_of(order) if row.inclusion == "in"]
    except DomainError:
        return None
