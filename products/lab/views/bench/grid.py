"""The bench's grid: all planned items of an order, recorded in batches; a form that works without a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from members.people.models import User
from products.equipment.selectors import tools_fit_on
from products.lab.views.access import find_order, lab_page
from products.lab.views.bench.typed import codes_typed, rows_typed
from products.orders.models import Order
from products.orders.selectors import versions_of
from products.orders.states import Stage
from products.results.permissions import can_add_evidence, can_propose_exclusion, can_record_results
from products.results.selectors import GridRow, cursor_of, grid_of
from products.results.services import record_attempts
from products.results.states import ExclusionKind
from products.suites.models import Category
from wapicert.errors import DomainError

Faults = Mapping[str, list[dict[str, Any]]]


@lab_page
def show_bench(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The grid; a POST records every row that holds a verdict or a value, all of them or none."""
    order = find_order(user, number)
    if request.method != "POST":
        return bench_page(request, user, order)
    rows = rows_typed(request.POST, order, grid_of(order, codes_typed(request.POST)))
    try:
        attempts = record_attempts(order=order, rows=rows, actor=user)
    except DomainError as error:
        return bench_page(request, user, order, refusal=error)
    messages.success(request, ngettext("已保存 %(count)d 条结果，等待校核。", "已保存 %(count)d 条结果，等待校核。",
                                       len(attempts)) % {"count": len(attempts)})
    return redirect("lab-bench", number=number)


def bench_page(
    request: HttpRequest, user: User, order: Order, refusal: DomainError | None = None, part: str = "grid"
) -> HttpResponseBase:
    """The grid with what was typed; faults stand beside their rows. `part` is the form that was refused."""
    typed: Mapping[str, str] = request.POST
    # Read first: what is saved while the page is made is then shown twice rather than never.
    cursor = cursor_of(order)
    rows = grid_of(order)
    may_record = takes_results(user, order)
    context = {
        "order": order, "tab": "bench", "refusal": refusal, "part": part, "typed": typed, "cursor": cursor,
        "groups": by_category(prepared(rows, may_record, typed, faults_by_item(refusal))),
        "may_record": may_record, "may_attach": can_add_evidence(user, order), "kinds": ExclusionKind.choices,
        "may_exclude": order.stage == Stage.TESTING and can_propose_exclusion(user, order),
        "progress": progress_of(rows), "rows": rows, "person": user.pk,
        "open_items": [row for row in rows if row.may_be_excluded],
        "order_evidence": order.evidence.filter(plan_item__isnull=True).select_related(
            "file__summary", "added_by", "attempt"),
        **common_fields(order, typed),
    }
    return render(request, "products/lab/bench.html", context, status=refusal.status if refusal else 200)


def takes_results(user: User, order: Order) -> bool:
    """Whether this person can record on this order now."""
    return order.stage == Stage.TESTING and can_record_results(user, order)


def common_fields(order: Order, typed: Mapping[str, str]) -> dict[str, Any]:
    """What a batch has in common: version, tool and time, with their choices."""
    versions = list(versions_of(order))
    return {
        "versions": versions, "version": typed.get("version") or (str(versions[-1].pk) if versions else ""),
        "tools": list(tools_fit_on(timezone.localdate())), "tool": typed.get("tool", ""),
        "performed_at": typed.get("performed_at") or timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "server_now": timezone.now().isoformat(),
    }


def faults_by_item(refusal: DomainError | None) -> dict[str, list[dict[str, Any]]]:
    """The faults of a refused batch by the code of their item."""
    faults: dict[str, list[dict[str, Any]]] = {}
    for fault in refusal.rows if refusal else []:
        faults.setdefault(fault.get("item", ""), []).append(fault)
    return faults


def prepared(
    rows: list[GridRow], may_record: bool, typed: Mapping[str, str] | None = None, faults: Faults | None = None
) -> list[dict[str, Any]]:
    """The rows as the tag `bench_rows` takes them: with what was typed, what was wrong, and whether they take input."""
    found = faults or {}
    return [{"row": row, "typed": typed or {}, "faults": found.get(row.code, []), "takes": may_record and row.is_open}
            for row in rows]


def progress_of(rows: list[GridRow]) -> dict[str, int]:
    """How many items take nothing any more, of how many."""
    return {"done": sum(not row.is_open for row in rows), "all": len(rows)}


def by_category(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows under their categories, in the order of their first items."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in rows:
        groups.setdefault(one["row"].category, []).append(one)
    categories = {category.code: category for category in Category.objects.filter(code__in=groups)}
    return [{"category": categories[code], "rows": found} for code, found in groups.items()]
