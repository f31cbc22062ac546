"""Reads reports: which, for whom, and how far the worker is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.files.models import StoredFile
from products.orders.models import Order, PlanItem
from products.reports.models import Report
from products.reports.states import WORKING, RenderingState, ReportState
from products.results.models import Attempt, AttemptAct
from products.results.states import ActKind

# What a vendor sees: a report from its issue on, whatever became of it.
PUBLIC_STATES = [ReportState.ISSUED, ReportState.REPLACED, ReportState.WITHDRAWN]


@dataclass(frozen=True)
class Progress:
    """How far the worker is with a report, for people who wait."""

    state: RenderingState
    tries: int
    error: str
    is_waiting: bool
    can_be_retried: bool


def reports_visible_to(user: User) -> QuerySet[Report]:
    """All reports for those with a business role and auditors; for a vendor the own company's from their issue on."""
    reports = Report.objects.select_related("order__company", "order__device", "file", "compiled_by", "checked_by",
                                            "authorised_by", "replaces")
    if user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return reports
    if Role.VU in user.role_codes and user.company_id:
        return reports.filter(order__company_id=user.company_id, state__in=PUBLIC_STATES)
    return reports.none()


def report_in_work(order: Order) -> Report | None:
    """The report that is compiled, checked or waits for its file; at most one."""
    states = [ReportState.DRAFT, ReportState.CHECKED, ReportState.AUTHORISED]
    return Report.objects.filter(order=order, state__in=states).first()


def issued_report(order: Order) -> Report | None:
    """The order's report in force, if there is one."""
    return Report.objects.filter(order=order, state=ReportState.ISSUED).select_related("file").first()


def progress_of(report: Report) -> Progress:
    """How far the rendering is, and whether a person must start it again."""
    state = RenderingState(report.rendering_state)
    return Progress(state, report.rendering_tries, report.rendering_error,
                    is_waiting=state in (RenderingState.QUEUED, *WORKING),
                    can_be_retried=state == RenderingState.FAILED)


def renderings_to_send(now: datetime | None = None) -> QuerySet[Report]:
    """Reports that wait for a worker: queued (and past their pause after a failure), or with a lease that ran out."""
    now = now or timezone.now()
    free = Q(rendering_lease__isnull=True) | Q(rendering_lease__lte=now)
    waiting = [RenderingState.QUEUED, *WORKING]
    return Report.objects.filter(free, state=ReportState.AUTHORISED, rendering_state__in=waiting)


def photographs_of(snapshot: dict[str, Any]) -> dict[str, bytes]:
    """The bytes of the photographs that a snapshot names, by id."""
    ids = [photograph["id"] for photograph in snapshot.get("photographs", [])]
    found = {}
    for row in StoredFile.objects.filter(pk__in=ids, removed_at=None):
        with row.content.open("rb") as content:
            found[str(row.pk)] = content.read()
    return found


def reports_touched_by(attempts: Iterable[Attempt]) -> list[Report]:
    """The reports in force that print any of these attempts, effective or earlier, by number."""
    wanted = {attempt.pk for attempt in attempts}
    orders = PlanItem.objects.filter(attempts__in=wanted).values("order")
    rows = Report.objects.filter(state=ReportState.ISSUED, order__in=orders).select_related("order").order_by("number")
    return [report for report in rows if wanted & printed_attempts(report.snapshot)]


def printed_attempts(snapshot: dict[str, Any]) -> set[int]:
    """The attempts that a report prints: the effective result of every item and what was measured before it."""
    rows = [part for row in snapshot.get("results", [])
            for part in (row, *row.get("earlier", []), *row.get("corrections", []))]
    return {row["attempt"] for row in rows if row.get("attempt") is not None}


def reports_in_doubt() -> QuerySet[Report]:
    """Reports in force of orders in which a result was invalidated after the report was compiled."""
    since = AttemptAct.objects.filter(kind=ActKind.INVALIDATED, attempt__plan_item__order=OuterRef("order"),
                                      attempt__recorded_at__lte=OuterRef("compiled_at"), at__gt=OuterRef("compiled_at"))
    return Report.objects.filter(Exists(since), state=ReportState.ISSUED)


def invalidated_in(report: Report) -> list[str]:
    """The codes of the items whose printed result was invalidated since; they call for an amendment or a withdrawal."""
    if report.state != ReportState.ISSUED:
        return []
    effective = {row["attempt"]: row["code"] for row in report.snapshot.get("results", []) if row.get("attempt")}
    acts = AttemptAct.objects.filter(kind=ActKind.INVALIDATED, attempt__in=effective)
    return [effective[pk] for pk in acts.order_by("attempt").values_list("attempt", flat=True).distinct()]


def listing_of(report: Report) -> Any:
    """The newest public listing that rests on a report of the same order, or None.

    Listings stand above reports; only the row behind the relation is read here, never their code.
    """
    return report.listings.model.objects.filter(report__order=report.order_id).order_by("-pk").first()
