"""Tells borrowers that a tool will be due, and them and the laboratory that it is overdue; each once."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from members.notices.services import notify, notify_company, notify_role
from members.people.states import Role
from products.equipment.models import Loan
from products.equipment.services.loans import note
from products.equipment.states import LoanState


def remind_loans(today: date | None = None) -> int:
    """Remind of every tool that is out and nears or passes its last day; returns how many reminders were new.

    Harmless when run twice: how far a loan was reminded stands in its row.
    """
    day = today or timezone.localdate()
    nearing = Loan.objects.filter(state=LoanState.OUT, due_on__lte=day + timedelta(days=settings.LOAN_REMINDER_DAYS))
    return sum(_remind(key, day) for key in nearing.values_list("pk", flat=True))


@transaction.atomic
def _remind(key: int, today: date) -> bool:
    rows = Loan.objects.select_for_update(of=("self",)).select_related("tool", "company", "person")
    loan = rows.get(pk=key)
    level = 2 if loan.due_on < today else 1
    if loan.state != LoanState.OUT or level <= loan.reminded:
        return False
    loan.reminded = level
    loan.save(update_fields=["reminded"])
    facts = {"number": loan.number, "tool": str(loan.tool), "due": loan.due_on, "borrower": loan.borrower,
             "is_late": level == 2, "days": abs((today - loan.due_on).days)}
    place = f"{loan.number}-{loan.due_on}-{level}"
    if loan.company:
        notify_company(company=loan.company, event="loan.reminder", key=place, facts=facts, address="/my/loans/")
    elif loan.person:
        notify(people=[loan.person], event="loan.reminder", key=place, facts=facts, address="/lab/equipment/")
    if level == 2:
        for role in (Role.IN, Role.QM):
            notify_role(role=role, event="loan.reminder", key=place, facts=facts, address="/lab/equipment/")
    note(loan, "loan.reminded", None, after={"loan": loan.number, "due_on": loan.due_on, "is_overdue": level == 2})
    return True
