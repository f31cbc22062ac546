"""The bench (检测工作台): one grid per order, all planned items of the frozen edition, recorded in batches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members.people.models import User
from products.equipment.selectors import tools_fit_on
from products.lab.views.access import find_order, lab_page
from products.orders.models import Order
from products.orders.selectors import versions_of
from products.orders.states import Stage
from products.results.permissions import can_add_evidence, can_propose_exclusion, can_record_results
from products.results.selectors import SlotRow, slots_of
from products.results.services import add_evidence, propose_exclusion, record_attempts
from products.results.states import ExclusionKind, ExclusionState, SlotState, Verdict
from products.suites.states import ResultType
from wapicert.errors import DomainError

SPOKEN = [Verdict.PASS, Verdict.FAIL, Verdict.INC]
KEYS = {Verdict.PASS: "P", Verdict.FAIL: "F", Verdict.INC: "I"}
TONES = {Verdict.PASS: "pass", Verdict.FAIL: "fail", Verdict.INC: "warn"}


@lab_page
def show_bench(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The grid; a POST records every row that holds a verdict or a value, all of them or none."""
    order = find_order(user, number)
    if request.method != "POST":
        return _page(request, user, order)
    rows = _rows_typed(request.POST, order)
    try:
        attempts = record_attempts(order=order, rows=rows, actor=user)
    except DomainError as error:
        return _page(request, user, order, refusal=error)
    messages.success(request, ngettext("已保存 %(count)d 条结果，等待校核。", "已保存 %(count)d 条结果，等待校核。",
                                       len(attempts)) % {"count": len(attempts)})
    return redirect("lab-bench", number=number)


@require_POST
@lab_page
def exclude(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Propose that an item gets no result, with the reason."""
    order, typed = find_order(user, number), request.POST
    try:
        propose_exclusion(order=order, item=typed.get("item", ""), kind=typed.get("kind", ""),
                          reason=typed.get("reason", ""), actor=user)
    except DomainError as error:
        return _page(request, user, order, refusal=error, part="exclude")
    messages.success(request, _("排除已提议，等待批准。"))
    return redirect("lab-bench", number=number)


@require_POST
@lab_page
def attach(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Keep a capture, log or photograph for an item, or for the order as a whole."""
    order, typed = find_order(user, number), request.POST
    try:
        add_evidence(order=order, upload=request.FILES.get("file"), actor=user, item=typed.get("item") or None,
                     note=typed.get("note", ""), is_device_photograph=typed.get("is_device_photograph") == "on")
    except DomainError as error:
        return _page(request, user, order, refusal=error, part="attach")
    messages.success(request, _("证据已保存。"))
    return redirect("lab-bench", number=number)


def _rows_typed(typed: Mapping[str, str], order: Order) -> list[dict[str, Any]]:
    """The rows in which something was entered, as `record_attempts` takes them."""
    versions = {str(row.pk): row for row in versions_of(order)}
    rows = []
    for slot_row in slots_of(order):
        code = slot_row.plan_item.code
        values = _values_typed(typed, slot_row)
        verdict = typed.get(f"verdict.{code}") or None
        remark = typed.get(f"remark.{code}", "").strip()
        if not (verdict or values or remark):
            continue
        version = versions.get(typed.get("version", ""))
        rows.append({
            "item": code, "verdict": verdict, "values": values,
            "hardware": version.hardware.version if version else "",
            "firmware": version.firmware.version if version else "",
            "tool": typed.get("tool", ""),
            "performed_at": _moment(typed.get("performed_at", "")),
            "remark": remark,
            "slot_version": _whole(typed.get(f"slot_version.{code}", "")),
        })
    return rows


def _values_typed(typed: Mapping[str, str], slot_row: SlotRow) -> dict[str, dict[str, str]]:
    """The values of a row that were filled in; the page sends each with the unit that stands beside it."""
    values = {}
    for row in slot_row.item.measurements.all():
        text = typed.get(f"value.{slot_row.plan_item.code}.{row.key}", "").strip()
        if text:
            values[row.key] = {"value": text, "unit": row.unit}
    return values


def _moment(text: str) -> datetime | None:
    """A moment on the alliance's clock; None where nothing sensible was entered, which the service refuses."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(moment) if moment is not None and timezone.is_naive(moment) else moment


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 9 else None


def _page(
    request: HttpRequest, user: User, order: Order, refusal: DomainError | None = None, part: str = "grid"
) -> HttpResponseBase:
    """The grid with what was typed; faults stand beside their rows. `part` is the form that was refused."""
    typed = request.POST
    faults: dict[str, list[dict[str, Any]]] = {}
    for fault in refusal.rows if refusal else []:
        faults.setdefault(fault.get("item", ""), []).append(fault)
    may_record = order.stage == Stage.TESTING and can_record_results(user, order)
    rows = [_grid_row(row, typed, faults.get(row.plan_item.code, []), may_record) for row in slots_of(order)]
    versions = list(versions_of(order))
    context = {
        "order": order, "tab": "bench", "groups": _by_category(rows), "refusal": refusal, "part": part,
        "typed": typed, "may_record": may_record,
        "may_exclude": order.stage == Stage.TESTING and can_propose_exclusion(user, order),
        "may_attach": can_add_evidence(user, order), "kinds": ExclusionKind.choices,
        "versions": versions, "version": typed.get("version") or (str(versions[-1].pk) if versions else ""),
        "tools": list(tools_fit_on(timezone.localdate())), "tool": typed.get("tool", ""),
        "performed_at": typed.get("performed_at") or timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "progress": {"done": sum(not row["is_open"] for row in rows), "all": len(rows)},
        "open_items": [row for row in rows if row["may_exclude"]],
        "order_evidence": order.evidence.filter(plan_item__isnull=True).select_related("file", "added_by"),
    }
    return render(request, "products/lab/bench.html", context, status=refusal.status if refusal else 200)


def _grid_row(
    row: SlotRow, typed: Mapping[str, str], faults: list[dict[str, Any]], may_record: bool
) -> dict[str, Any]:
    """One row as plain values, so that the template of 125 rows stays quick."""
    code, slot, item = row.plan_item.code, row.slot, row.item
    state = slot.state if slot else SlotState.TODO
    is_derived = item.result_type == ResultType.DERIVED
    verdict = slot.verdict if slot else ""
    is_inconclusive = state == SlotState.VERIFIED and verdict == Verdict.INC
    is_open = not is_derived and (state in (SlotState.TODO, SlotState.RECONFIRM) or is_inconclusive)
    picked, is_entered = typed.get(f"verdict.{code}", ""), is_open and may_record
    values = [_value(measurement, code, typed) for measurement in item.measurements.all()]
    return {
        "code": code, "item": item, "slot": slot, "is_derived": is_derived, "is_open": is_open,
        "is_entered": is_entered,
        # What was typed for an item that takes nothing any more, because somebody else was first.
        "unsaved": [] if is_entered or not faults else _unsaved(picked, values, typed.get(f"remark.{code}", "")),
        "may_exclude": not is_derived and state in (SlotState.TODO, SlotState.RECONFIRM),
        "is_judged": item.result_type in (ResultType.JUDGED, ResultType.JUDGED_WITH_VALUES),
        "choices": [{"value": choice.value, "label": choice.label, "key": KEYS[choice], "tone": TONES[choice],
                     "is_picked": picked == choice.value} for choice in SPOKEN],
        "values": values,
        "remark": typed.get(f"remark.{code}", ""),
        "slot_version": typed.get(f"slot_version.{code}") or (slot.row_version if slot else ""),
        # One verified record says the same as the slot; each is named where there are more, or where they differ.
        "shows_each": len(row.attempts) > 1 or state != SlotState.VERIFIED,
        "attempts": row.attempts, "faults": faults, "evidence": row.evidence,
        "exclusion": next((ex for ex in row.exclusions if ex.state != ExclusionState.REFUSED), None),
    }


def _unsaved(picked: str, values: list[dict[str, Any]], remark: str) -> list[str]:
    verdict = Verdict(picked).label if picked in SPOKEN else ""
    shown = [f"{value['typed']} {value['measurement'].unit}".strip() for value in values if value["typed"]]
    return [text for text in (str(verdict), *shown, remark) if text]


def _value(measurement: Any, code: str, typed: Mapping[str, str]) -> dict[str, Any]:
    name = f"value.{code}.{measurement.key}"
    has_limit = measurement.limit is not None
    limit = f"{measurement.get_comparator_display()} {measurement.limit.normalize():f}" if has_limit else ""
    return {"name": name, "measurement": measurement, "typed": typed.get(name, ""), "limit": limit}


def _by_category(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        category = row["item"].category
        groups.setdefault(category.code, {"category": category, "rows": []})["rows"].append(row)
    return list(groups.values())
