"""Results from spreadsheets and rigs' files: bring one, see what is wrong with it cell by cell, save it whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members.people.models import User
from products.lab.views.access import find_order, lab_page
from products.lab.views.bench.grid import common_fields
from products.lab.views.bench.typed import moment_typed
from products.orders.models import Order
from products.orders.selectors import versions_of
from products.results.models import ImportJob
from products.results.rendering import csv_of, table_of
from products.results.selectors import grid_of
from products.results.services import discard_import, save_import, start_import
from products.results.states import ImportState, Verdict
from wapicert.errors import DomainError
from wapicert.sheets import XLSX, Omission, counted, told, xlsx_of

WORKING = frozenset({ImportState.QUEUED, ImportState.SAVING})
# Rows that the preview shows; the faults are shown all that were kept.
SHOWN = 20
WRITERS = {"csv": (csv_of, "text/csv; charset=utf-8"),
           "xlsx": (lambda table: xlsx_of({"结果": table}), XLSX)}


@lab_page
def bring_results(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The form for a file or a pasted block; a POST has it checked and leads to what was found."""
    order = find_order(user, number)
    if request.method != "POST":
        return _form(request, order)
    typed = request.POST
    pasted = typed.get("pasted", "")
    upload = request.FILES.get("file") or (ContentFile(pasted.encode(), name="pasted.tsv") if pasted.strip() else None)
    version = versions_of(order).filter(pk=typed["version"]).first() if typed.get("version", "").isdecimal() else None
    moment = moment_typed(typed.get("performed_at", ""))
    common = {"hardware": version.hardware.version if version else "",
              "firmware": version.firmware.version if version else "", "tool": typed.get("tool", ""),
              "performed_at": moment.isoformat() if moment else ""}
    try:
        job = start_import(upload=upload, actor=user, order=order, common=common)
    except DomainError as error:
        return _form(request, order, error)
    return redirect("lab-import", pk=job.pk)


@lab_page
def show_import(request: HttpRequest, user: User, pk: str) -> HttpResponseBase:
    """How far the file is, its faults by row and cell, or its rows ready to be saved."""
    job = _job(pk)
    name = "import_progress" if request.headers.get("HX-Request") else "import"
    context = {
        **_account(job), "job": job, "is_working": job.state in WORKING, "may_save": job.actor_id == user.pk,
        "rows": job.rows.select_related("plan_item__order", "version__firmware", "version__hardware", "tool")[:SHOWN]
        if job.state == ImportState.CHECKED else [],
    }
    return render(request, f"products/lab/{name}.html", context)


@require_POST
@lab_page
def act_on_import(request: HttpRequest, user: User, pk: str, verb: str) -> HttpResponseBase:
    """Save what was checked, or give it up."""
    job = _job(pk)
    if verb not in ("save", "discard"):
        raise Http404
    try:
        job = save_import(job=job, actor=user) if verb == "save" else discard_import(job=job, actor=user)
    except DomainError as error:
        messages.error(request, str(error))
        context = {**_account(job), "job": job, "may_save": False}
        return render(request, "products/lab/import.html", context, status=error.status)
    if job.state == ImportState.SAVED:
        messages.success(request, ngettext("已保存 %(count)d 条结果，等待校核。", "已保存 %(count)d 条结果，等待校核。",
                                           job.saved) % {"count": job.saved})
    return redirect("lab-import", pk=job.pk)


@lab_page
def export_bench(request: HttpRequest, user: User, number: str, kind: str) -> HttpResponseBase:
    """The bench's table as CSV or XLSX, in the columns that an import takes."""
    order = find_order(user, number)
    if kind not in WRITERS:
        raise Http404
    write, media_type = WRITERS[kind]
    name = content_disposition_header(True, f"{order.number}.{kind}")
    return HttpResponse(write(table_of(grid_of(order))), content_type=media_type,
                        headers={"Content-Disposition": str(name), "Cache-Control": "private, no-store"})


def _job(pk: str) -> ImportJob:
    """Everybody of the laboratory may see what was brought; saving is for who brought it."""
    return get_object_or_404(ImportJob.objects.select_related("order__device", "actor", "file"), pk=pk)


def _account(job: ImportJob) -> dict[str, Any]:
    """What became of everything in the file: rows by their verdict, tests that did not run, and what was left out."""
    tally = [(verdict.label, job.tally.get(str(verdict), 0)) for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.INC)]
    recorded = job.tally.get(str(Verdict.REC), 0)
    tally += [(Verdict.REC.label, recorded)] if recorded else []
    return {"tally": [*tally, (_("未执行"), counted(job.left_out, Omission.NOT_RUN))],
            "left_out": [told(entry) for entry in job.left_out]}


def _form(request: HttpRequest, order: Order, refusal: DomainError | None = None) -> HttpResponseBase:
    context = {"order": order, "tab": "bench", "refusal": refusal, "typed": request.POST,
               "jobs": order.imports.select_related("actor", "file")[:10], **common_fields(order, request.POST)}
    return render(request, "products/lab/import_form.html", context, status=refusal.status if refusal else 200)
