"""Reads test tools and loans: which may be measured with, which are lent, and what a month holds."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.equipment.models import Loan, Tool
from products.equipment.states import LoanState


def tools_visible_to(user: User) -> QuerySet[Tool]:
    """All tools for the laboratory and auditors, none for anybody else."""
    if user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return Tool.objects.all()
    return Tool.objects.none()


def tools_fit_on(day: date) -> QuerySet[Tool]:
    """The tools in use whose calibration, where they need one, holds on the day."""
    return Tool.objects.filter(Q(calibrated_until__isnull=True) | Q(calibrated_until__gte=day), is_active=True)


def is_calibrated_on(tool: Tool, day: date) -> bool:
    """Whether the calibration holds on the day; a tool without a date needs none (ISO/IEC 17025, 6.4.6)."""
    return tool.calibrated_until is None or day <= tool.calibrated_until


def overdue_since(tool: Tool, day: date) -> date | None:
    """The last day of the calibration where it no longer held on the day; else None."""
    return None if is_calibrated_on(tool, day) else tool.calibrated_until


def loans_between(tool: Tool, first: date, last: date) -> QuerySet[Loan]:
    """Loans that keep the tool away on some of the days, both included: those reserved and those out.

    What is out after its last day is away until it comes back.
    """
    away = Q(due_on__gte=first)
    if first <= timezone.localdate():
        away |= Q(state=LoanState.OUT)
    rows = Loan.objects.filter(away, tool=tool, starts_on__lte=last, state__in=(LoanState.RESERVED, LoanState.OUT))
    return rows.order_by("starts_on", "pk")


def loans_visible_to(user: User) -> QuerySet[Loan]:
    """All loans for the laboratory and auditors, those of the own company for a vendor; the newest first."""
    rows = Loan.objects.select_related("tool", "company", "person", "handed_out_by", "returned_by")
    if user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return rows
    if Role.VU in user.role_codes and user.company_id is not None:
        return rows.filter(company_id=user.company_id)
    return rows.none()


def loans_running(loans: QuerySet[Loan]) -> QuerySet[Loan]:
    """Those of the loans that are reserved or out, first what is due first."""
    return loans.filter(state__in=(LoanState.RESERVED, LoanState.OUT)).order_by("due_on", "pk")


def is_overdue(loan: Loan, today: date | None = None) -> bool:
    """Whether the tool is out although its last day has passed."""
    return loan.state == LoanState.OUT and loan.due_on < (today or timezone.localdate())


def loans_to_companies(numbers: Iterable[str]) -> QuerySet[Loan]:
    """Loans by which the tools of these numbers left the house, since one of the staff takes a tool to a test."""
    return Loan.objects.filter(tool__number__in=list(numbers), company__isnull=False, handed_out_at__isnull=False)


def is_away_on(loan: Loan, day: date) -> bool:
    """Whether the tool was with its borrower for the whole day: handed out before it, and not back on it."""
    out, back = loan.handed_out_at, loan.returned_at
    return out is not None and timezone.localdate(out) < day and (back is None or timezone.localdate(back) > day)


@dataclass(frozen=True)
class Day:
    """A day of a tool's calendar: the loans that touch it, and whether the calibration ends on it or has ended."""

    on: date
    is_in_month: bool
    loans: list[Loan]
    is_calibration_due: bool
    is_uncalibrated: bool


def month_of(tool: Tool, first: date) -> list[list[Day]]:
    """The weeks of the month that begins on `first`, from Monday to Sunday. One query."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1]
    rows = tool.loans.exclude(state=LoanState.CANCELLED).select_related("tool", "company", "person").filter(
        Q(due_on__gte=begin) | Q(state=LoanState.OUT) | Q(returned_at__date__gte=begin), starts_on__lte=end)
    loans = [(loan, loan.starts_on, _last_day(loan)) for loan in rows.order_by("starts_on", "pk")]
    until = tool.calibrated_until
    return [[Day(day, day.month == first.month, [loan for loan, start, last in loans if start <= day <= last],
                 day == until, until is not None and day > until) for day in week] for week in weeks]


def _last_day(loan: Loan) -> date:
    """The day on which the tool came back; until then its last day, or today where that has passed."""
    if loan.returned_at is not None:
        return timezone.localdate(loan.returned_at)
    return max(loan.due_on, timezone.localdate()) if loan.state == LoanState.OUT else loan.due_on
