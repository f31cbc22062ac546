"""Verifying (校核): what waits for another person's eyes, marked where it deserves a second look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members.people.models import User
from products.lab.views.access import find_order, lab_page
from products.orders.models import Order
from products.orders.states import Stage
from products.results.models import Attempt, Evidence, Exclusion
from products.results.permissions import (
    can_approve_exclusion,
    can_refuse_exclusion,
    can_reopen_exclusion,
    can_verify_results,
    can_withdraw_exclusion,
)
from products.results.selectors import Marked, Record, marks_of, records_of, shown_values
from products.results.states import IN_FORCE, UNTESTED, AttemptState, ExclusionState, Mark
from products.rework.services import (
    approve_item_exclusion,
    refuse_item_exclusion,
    reopen_item_exclusion,
    return_results,
    verify_results,
    withdraw_item_exclusion,
)
from products.suites.rendering import name_of, word
from wapicert.errors import DomainError

TONES = {Mark.CHANGED: "info", Mark.OUTLIER: "warn", Mark.NEAR_LIMIT: "warn", Mark.OVERDUE_TOOL: "warn",
         Mark.NO_EVIDENCE: "idle", Mark.LATE: "warn"}

# So many pieces of evidence stand on the page; all stand on the page of their record.
SHOWN = 40
EXCLUSION_ACTS: dict[str, Callable[..., Exclusion]] = {
    "approve": approve_item_exclusion, "refuse": refuse_item_exclusion, "withdraw": withdraw_item_exclusion,
    "reopen": reopen_item_exclusion,
}
WITH_REASON = ("refuse", "reopen")
MARK = '<span class="badge quiet tone-{}" title="{}">{}</span> <span class="soft small">{}</span>'


@lab_page
def show_verification(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """What waits, by mark if one is chosen, or all records; a POST verifies or returns the checked ones together."""
    order = find_order(user, number)
    if request.method != "POST":
        return _page(request, user, order)
    chosen = [int(key) for key in request.POST.getlist("attempt") if key.isdecimal() and len(key) < 19]
    attempts = list(Attempt.objects.filter(pk__in=chosen, plan_item__order=order))
    is_return = request.POST.get("act") == "return"
    try:
        if is_return:
            return_results(order=order, attempts=attempts, comment=request.POST.get("comment", ""), actor=user)
        else:
            verify_results(order=order, attempts=attempts, actor=user)
    except DomainError as error:
        return _page(request, user, order, error)
    told = (ngettext("已退回 %(count)d 条。", "已退回 %(count)d 条。", len(attempts)) if is_return
            else ngettext("已校核 %(count)d 条。", "已校核 %(count)d 条。", len(attempts)))
    messages.success(request, told % {"count": len(attempts)})
    return redirect("lab-verify", number=number)


@require_POST
@lab_page
def act_on_exclusion(request: HttpRequest, user: User, number: str, pk: int, verb: str) -> HttpResponseBase:
    """Approve an exclusion, refuse it with a reason, take back an own proposal, or open an approved one again."""
    order = find_order(user, number)
    exclusion = get_object_or_404(Exclusion, pk=pk, plan_item__order=order)
    act = EXCLUSION_ACTS.get(verb)
    if act is None:
        raise Http404
    needed = {"reason": request.POST.get("reason", "")} if verb in WITH_REASON else {}
    try:
        act(exclusion=exclusion, actor=user, **needed)
    except DomainError as error:
        return _page(request, user, order, error, at=f"{verb}-exclusion-{pk}")
    messages.success(request, _("已记录。"))
    return redirect("lab-verify", number=number)


def _page(
    request: HttpRequest, user: User, order: Order, refusal: DomainError | None = None, at: str = ""
) -> HttpResponseBase:
    """The page; `at` names the exclusion whose act was refused, where the refusal stands with what was typed."""
    records = records_of(order)
    waiting = [row for row in records if row.state == AttemptState.SUBMITTED]
    marks, mark, shows_all = marks_of(waiting, order), request.GET.get("mark", ""), "all" in request.GET
    shown = [row for row in waiting if mark not in Mark.values or any(one.mark == mark for one in marks[row.pk])]
    checked = set(request.POST.getlist("attempt")) if refusal and not at else None
    may_verify = can_verify_results(user, order)
    context = {
        "order": order, "tab": "verify", "refusal": refusal, "refused_at": at, "typed": request.POST if refusal else {},
        "exclusions": _exclusions(user, order), "may_verify": may_verify, "shows_all": shows_all, "mark": mark,
        "rows": [_row(row, user, marks.get(row.pk, []), checked) for row in (records if shows_all else shown)],
        "evidence": _evidence(order, {row.plan_item_id for row in shown}),
        "filters": _filters(marks.values()), "waiting": len(waiting), "all": len(records),
    }
    return render(request, "products/lab/verify.html", context, status=refusal.status if refusal else 200)


def _evidence(order: Order, items: set[int]) -> QuerySet[Evidence]:
    """What was added to the items that wait, the newest first and no more than a page should show."""
    rows = Evidence.objects.filter(order=order, plan_item__in=items)
    return rows.select_related("file__summary", "added_by", "attempt", "plan_item").order_by("-added_at")[:SHOWN]


def _filters(marks: Iterable[list[Marked]]) -> list[dict[str, Any]]:
    """The marks that occur, with the number of records that carry each."""
    count = Counter(mark for row in marks for mark in {one.mark for one in row})
    return [{"key": mark.value, "label": mark.label, "count": count[mark]} for mark in Mark if count[mark]]


def _row(row: Record, user: User, marks: list[Marked], checked: set[str] | None) -> dict[str, Any]:
    """One record as plain texts, since a page holds hundreds."""
    key = str(row.pk)
    is_own = user.pk in row.recorders
    return {
        "key": key, "code": row.item.code, "name": name_of(row.item), "verdict": row.verdict,
        "place": f"{row.ordinal}.{row.revision}", "state": row.state, "values": values_in_words(row),
        "hardware": row.hardware, "firmware": row.firmware, "tool": row.tool, "recorder": row.recorder,
        "at": timezone.localtime(row.recorded_at).strftime("%Y-%m-%d %H:%M"), "remark": row.remark, "is_own": is_own,
        "is_checked": checked is None or key in checked,
        "marks": format_html_join(" ", MARK, ((TONES[one.mark], one.text, one.mark.label, one.text)
                                              for one in marks)) if marks else "",
    }


def values_in_words(row: Record) -> SafeString:
    """The values of a record, a line each."""
    return format_html_join("", "<div>{} <b>{}</b> {}</div>", (
        (name_of(one), word(value), word(unit)) for one, value, unit in shown_values(row)))


def _exclusions(user: User, order: Order) -> list[dict[str, Any]]:
    """The exclusions in force, those that lack a consent first, each with what this person may do now."""
    rows = Exclusion.objects.filter(plan_item__order=order, state__in=IN_FORCE).select_related(
        "plan_item__item_version", "plan_item__order", "proposed_by").order_by("-state", "plan_item__position")
    is_tested, may_be_reopened = order.stage == Stage.TESTING, order.stage in (Stage.TESTING, Stage.COMPLETE)
    return [{"exclusion": row, "key": str(row.pk), "item": row.plan_item.item_version, "code": row.plan_item.code,
             "is_proposed": row.state == ExclusionState.PROPOSED,
             "is_no_conformity": row.kind in UNTESTED and row.plan_item.is_counted,
             "may_approve": is_tested and can_approve_exclusion(user, row),
             "may_refuse": is_tested and row.state == ExclusionState.PROPOSED and can_refuse_exclusion(user, row)
             and row.proposed_by_id != user.pk,
             "may_withdraw": is_tested and row.state == ExclusionState.PROPOSED and can_withdraw_exclusion(user, row),
             "may_reopen": may_be_reopened and row.state == ExclusionState.APPROVED and can_reopen_exclusion(user, row)}
            for row in rows]
