"""The people of each audience of an act: nobody who did it, nobody who left, nobody with a declared conflict (S9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from members.history.models import Entry
from members.people.models import ConflictOfInterest, RoleGrant, User
from members.people.states import Role
from products.certification.models import Certification
from products.equipment.models import Loan
from products.equipment.states import LoanState
from products.notifications.selectors.matters import Matter
from products.notifications.states import Audience
from products.reports.models import Report
from products.reports.states import ReportState
from products.results.models import Attempt
from products.rework.models import Finding

# Which act an answer answers, for telling whoever asked.
ASKED = {
    "result.invalidation_refused": "result.invalidation_requested",
    "result.invalidated": "result.invalidation_requested",
    "report.withdrawal_refused": "report.withdrawal_requested",
    "report.withdrawn": "report.withdrawal_requested",
}


def people_to_tell(to: Role | Audience, matter: Matter) -> QuerySet[User]:
    """The active people of an audience, without whoever acted and without those who must not know (S9)."""
    people = User.objects.filter(is_active=True)
    found = people.filter(_holders(to)) if isinstance(to, Role) else people.filter(AUDIENCES[to](matter))
    if matter.entry.actor_id is not None:
        found = found.exclude(pk=matter.entry.actor_id)
    if matter.company is not None:
        conflicts = ConflictOfInterest.objects.filter(company=matter.company, ended_at=None)
        found = found.exclude(pk__in=conflicts.values("user"))
    return found.order_by("pk")


def _holders(role: Role) -> Q:
    return Q(pk__in=RoleGrant.objects.in_force().filter(role=role).values("user"))


def _company(matter: Matter) -> Q:
    return Q(company=matter.company) & _holders(Role.VU) if matter.company else Q(pk=None)


def _company_at_work(matter: Matter) -> Q:
    """The company, if it was sent the finding of the round that an item joins."""
    sent = Finding.objects.filter(rework__number=matter.entry.object_id, round=matter.facts["round"],
                                  sent_at__lte=matter.entry.at)
    return _company(matter) if sent.exists() else Q(pk=None)


def _applicants(_matter: Matter) -> Q:
    return _holders(Role.VU)


def _recorders(matter: Matter) -> Q:
    return Q(pk__in=Attempt.objects.filter(plan_item__order=matter.order).order_by().values("recorded_by"))


def _compiler(matter: Matter) -> Q:
    return Q(pk__in=Report.objects.filter(pk=matter.entry.object_id).values("compiled_by"))


def _asker(matter: Matter) -> Q:
    """Whoever asked last for what the act answers."""
    entry = matter.entry
    asked = Entry.objects.filter(chain=entry.chain, sequence__lt=entry.sequence, act=ASKED[entry.act],
                                 object_id=entry.object_id).order_by("sequence").last()
    return Q(pk=asked.actor_id if asked else None)


def _answerable(matter: Matter) -> Q:
    """Who authorised a report of the order that stands, and who decided on its certification."""
    signed = Report.objects.filter(order=matter.order, state=ReportState.ISSUED).values("authorised_by")
    decided = Certification.objects.filter(order=matter.order, decided_by__isnull=False).values("decided_by")
    return Q(pk__in=signed) | Q(pk__in=decided)


def _borrowers(matter: Matter) -> Q:
    """People of companies that have the tool or reserved it."""
    loans = Loan.objects.filter(tool__number=matter.entry.object_id,
                                state__in=[LoanState.RESERVED, LoanState.OUT])
    return Q(company__in=loans.filter(company__isnull=False).values("company")) & _holders(Role.VU)


def _named(fact: str) -> Callable[[Matter], Q]:
    return lambda matter: Q(pk=matter.facts.get(fact))


AUDIENCES: dict[Any, Callable[[Matter], Q]] = {
    Audience.COMPANY: _company, Audience.COMPANY_AT_WORK: _company_at_work, Audience.APPLICANTS: _applicants,
    Audience.RECORDER: _named("recorder"), Audience.RECORDERS: _recorders, Audience.COMPILER: _compiler,
    Audience.PROPOSER: _named("proposer"), Audience.ASKER: _asker, Audience.ANSWERABLE: _answerable,
    Audience.PERSON: _named("person"), Audience.BORROWERS: _borrowers,
}
