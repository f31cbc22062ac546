"""One record with the chain it stands in, and what may be done with it: return, correct, throw out by two persons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from members.people.models import User
from products.lab.views.access import find_order, lab_page
from products.orders.models import Order
from products.results.models import Attempt, Evidence
from products.results.permissions import (
    can_correct_attempt,
    can_invalidate_attempt,
    can_request_invalidation,
    can_verify_attempt,
)
from products.results.selectors import chain_of
from products.results.states import AttemptState, CorrectionReason
from products.rework.services import (
    correct_result,
    invalidate_result,
    refuse_result_invalidation,
    request_result_invalidation,
    return_result,
)
from wapicert.errors import DomainError

CORRECTABLE = (AttemptState.SUBMITTED, AttemptState.RETURNED, AttemptState.VERIFIED)


@require_GET
@lab_page
def show_record(request: HttpRequest, user: User, number: str, pk: int) -> HttpResponseBase:
    """A record beside all others of its item, with everything that happened to each."""
    order = find_order(user, number)
    return _page(request, user, order, _find(order, pk))


def _find(order: Order, pk: int) -> Attempt:
    rows = Attempt.objects.select_related("plan_item__item_version", "plan_item__order", "tool", "version__hardware",
                                          "version__firmware", "recorded_by", "rig").prefetch_related("acts")
    return get_object_or_404(rows, pk=pk, plan_item__order=order)


def _return(attempt: Attempt, typed: Any, user: User) -> None:
    return_result(attempt=attempt, comment=typed.get("reason", ""), actor=user)


def _request_invalidation(attempt: Attempt, typed: Any, user: User) -> None:
    request_result_invalidation(attempt=attempt, reason=typed.get("reason", ""), actor=user)


def _refuse_invalidation(attempt: Attempt, typed: Any, user: User) -> None:
    refuse_result_invalidation(attempt=attempt, reason=typed.get("reason", ""), actor=user)


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
    "return": _return, "correct": _correct, "request-invalidation": _request_invalidation,
    "refuse-invalidation": _refuse_invalidation, "invalidate": _invalidate,
}


@require_POST
@lab_page
def act_on_attempt(request: HttpRequest, user: User, number: str, pk: int, verb: str) -> HttpResponseBase:
    """Return, correct, ask to invalidate, refuse that, invalidate."""
    order = find_order(user, number)
    attempt = _find(order, pk)
    if verb not in ACTS:
        raise Http404
    try:
        ACTS[verb](attempt, request.POST, user)
    except DomainError as error:
        return _page(request, user, order, _find(order, pk), refusal=error, verb=verb)
    messages.success(request, _("已记录。"))
    return redirect("lab-record", number=number, pk=pk)


def _page(
    request: HttpRequest, user: User, order: Order, attempt: Attempt, *, refusal: DomainError | None = None,
    verb: str = "",
) -> HttpResponseBase:
    """The page; `verb` names the form that was refused, which stays open with what was typed."""
    typed, item = request.POST if refusal else {}, attempt.plan_item.item_version
    context = {
        "order": order, "tab": "verify", "attempt": attempt, "item": item, "chain": chain_of(attempt.plan_item),
        "refusal": refusal, "verb": verb, "typed": typed, "correction_reasons": CorrectionReason.choices,
        "values": [_value(attempt, row, typed) for row in item.measurements.all()],
        "evidence": Evidence.objects.filter(plan_item=attempt.plan_item).select_related(
            "file__summary", "attempt", "added_by"),
        "may": _rights(user, attempt) | ({verb} if verb else set()),
    }
    return render(request, "products/lab/record.html", context, status=refusal.status if refusal else 200)


def _value(attempt: Attempt, measurement: Any, typed: Mapping[str, str]) -> dict[str, Any]:
    kept = attempt.values.get(measurement.key, {"value": "", "unit": measurement.unit})
    return {"measurement": measurement, **kept, "typed": typed.get(f"value.{measurement.key}", kept["value"])}


def _rights(user: User, attempt: Attempt) -> set[str]:
    """The acts that this person may do with the record as it stands."""
    state = attempt.state
    is_asked = state == AttemptState.INVALIDATION_REQUESTED and can_invalidate_attempt(user, attempt)
    offered = {
        "return": state == AttemptState.SUBMITTED and can_verify_attempt(user, attempt),
        "correct": state in CORRECTABLE and can_correct_attempt(user, attempt),
        "request-invalidation": state == AttemptState.VERIFIED and can_request_invalidation(user, attempt),
        "refuse-invalidation": is_asked, "invalidate": is_asked,
    }
    return {verb for verb, is_open in offered.items() if is_open}
