"""Verifying (校核): what waits for another person's eyes, and what may be done with a record afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members.people.models import User
from products.lab.views.access import find_order, lab_page
from products.orders.models import Order
from products.results.models import Attempt, Exclusion
from products.results.permissions import (
    can_approve_exclusion,
    can_correct_attempt,
    can_invalidate_attempt,
    can_refuse_exclusion,
    can_request_invalidation,
    can_verify_attempt,
    can_verify_results,
)
from products.results.selectors import SlotRow, slots_of
from products.results.states import AttemptState, CorrectionReason, ExclusionState
from products.rework.services import (
    approve_item_exclusion,
    correct_result,
    invalidate_result,
    refuse_item_exclusion,
    request_result_invalidation,
    return_result,
    verify_results,
)
from wapicert.errors import DomainError


@lab_page
def show_verification(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Records that wait, exclusions that wait, and all records; a POST verifies the checked ones together."""
    order = find_order(user, number)
    if request.method != "POST":
        return _page(request, user, order)
    chosen = [int(key) for key in request.POST.getlist("attempt") if key.isdecimal()]
    attempts = list(Attempt.objects.filter(pk__in=chosen, plan_item__order=order))
    try:
        verify_results(order=order, attempts=attempts, actor=user)
    except DomainError as error:
        return _page(request, user, order, error)
    messages.success(request, ngettext("已校核 %(count)d 条。", "已校核 %(count)d 条。", len(attempts))
                     % {"count": len(attempts)})
    return redirect("lab-verify", number=number)


def _return(attempt: Attempt, typed: Any, user: User) -> None:
    return_result(attempt=attempt, comment=typed.get("reason", ""), actor=user)


def _request_invalidation(attempt: Attempt, typed: Any, user: User) -> None:
    request_result_invalidation(attempt=attempt, reason=typed.get("reason", ""), actor=user)


def _invalidate(attempt: Attempt, typed: Any, user: User) -> None:
    invalidate_result(attempt=attempt, reason=typed.get("reason", ""), actor=user)


def _correct(attempt: Attempt, typed: Any, user: User) -> None:
    """The record as it should have been: verdict, values, remark; the rest stays as it was."""
    row: dict[str, Any] = {"remark": typed.get("remark", attempt.remark)}
    if typed.get("verdict"):
        row["verdict"] = typed["verdict"]
    row["values"] = {
        measurement.key: {"value": typed[f"value.{measurement.key}"].strip(), "unit": measurement.unit}
        for measurement in attempt.plan_item.item_version.measurements.all()
        if typed.get(f"value.{measurement.key}", "").strip()
    }
    correct_result(attempt=attempt, row=row, reason=typed.get("class", ""), text=typed.get("reason", ""), actor=user)


ACTS: dict[str, Callable[[Attempt, Any, User], None]] = {
    "return": _return, "correct": _correct, "request-invalidation": _request_invalidation, "invalidate": _invalidate,
}


@require_POST
@lab_page
def act_on_attempt(request: HttpRequest, user: User, number: str, pk: int, verb: str) -> HttpResponseBase:
    """Return, correct, ask to invalidate, invalidate."""
    order = find_order(user, number)
    attempt = get_object_or_404(Attempt, pk=pk, plan_item__order=order)
    if verb not in ACTS:
        raise Http404
    try:
        ACTS[verb](attempt, request.POST, user)
    except DomainError as error:
        return _page(request, user, order, error, at=f"{verb}-{attempt.pk}")
    messages.success(request, _("已记录。"))
    return redirect("lab-verify", number=number)


@require_POST
@lab_page
def act_on_exclusion(request: HttpRequest, user: User, number: str, pk: int, verb: str) -> HttpResponseBase:
    """Approve an exclusion, or refuse it with a reason."""
    order = find_order(user, number)
    exclusion = get_object_or_404(Exclusion, pk=pk, plan_item__order=order)
    try:
        if verb == "approve":
            approve_item_exclusion(exclusion=exclusion, actor=user)
        elif verb == "refuse":
            refuse_item_exclusion(exclusion=exclusion, reason=request.POST.get("reason", ""), actor=user)
        else:
            raise Http404
    except DomainError as error:
        return _page(request, user, order, error, at=f"{verb}-exclusion-{pk}")
    messages.success(request, _("已记录。"))
    return redirect("lab-verify", number=number)


def _page(
    request: HttpRequest, user: User, order: Order, refusal: DomainError | None = None, at: str = ""
) -> HttpResponseBase:
    """The page; `at` names the row whose act was refused, where the refusal stands and what was typed is kept."""
    slots, typed = slots_of(order), request.POST if at else {}
    rows = [_row(user, slot, attempt, typed if at.endswith(f"-{attempt.pk}") and "exclusion" not in at else {})
            for slot in slots for attempt in slot.attempts]
    exclusions = [
        {"exclusion": exclusion, "key": str(exclusion.pk), "item": slot.item, "code": slot.plan_item.code,
         "may_approve": can_approve_exclusion(user, exclusion), "may_refuse": can_refuse_exclusion(user, exclusion)}
        for slot in slots for exclusion in slot.exclusions if exclusion.state == ExclusionState.PROPOSED
    ]
    context = {
        "order": order, "tab": "verify", "refusal": refusal, "refused_at": at, "typed": typed,
        "checked": set(request.POST.getlist("attempt")) if refusal and not at else None, "exclusions": exclusions,
        "waiting": [row for row in rows if row["attempt"].state == AttemptState.SUBMITTED],
        "others": [row for row in rows if row["attempt"].state != AttemptState.SUBMITTED],
        "may_verify": can_verify_results(user, order), "correction_reasons": CorrectionReason.choices,
    }
    return render(request, "products/lab/verify.html", context, status=refusal.status if refusal else 200)


def _row(user: User, slot: SlotRow, attempt: Attempt, typed: Mapping[str, str]) -> dict[str, Any]:
    state = attempt.state
    correctable = (AttemptState.SUBMITTED, AttemptState.RETURNED, AttemptState.VERIFIED)
    return {
        "attempt": attempt, "item": slot.item, "code": slot.plan_item.code,
        "key": str(attempt.pk),
        "values": [{"measurement": row, **attempt.values.get(row.key, {"value": "", "unit": row.unit}),
                    "typed": typed.get(f"value.{row.key}", attempt.values.get(row.key, {}).get("value", ""))}
                   for row in slot.item.measurements.all()],
        "may_verify": can_verify_attempt(user, attempt),
        "is_own": attempt.recorded_by_id == user.pk,
        "may_correct": state in correctable and can_correct_attempt(user, attempt),
        "may_request": state == AttemptState.VERIFIED and can_request_invalidation(user, attempt),
        "may_invalidate": state == AttemptState.INVALIDATION_REQUESTED and can_invalidate_attempt(user, attempt),
    }
