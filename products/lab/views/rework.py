"""Rework in the laboratory: the finding, the vendor's answer, the signed scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from members.people.models import User
from products.lab.forms import Act, ReasonForm
from products.lab.views.access import find_order, lab_page, saved_meanwhile
from products.orders.models import Order
from products.results.models import Evidence
from products.rework.models import Reason, Rework
from products.rework.permissions import (
    can_abandon_rework,
    can_fail_rework,
    can_send_finding,
    can_sign_scope,
    can_write_message,
)
from products.rework.selectors import (
    days_allowed,
    evidence_of,
    evidence_sent,
    is_overdue,
    items_to_decide,
    reworks_of,
    rounds_of,
    seconds_with,
)
from products.rework.services import abandon_rework, draft_finding, fail_rework, send_finding, sign_scope, write_message
from products.rework.states import RUNNING, FindingKind, ReworkState, ScopeChoice
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

DAY = 86_400


@dataclass(frozen=True)
class Refused:
    """An act that was refused, with everything that was typed for it."""

    rework: Rework
    verb: str
    typed: Mapping[str, str]
    error: DomainError


@require_GET
@lab_page
def show_rework(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """All reworks of the order; the running one with what can be done now."""
    return _page(request, user, find_order(user, number))


def _finding(rework: Rework, typed: Mapping[str, str]) -> dict[str, Any]:
    reasons = {name.removeprefix("reason."): value for name, value in typed.items()
               if name.startswith("reason.") and value}
    return {"rework": rework, "finding": typed.get("finding", ""), "finding_kind": typed.get("finding_kind", ""),
            "reasons": reasons, "row_version": _version(typed)}


def _draft(rework: Rework, typed: Mapping[str, str], user: User) -> Any:
    return draft_finding(actor=user, **_finding(rework, typed))


def _send(rework: Rework, typed: Mapping[str, str], user: User) -> Any:
    return send_finding(actor=user, **_finding(rework, typed))


def _scope(rework: Rework, typed: Mapping[str, str], user: User) -> Any:
    """Lines as chosen; an empty reason takes the common one of its choice."""
    lines = []
    for row in items_to_decide(rework.order):
        choice = typed.get(f"choice.{row.plan_item.code}", "")
        reason = typed.get(f"why.{row.plan_item.code}", "").strip() or typed.get(f"common.{choice}", "").strip()
        if not row.is_failed:
            lines.append({"item": row.plan_item.code, "choice": choice, "reason": reason})
    return sign_scope(rework=rework, actor=user, lines=lines, row_version=_version(typed))


def _abandon(rework: Rework, typed: Mapping[str, str], user: User) -> Any:
    return abandon_rework(rework=rework, actor=user, reason=typed.get("reason", ""), row_version=_version(typed))


def _fail(rework: Rework, typed: Mapping[str, str], user: User) -> Any:
    return fail_rework(rework=rework, actor=user, reason=typed.get("reason", ""), row_version=_version(typed))


def _message(rework: Rework, typed: Mapping[str, str], user: User) -> Any:
    return write_message(rework=rework, actor=user, text=typed.get("text", ""))


ACTS: dict[str, Callable[[Rework, Mapping[str, str], User], Any]] = {
    "draft": _draft, "send": _send, "scope": _scope, "abandon": _abandon, "fail": _fail,
    "message": _message,
}


def _version(typed: Mapping[str, str]) -> int | None:
    text = typed.get("row_version", "")
    return int(text) if text.isdecimal() else None


@require_POST
@lab_page
def act_on_rework(request: HttpRequest, user: User, number: str, rework_number: str, verb: str) -> HttpResponseBase:
    """Draft or send the finding, sign the scope, close as failed, give up."""
    order = find_order(user, number)
    rework = get_object_or_404(reworks_of(order), number=rework_number)
    if verb not in ACTS:
        raise Http404
    try:
        ACTS[verb](rework, request.POST, user)
    except DomainError as error:
        return _page(request, user, order, Refused(rework, verb, request.POST, error))
    messages.success(request, _("已记录。"))
    return redirect("lab-rework", number=number)


def _page(request: HttpRequest, user: User, order: Order, refused: Refused | None = None) -> HttpResponseBase:
    error, reasons = refused.error if refused else None, list(Reason.objects.all())
    context = {
        "order": order, "tab": "rework", "refusal": error, "kinds": FindingKind.choices,
        "saved": saved_meanwhile(order, "rework", error),
        "reworks": [_rework(user, row, refused if refused and refused.rework == row else None, reasons,
                            is_suggested="suggested" in request.GET)
                    for row in reworks_of(order)],
    }
    return render(request, "products/lab/rework.html", context, status=error.status if error else 200)


def _rework(
    user: User, rework: Rework, refused: Refused | None, reasons: list[Reason], *, is_suggested: bool
) -> dict[str, Any]:
    """One rework with what may be done now; what came back refused stays, though its time may have passed."""
    rounds, verb = rounds_of(rework), refused.verb if refused else ""
    typed: Mapping[str, str] = refused.typed if refused else {}
    faults = {row.get("item", ""): row for row in refused.error.rows} if refused else {}
    may_send = verb in ("send", "draft") or (rework.state == ReworkState.OPEN and can_send_finding(user, rework))
    may_scope = verb == "scope" or (rework.state == ReworkState.FIX_CLAIMED and can_sign_scope(user, rework))
    current = rounds[-1] if rounds else None
    return {
        "rework": rework, "rounds": rounds, "may_send": may_send, "may_scope": may_scope, "typed": typed,
        "row_version": typed.get("row_version", rework.row_version),
        "days": {side: value / DAY for side, value in seconds_with(rework).items()},
        "finding": typed.get("finding", rework.finding), "kind": typed.get("finding_kind", rework.finding_kind),
        "finding_fault": refused.error if refused and refused.error.field == "finding" else None,
        "items": [_item(row, typed, faults, reasons) for row in current.items] if may_send and current else [],
        "scope": [_line(row, typed, faults, is_suggested=is_suggested) for row in items_to_decide(rework.order)]
        if may_scope else [],
        "common": {choice.value: typed.get(f"common.{choice.value}", "") for choice in ScopeChoice},
        "endings": _endings(user, rework, refused),
        "messages": rework.messages.select_related("written_by"), "evidence": _evidence(rework),
        "may_write": verb == "message" or (rework.state in RUNNING and can_write_message(user, rework)),
        "refused_message": refused.error if refused and verb == "message" else None,
        "is_overdue": is_overdue(rework), "days_allowed": days_allowed(rework),
    }


def _endings(user: User, rework: Rework, refused: Refused | None) -> list[Act]:
    """The two ways to end it before its time."""
    offered = {"fail": (_("以未通过结束"), can_fail_rework), "abandon": (_("终止整改"), can_abandon_rework)}
    acts = []
    for verb, (label, may) in offered.items():
        form = ReasonForm(initial={"row_version": rework.row_version}, auto_id=f"{verb}_%s")
        if refused and refused.verb == verb:
            form = ReasonForm(refused.typed, auto_id=f"{verb}_%s")
            show_refusal(form, refused.error)
        elif rework.state not in RUNNING or not may(user, rework):
            continue
        address = reverse("lab-rework-act", args=[rework.order.number, rework.number, verb])
        acts.append(Act(label, address, form, tone="danger"))
    return acts


def _item(
    row: Any, typed: Mapping[str, str], faults: Mapping[str, Any], reasons: list[Reason]
) -> dict[str, Any]:
    """A failed item with the reasons that are typical for it first."""
    code = row.plan_item.code
    picked = typed.get(f"reason.{code}") or (row.reason.code if row.reason else "")
    return {"row": row, "code": code, "picked": picked, "fault": faults.get(code),
            "typical": [reason for reason in reasons if code in reason.typical_items],
            "others": [reason for reason in reasons if code not in reason.typical_items]}


def _line(row: Any, typed: Mapping[str, str], faults: Mapping[str, Any], *, is_suggested: bool) -> dict[str, Any]:
    code = row.plan_item.code
    because = _("与未通过项相关：%(items)s") % {"items": " ".join(row.related)} if row.related else ""
    choice, why = (row.suggestion, because) if is_suggested else (ScopeChoice.KEEP, "")
    return {"row": row, "code": code, "choice": typed.get(f"choice.{code}", choice), "because": because,
            "why": typed.get(f"why.{code}", why), "fault": faults.get(code)}


def _evidence(rework: Rework) -> list[Evidence]:
    """All evidence of the failed items; what came after a finding had gone out is marked as not sent."""
    sent = {row.pk for row in evidence_sent(rework)}
    rows = list(evidence_of(rework))
    for row in rows:
        row.was_added_later = bool(sent or rework.sent_at) and row.pk not in sent  # type: ignore[attr-defined]
    return rows
