"""A finding as the vendor sees it, and the answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.people.models import User
from products.files.models import StoredFile
from products.files.services import store_file
from products.orders.selectors import versions_of
from products.portal.forms import AnswerForm, ReasonForm
from products.portal.views.access import member_page
from products.rework.models import Rework
from products.rework.selectors import (
    days_allowed,
    evidence_sent,
    is_overdue,
    reworks_visible_to,
    rounds_of,
    seconds_with,
)
from products.rework.services import abandon_rework, answer_finding, write_message
from products.rework.states import RUNNING, ReworkState
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


def _find(user: User, number: str) -> Rework:
    return get_object_or_404(reworks_visible_to(user), number=number)


@member_page
def show_rework(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The finding with its items, and, while it is the vendor's turn, the form to answer."""
    rework = _find(user, number)
    form = AnswerForm(request.POST, request.FILES) if request.method == "POST" else _fresh_form(rework)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(rework, user, form)
        except DomainError as error:
            show_refusal(form, error)
            return _page(request, rework, form, status=error.status)
        messages.success(request, _("答复已提交，等待实验室确定复测范围。"))
        return redirect("portal-rework", number=number)
    return _page(request, rework, form, status=422 if request.method == "POST" else 200)


def _fresh_form(rework: Rework) -> AnswerForm:
    """The form with the hardware that was received last."""
    newest = versions_of(rework.order).last()
    return AnswerForm(initial={"row_version": rework.row_version,
                               "hardware": newest.hardware.version if newest else ""})


def _answer(rework: Rework, user: User, form: AnswerForm) -> None:
    """Files and answer, together or not at all: bytes whose rows were rolled back are removed."""
    files: list[StoredFile] = []
    names = ("cause", "changes", "hardware", "firmware", "row_version")
    try:
        with transaction.atomic():
            files.extend(_attach(upload, user) for upload in form.cleaned_data["attachments"])
            answer_finding(rework=rework, actor=user, files=files, **{name: form.cleaned_data[name] for name in names})
    except BaseException:
        for file in files:
            file.content.storage.delete(str(file.content.name))
        raise


def _attach(upload: Any, user: User) -> StoredFile:
    """The stored file; a refusal names the file and the field of this form."""
    try:
        return store_file(upload=upload, actor=user, company=user.company)
    except DomainError as error:
        error.message, error.field = f"{upload.name}{_('：')}{error.message}", "attachments"
        raise


@require_POST
@member_page
def write(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Say something to the laboratory."""
    rework = _find(user, number)
    try:
        write_message(rework=rework, actor=user, text=request.POST.get("text", ""))
    except DomainError as error:
        return _page(request, rework, status=error.status, fault=error)
    messages.success(request, _("留言已发出。"))
    return redirect("portal-rework", number=number)


@require_POST
@member_page
def abandon(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Give up the rework, with a reason; the failed items then stand in the report as they are."""
    rework = _find(user, number)
    form = ReasonForm(request.POST, auto_id="abandon_%s")
    if not form.is_valid():
        return _page(request, rework, reason_form=form, status=422)
    try:
        abandon_rework(rework=rework, actor=user, reason=form.cleaned_data["reason"])
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, rework, reason_form=form, status=error.status)
    messages.success(request, _("整改已终止。"))
    return redirect("portal-rework", number=number)


def _page(
    request: HttpRequest, rework: Rework, form: AnswerForm | None = None, reason_form: ReasonForm | None = None,
    *, status: int = 200, fault: DomainError | None = None,
) -> HttpResponseBase:
    context: dict[str, Any] = {
        "rework": rework,
        "order": rework.order,
        "rounds": rounds_of(rework),
        "days": {side: seconds / 86_400 for side, seconds in seconds_with(rework).items()},
        "messages_said": rework.messages.all(), "evidence": evidence_sent(rework), "fault": fault,
        "typed": request.POST if fault else {}, "days_allowed": days_allowed(rework), "is_overdue": is_overdue(rework),
        "can_answer": rework.state == ReworkState.WITH_VENDOR,
        "is_running": rework.state in RUNNING,
        "form": form or _fresh_form(rework),
        "reason_form": reason_form or ReasonForm(auto_id="abandon_%s"),
    }
    return render(request, "products/portal/rework.html", context, status=status)
