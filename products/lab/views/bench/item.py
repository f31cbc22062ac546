"""One item of an order by itself: what it asks, all its records, and the forms that the grid has no room for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from members.people.models import User
from products.lab.views.access import find_order, lab_page
from products.lab.views.bench.grid import common_fields, faults_by_item, takes_results
from products.lab.views.bench.saving import changed_rows, is_script, since_of
from products.lab.views.bench.typed import rows_typed
from products.orders.models import Order, PlanItem
from products.orders.states import Inclusion, Stage
from products.results.models import Attempt
from products.results.permissions import can_add_evidence, can_correct_attempt, can_propose_exclusion
from products.results.selectors import GridRow, grid_of, timeline_of
from products.results.services import record_attempts
from products.results.states import AttemptState, CorrectionReason, ExclusionKind, Verdict
from products.rework.services import correct_result
from wapicert.errors import DomainError

CORRECTABLE = frozenset({AttemptState.SUBMITTED, AttemptState.RETURNED, AttemptState.VERIFIED})


@lab_page
def show_item(request: HttpRequest, user: User, number: str, code: str) -> HttpResponseBase:
    """The item; a POST records a result, or with `act=correct` corrects the newest one."""
    order = find_order(user, number)
    row = next(iter(grid_of(order, [code])), None)
    if row is None:
        raise Http404
    if request.method != "POST":
        return _page(request, user, order, row)
    act = request.POST.get("act", "record")
    try:
        if act == "correct":
            _correct(request, user, order, row)
        else:
            record_attempts(order=order, rows=rows_typed(request.POST, order, [row]), actor=user)
    except DomainError as error:
        return _page(request, user, order, row, refusal=error)
    if is_script(request):
        return JsonResponse(changed_rows(request, user, order, since_of(request)))
    messages.success(request, _("已记录。"))
    return redirect("lab-bench", number=number)


def _correct(request: HttpRequest, user: User, order: Order, row: GridRow) -> None:
    """The newest record as it should have been: verdict, values, remark; the rest stays as it was."""
    if row.newest is None:
        raise Http404
    typed = request.POST
    attempt = Attempt.objects.select_related("plan_item__order").get(pk=row.newest.id)
    changes: dict[str, Any] = {"remark": typed.get("remark", ""), "values": {
        one.key: {"value": typed[f"value.{one.key}"].strip(), "unit": one.unit}
        for one in row.values if typed.get(f"value.{one.key}", "").strip()
    }}
    if typed.get("verdict"):
        changes["verdict"] = typed["verdict"]
    correct_result(attempt=attempt, row=changes, reason=typed.get("class", ""), text=typed.get("reason", ""),
                   actor=user)


def _page(
    request: HttpRequest, user: User, order: Order, row: GridRow, refusal: DomainError | None = None
) -> HttpResponseBase:
    """The whole page, or for the bench's script what its drawer holds."""
    plan_item = PlanItem.objects.select_related("item_version").get(
        order=order, code=row.code, inclusion=Inclusion.IN)
    typed = request.POST
    newest = Attempt.objects.get(pk=row.newest.id) if row.newest else None
    context = {
        "order": order, "tab": "bench", "row": row, "item": plan_item.item_version, "refusal": refusal,
        "typed": typed, "faults": faults_by_item(refusal).get(row.code, []), "timeline": timeline_of(plan_item),
        "may_record": takes_results(user, order) and row.is_open,
        "may_exclude": order.stage == Stage.TESTING and row.may_be_excluded and can_propose_exclusion(user, order),
        "may_attach": can_add_evidence(user, order), "kinds": ExclusionKind.choices, "newest": newest,
        "may_correct": newest is not None and row.newest_state in CORRECTABLE and can_correct_attempt(user, newest),
        "picked": typed.get(f"verdict.{row.code}", ""), "remark": typed.get(f"remark.{row.code}", ""),
        "corrected_verdict": typed.get("verdict") or (newest.verdict if newest else ""),
        "corrected_remark": typed.get("remark", newest.remark if newest else ""),
        "values": _values(row, typed), "verdicts": [Verdict.PASS, Verdict.FAIL, Verdict.INC],
        "reasons": CorrectionReason.choices,
        "evidence": plan_item.evidence.select_related("file__summary", "added_by", "attempt").order_by("added_at"),
        **common_fields(order, typed),
    }
    name = "bench_item_body" if request.headers.get("X-Bench") == "drawer" else "bench_item"
    return render(request, f"products/lab/{name}.html", context, status=refusal.status if refusal else 200)


def _values(row: GridRow, typed: Any) -> list[dict[str, Any]]:
    """The values that the item asks for: what is typed for a new record, and what the newest one holds."""
    stood = row.newest.values if row.newest else {}
    return [{
        "asked": one, "name": f"value.{row.code}.{one.key}", "typed": typed.get(f"value.{row.code}.{one.key}", ""),
        "corrected": typed.get(f"value.{one.key}", stood.get(one.key, {}).get("value", "")),
    } for one in row.values]
