"""What speaks against resting a signature or a decision on an order's report, and what that report rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from members.history.models import Entry
from members.history.selectors import entries_of
from members.people.models import ConflictOfInterest
from members.people.selectors import categories_authorised
from members.people.states import Activity
from products.orders.models import Order
from products.orders.states import Inclusion
from products.reports.models import Report
from products.reports.selectors.reading import printed_attempts
from products.reports.states import Conclusion, ReportState
from products.results.models import AttemptAct, Exclusion, Slot
from products.results.selectors import invalidations_requested
from products.results.states import ActKind, ExclusionState, SlotState
from products.rework.selectors import running_rework
from wapicert.enumeration import enumerated

STANDING = (SlotState.VERIFIED, SlotState.EXCLUDED)


@dataclass(frozen=True)
class Point:
    """One open point: its stable code, what is open with the items it concerns, and what ends it."""

    code: str
    message: str
    remedy: str
    items: tuple[str, ...] = ()


def is_conforming(report: Report) -> bool:
    """Whether the report says that the device conforms, in its row and in what was signed."""
    signed = report.snapshot.get("conclusion", {}).get("code")
    return {report.conclusion, signed} == {Conclusion.CONFORMS}


def open_points(order: Order, report: Report) -> list[Point]:
    """Everything that has to be settled before somebody rests a signature or a decision on the report; else nothing.

    That is: a withdrawal that was asked for, results that are asked to be thrown out, were thrown out or changed since
    the report was compiled, an exclusion or a rework without its end, a signature without authorisation, and people
    who answer for what counts and declared a conflict of interest since.
    """
    found = [_withdrawal(report), _invalidations_asked(order), _invalidated(report), _moved(order, report),
             _exclusions(order), _rework(order), _signature(report), _conflicts(order, report)]
    return [point for point in found if point is not None]


def _withdrawal(report: Report) -> Point | None:
    if report.state != ReportState.ISSUED or report.withdrawal_requested_at is None:
        return None
    return Point("withdrawal_requested", _("报告 %(number)s 已申请撤回，待质量负责人处理") % {"number": report.number},
                 _("请等质量负责人同意或不同意撤回。"))


def _invalidations_asked(order: Order) -> Point | None:
    codes = _codes(invalidations_requested(order).values_list("plan_item__code", flat=True))
    return Point("invalidation_requested", _("结果已申请作废，待质量负责人答复：%(items)s") % {
        "items": enumerated(codes)}, _("请等质量负责人确认作废或不予作废。"), codes) if codes else None


def _invalidated(report: Report) -> Point | None:
    """Printed results, earlier ones included, that were thrown out since the report was compiled."""
    acts = AttemptAct.objects.filter(kind=ActKind.INVALIDATED, attempt__in=printed_attempts(report.snapshot),
                                     at__gt=report.compiled_at)
    codes = _codes(acts.values_list("attempt__plan_item__code", flat=True))
    return Point("result_invalidated", _("报告所载的结果已作废：%(items)s") % {"items": enumerated(codes)},
                 _("请重测后更正报告，或撤回报告。"), codes) if codes else None


def _moved(order: Order, report: Report) -> Point | None:
    """Items whose standing result is not the one that the report prints."""
    printed = {row["code"]: row.get("attempt") for row in report.snapshot.get("results", [])}
    slots = Slot.objects.filter(plan_item__order=order, plan_item__inclusion=Inclusion.IN)
    rows = slots.values_list("plan_item__code", "state", "effective_id")
    now = {code: effective if state == SlotState.VERIFIED else None for code, state, effective in rows
           if state in STANDING}
    codes = tuple(sorted(code for code in printed.keys() | now.keys()
                         if code not in now or code not in printed or printed[code] != now[code]))
    return Point("results_moved", _("结果与报告所载不再一致：%(items)s") % {"items": enumerated(codes)},
                 _("请完成测试与校核，并重新编制或更正报告。"), codes) if codes else None


def _exclusions(order: Order) -> Point | None:
    rows = Exclusion.objects.filter(plan_item__order=order, state=ExclusionState.PROPOSED)
    codes = _codes(rows.values_list("plan_item__code", flat=True))
    return Point("exclusion_proposed", _("排除提议尚未答复：%(items)s") % {"items": enumerated(codes)},
                 _("请先批准或拒绝该提议。"), codes) if codes else None


def _rework(order: Order) -> Point | None:
    rework = running_rework(order)
    return Point("rework_running", _("整改 %(number)s 尚未结束") % {"number": rework.number},
                 _("请先结束整改。")) if rework else None


def _signature(report: Report) -> Point | None:
    """ISO/IEC 17025, 6.2.6: an authorisation that was taken back for the day of the signature is none."""
    if report.authorised_by is None or report.issued_on is None:
        return None
    categories = {row["category"] for row in report.snapshot.get("results", []) if row.get("category")}
    if categories <= categories_authorised(user=report.authorised_by, activity=Activity.SIGN, on=report.issued_on):
        return None
    return Point("signatory_not_authorised", _("签字人 %(person)s 于签发日未获全部类别的签字授权") % {
        "person": report.authorised_by.staff_number}, _("请更正报告，由获授权的签字人批准。"))


def _conflicts(order: Order, report: Report) -> Point | None:
    """S9, looked at from behind: whoever answers for what counts may have no interest in the company."""
    rows = ConflictOfInterest.objects.filter(company=order.company_id, ended_at=None,
                                             user__in=answering_for(order, report))
    people = sorted(rows.values_list("user__staff_number", flat=True))
    return Point("conflict_declared", _("下列人员办理后申报了与送测单位的利益关系：%(people)s") % {
        "people": enumerated(people)},
        _("请由他人重新办理其录入、校核或签署的部分，或由质量负责人评估后结束该申报。")) if people else None


def answering_for(order: Order, report: Report) -> set[int]:
    """The ids of those who recorded or verified a result that stands, consented to an exclusion or made the report."""
    effective = Slot.objects.filter(plan_item__order=order, state=SlotState.VERIFIED, effective__isnull=False)
    people: set[int | None] = set(effective.values_list("effective__recorded_by", flat=True))
    people |= set(AttemptAct.objects.filter(kind=ActKind.VERIFIED, attempt__in=effective.values("effective"))
                  .values_list("actor", flat=True))
    approved = Exclusion.objects.filter(plan_item__order=order, state=ExclusionState.APPROVED)
    for row in approved.values_list("proposed_by", "verifier", "quality_manager"):
        people |= set(row)
    people |= {report.compiled_by_id, report.checked_by_id, report.authorised_by_id}
    return {person for person in people if person is not None}


def doubts_announced(order: Order, report: Report) -> list[Entry]:
    """Doubts about the order's results that were announced since the report was compiled, oldest first."""
    entries = entries_of(order.chain).filter(act="results.doubt_announced", at__gt=report.compiled_at)
    return list(entries.order_by("sequence"))


def _codes(codes: Any) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))
