"""The report in the laboratory: compile, look at, check, authorise, watch, download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from members.people.models import User
from products.files.selectors import files_visible_to
from products.lab.forms import (
    Act,
    AmendForm,
    AuthoriseForm,
    ConfirmForm,
    ReasonForm,
    SignedForm,
    WithdrawForm,
    require_named,
)
from products.lab.views.access import find_order, lab_page, saved_meanwhile
from products.orders.models import Order
from products.reports.models import Report
from products.reports.permissions import (
    can_compile_report,
    can_preview_report,
    is_to_be_compiled,
    verbs_open_to,
)
from products.reports.selectors import (
    archive_of,
    checklist,
    correctable_facts,
    invalidated_in,
    progress_of,
    reports_visible_to,
    shown_code,
)
from products.reports.services import (
    amend_report,
    authorise_report,
    check_report,
    compile_report,
    consent_to_withdrawal,
    preview_of,
    refuse_withdrawal,
    request_withdrawal,
    retry_rendering,
    return_report,
)
from products.reports.states import ReportState
from wapicert.downloads import file_response
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


@dataclass(frozen=True)
class Verb:
    """An act on a report: its words, its form and what it calls."""

    label: Any
    form: type[forms.Form]
    service: Callable[..., Any]
    icon: str = ""
    tone: str = ""
    is_folded: bool = True


VERBS = {
    "check": Verb(gettext_lazy("审核通过"), ConfirmForm, check_report, "clipboard-check", "primary", is_folded=False),
    "authorise": Verb(gettext_lazy("批准并签发"), AuthoriseForm, authorise_report, "stamp", "primary", is_folded=False),
    "retry": Verb(gettext_lazy("重新生成"), forms.Form, retry_rendering, "refresh-cw", is_folded=False),
    "return": Verb(pgettext_lazy("办理", "退回"), ReasonForm, return_report),
    "amend": Verb(gettext_lazy("更正报告"), AmendForm, amend_report),
    "withdraw": Verb(gettext_lazy("申请撤回报告"), WithdrawForm, request_withdrawal, tone="danger"),
    "consent": Verb(gettext_lazy("同意撤回"), AuthoriseForm, consent_to_withdrawal, tone="danger", is_folded=False),
    "refuse": Verb(gettext_lazy("不同意撤回"), ReasonForm, refuse_withdrawal),
}
Filled = tuple[Any, str, forms.Form]  # The report, the verb and its form as it came back refused.


@lab_page
def show_reports(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The order's reports with checklist and acts; a POST compiles the draft."""
    order = find_order(user, number)
    if request.method != "POST":
        return _page(request, user, order)
    try:
        compile_report(order=order, actor=user)
    except DomainError as error:
        return _page(request, user, order, error)
    messages.success(request, _("报告草稿已编制。"))
    return redirect("lab-report", number=number)


@require_POST
@lab_page
def act_on_report(request: HttpRequest, user: User, number: str, pk: Any, verb: str) -> HttpResponseBase:
    """Check, return, authorise, amend, withdraw, render again."""
    order = find_order(user, number)
    report = get_object_or_404(reports_visible_to(user), pk=pk, order=order)
    if verb not in VERBS:
        raise Http404
    form = _form(verb, report, request, request.POST)
    try:
        if not form.is_valid():
            return _page(request, user, order, filled=(report.pk, verb, form))
        require_named(form)
        VERBS[verb].service(report=report, actor=user, **form.cleaned_data)
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, user, order, error, (report.pk, verb, form))
    messages.success(request, _("已记录。"))
    return redirect("lab-report", number=number)


@require_GET
@lab_page
def show_progress(request: HttpRequest, user: User, number: str, pk: Any) -> HttpResponseBase:
    """How far the worker is, as a fragment that asks again while it works."""
    report = get_object_or_404(reports_visible_to(user), pk=pk, order=find_order(user, number))
    context = {"report": report, "order": report.order, "progress": progress_of(report)}
    response = render(request, "products/lab/report_progress.html", context)
    if report.state == ReportState.ISSUED and request.headers.get("HX-Request"):
        response.headers["HX-Refresh"] = "true"
    return response


@require_GET
@lab_page
def download(request: HttpRequest, user: User, number: str, pk: Any) -> HttpResponseBase:
    """The bytes that were issued, or a watermarked rendering of the draft, made now and not kept."""
    report = get_object_or_404(reports_visible_to(user), pk=pk, order=find_order(user, number))
    if report.file is not None:
        file = report.file
        return file_response(file.content, name=f"{report.number}.pdf", media_type=file.media_type,
                             sha256=file.sha256, sm3=file.sm3, as_attachment=False)
    if not can_preview_report(user, report):
        raise Http404
    return HttpResponse(preview_of(report), content_type="application/pdf",
                        headers={"Content-Disposition": 'inline; filename="draft.pdf"', "Cache-Control": "no-store"})


@require_GET
@lab_page
def download_archive(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Everything that proves the order's reports, with a program that checks it."""
    order = find_order(user, number)
    return HttpResponse(archive_of(order, is_for_staff=True), content_type="application/zip",
                        headers={"Content-Disposition": f'attachment; filename="{order.number}.zip"',
                                 "Cache-Control": "private, no-store"})


@require_GET
@lab_page
def download_file(request: HttpRequest, user: User, pk: Any) -> HttpResponseBase:
    """A stored file: evidence, or what a vendor attached."""
    file = get_object_or_404(files_visible_to(user), pk=pk)
    return file_response(file.content, name=file.name, media_type=file.media_type, sha256=file.sha256, sm3=file.sm3)


@require_GET
@lab_page
def show_thumbnail(request: HttpRequest, user: User, pk: Any) -> HttpResponseBase:
    """The small picture of a photograph; 404 until there is one."""
    file = get_object_or_404(files_visible_to(user).select_related("summary"), pk=pk, summary__thumbnail__gt="",
                             removed_at=None)
    with file.summary.thumbnail.open("rb") as content:
        return HttpResponse(content.read(), content_type="image/jpeg",
                            headers={"Cache-Control": "private, max-age=3600"})


def _page(
    request: HttpRequest, user: User, order: Order, refusal: DomainError | None = None, filled: Filled | None = None
) -> HttpResponseBase:
    rows = reports_visible_to(user).filter(order=order).select_related("replaced_by", "withdrawal_requested_by",
                                                                       "withdrawn_by")
    reports = [_report(request, user, report, filled) for report in rows]
    may_compile = can_compile_report(user, order) and is_to_be_compiled(order)
    context = {"order": order, "tab": "report", "reports": reports, "may_compile": may_compile,
               # What a form cannot show beside its fields: a refused compiling, and the list of missing elements.
               "refusal": refusal if refusal and (filled is None or refusal.rows) else None,
               "saved": saved_meanwhile(order, "report", refusal)}
    status = refusal.status if refusal else 422 if filled else 200
    return render(request, "products/lab/report.html", context, status=status)


def _report(request: HttpRequest, user: User, report: Report, filled: Filled | None) -> dict[str, Any]:
    up_to = {ReportState.DRAFT: "", ReportState.CHECKED: "check"}.get(ReportState(report.state), "authorise")
    return {"report": report, "acts": _acts(request, user, report, filled),
            "ticks": checklist(report.snapshot, up_to=up_to), "progress": progress_of(report),
            "code": shown_code(report.verification_code), "changes": report.snapshot["report"].get("changes", []),
            "invalidated": invalidated_in(report)}


def _form(verb: str, report: Report, request: HttpRequest, data: Any = None) -> forms.Form:
    """The form of a verb, fresh or as it was sent; that of an amendment knows what the report says now."""
    facts: dict[str, Any] = {"facts": correctable_facts(report.snapshot)} if verb == "amend" else {}
    if issubclass(VERBS[verb].form, SignedForm):
        facts["request"] = request
    return VERBS[verb].form(data, initial={"row_version": report.row_version}, auto_id=f"{verb}_%s", **facts)


def _acts(request: HttpRequest, user: User, report: Report, filled: Filled | None) -> list[Act]:
    """What may be done now; a form that came back refused stays, though its time may have passed."""
    refused = {filled[1]: filled[2]} if filled and filled[0] == report.pk else {}
    names = {"retry_rendering": "retry"}
    shown = {names.get(verb, verb) for verb in verbs_open_to(user, report)} | refused.keys()
    return [
        Act(verb.label, reverse("lab-report-act", args=[report.order.number, report.pk, name]),
            refused.get(name) or _form(name, report, request),
            verb.icon, verb.tone, verb.is_folded)
        for name, verb in VERBS.items() if name in shown
    ]
