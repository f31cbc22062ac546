"""Review and decision, and what becomes of a certification afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from members.people.models import User
from products.certification.models import Certification
from products.certification.permissions import can_decide, can_recommend, verbs_open_to
from products.certification.selectors import (
    Basis,
    basis_of,
    certifications_visible_to,
    correction_waiting,
    is_outdated,
)
from products.certification.services import (
    cancel_certification,
    confirm_correction,
    decide,
    lift_suspension,
    recommend,
    restore_certification,
    suspend_certification,
    withdraw_certification,
)
from products.certification.states import CertificationState
from products.lab.forms import Act, BackForm, DecideForm, RecommendForm, StatusForm, require_named
from products.lab.views.access import find_order, lab_page, saved_meanwhile
from products.orders.models import Order
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

# The verbs of a granted certification, in words.
VERBS: dict[str, tuple[Any, Callable[..., Certification]]] = {
    "suspend": (pgettext_lazy("办理", "暂停"), suspend_certification),
    "lift": (pgettext_lazy("办理", "恢复"), lift_suspension),
    "restore": (gettext_lazy("取消替代，恢复有效"), restore_certification),
    "withdraw": (pgettext_lazy("办理", "撤销"), withdraw_certification),
    "cancel": (pgettext_lazy("办理", "注销"), cancel_certification),
    "correct": (gettext_lazy("确认更正并更新名录"), confirm_correction),
}


@require_GET
@lab_page
def show_decision(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Report, recommendation, decision, and the steps after it."""
    return _page(request, user, find_order(user, number))


@require_POST
@lab_page
def recommend_order(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Recommend to grant, or not to."""
    order, form = find_order(user, number), RecommendForm(request.POST, auto_id="recommend_%s")
    if not form.is_valid():
        return _page(request, user, order, {"recommend": form})
    try:
        recommend(order=order, actor=user, recommends_grant=form.cleaned_data["grant"] == "yes",
                  reason=form.cleaned_data["reason"], basis=form.cleaned_data["basis"])
    except DomainError as error:
        error.field = "grant" if error.field == "recommends_grant" else error.field
        return _page(request, user, order, {"recommend": form}, error)
    messages.success(request, _("评定意见已记录。"))
    return redirect("lab-decision", number=number)


@require_POST
@lab_page
def decide_order(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Grant and list, or refuse with the reason."""
    order, form = find_order(user, number), DecideForm(request.POST, auto_id="decide_%s", request=request)
    certification = get_object_or_404(certifications_visible_to(user), order=order)
    if not form.is_valid():
        return _page(request, user, order, {"decide": form})
    typed = {**form.cleaned_data, "grant": form.cleaned_data["grant"] == "yes"}
    try:
        require_named(form)
        decide(certification=certification, actor=user, **typed)
    except DomainError as error:
        return _page(request, user, order, {"decide": form}, error)
    messages.success(request, _("决定已生效。"))
    return redirect("lab-decision", number=number)


@require_POST
@lab_page
def change_certification(request: HttpRequest, user: User, number: str, verb: str) -> HttpResponseBase:
    """Suspend, lift, restore, withdraw or cancel, with the reason that the public reads."""
    if verb not in VERBS:
        raise Http404
    order, form = find_order(user, number), _status_form(verb)(request.POST, auto_id=f"{verb}_%s", request=request)
    certification = get_object_or_404(certifications_visible_to(user), order=order)
    if not form.is_valid():
        return _page(request, user, order, {verb: form})
    try:
        require_named(form)
        VERBS[verb][1](certification=certification, actor=user, **form.cleaned_data)
    except DomainError as error:
        return _page(request, user, order, {verb: form}, error)
    messages.success(request, _("状态已更新，名录同时生效。"))
    return redirect("lab-decision", number=number)


def _page(
    request: HttpRequest, user: User, order: Order, filled: dict[str, Form] | None = None,
    refusal: DomainError | None = None,
) -> HttpResponseBase:
    """The page; a form that came back refused stands in place of a fresh one, with the refusal beside its field."""
    status = 422 if filled else 200
    if refusal is not None:
        status = refusal.status
        for form in (filled or {}).values():
            show_refusal(form, refusal)
    certification = certifications_visible_to(user).filter(order=order).first()
    basis = basis_of(order)
    forms = _open_forms(request, user, order, certification, basis) | (filled or {})
    # A refusal stays in sight while the order waits to be recommended on anew; an outdated recommendation says nothing.
    is_shown = certification is not None and (not is_outdated(certification) or certification.decided_at is not None)
    context = {
        "order": order, "tab": "decision", "basis": basis, "corrections": correction_waiting(certification),
        "report": basis.report or (certification.report if certification else None),
        "certification": certification if is_shown else None, "saved": saved_meanwhile(order, "certification", refusal),
        "recommend": _act(order, "recommend", _("记录意见"), forms, "clipboard-check"),
        "decide": _act(order, "decide", _("作出决定"), forms, "stamp"),
        "changes": [_change(order, verb, forms[verb]) for verb in VERBS if verb in forms],
    }
    return render(request, "products/lab/decision.html", context, status=status)


def _status_form(verb: str) -> type[StatusForm]:
    """What becomes valid again names what that rests on."""
    return BackForm if verb in ("lift", "restore") else StatusForm


def _open_forms(
    request: HttpRequest, user: User, order: Order, certification: Certification | None, basis: Basis
) -> dict[str, Form]:
    """A fresh form for every act that this person may take now; nothing is chosen for them."""
    read: dict[str, Any] = {"basis": basis.fingerprint}
    if certification is None or is_outdated(certification):
        may_recommend = basis.report is not None and can_recommend(user, order)
        return {"recommend": RecommendForm(initial=read, auto_id="recommend_%s")} if may_recommend else {}
    read["row_version"] = certification.row_version
    found: dict[str, Form] = {verb: _status_form(verb)(initial=read, auto_id=f"{verb}_%s", request=request)
                              for verb in verbs_open_to(user, certification) if verb in VERBS}
    if correction_waiting(certification) and can_decide(user, order):
        found["correct"] = StatusForm(initial=read, auto_id="correct_%s", request=request)
    if certification.state == CertificationState.RECOMMENDED and can_decide(user, order):
        found["decide"] = DecideForm(initial=read, auto_id="decide_%s", request=request)
    return found


def _act(order: Order, name: str, label: str, forms: dict[str, Form], icon: str) -> Act | None:
    action = reverse(f"lab-{name}", args=[order.number])
    return Act(label, action, forms[name], icon, "primary", is_folded=False) if name in forms else None


def _change(order: Order, verb: str, form: Form) -> Act:
    action = reverse("lab-certification", args=[order.number, verb])
    is_harmless = verb == "correct" or _status_form(verb) is BackForm
    return Act(VERBS[verb][0], action, form, tone="" if is_harmless else "danger")
