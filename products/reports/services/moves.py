"""What every step of a report shares: lock, check, save, and note it on the order's chain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.history.services import append_entry
from members.notices.services import notify_company
from members.people.models import User
from members.people.services import require_no_conflict
from members.people.states import Role
from products.orders.models import Order
from products.reports.errors import NotYourTurn, ReasonMissing, StaleReport
from products.reports.models import Report
from products.reports.selectors.rows import day
from products.reports.states import TRANSITIONS, ReportState
from wapicert.enumeration import enumerated
from wapicert.transitions import require_transition


def lock_report(report: Report, row_version: int | None = None, *, without: tuple[str, ...] = ()) -> Report:
    """The report as it stands, locked to the end of the transaction; raises StaleReport if the caller saw another.

    Fields named in `without` are read only when they are asked for.
    """
    # The order comes first, as in every other service, so that two of them never wait for each other in a ring.
    Order.objects.select_for_update().get(pk=report.order_id)
    rows = Report.objects.select_for_update(of=("self",)).select_related("order__company", "compiled_by", "file")
    locked = rows.defer(*without).get(pk=report.pk)
    if row_version is not None and row_version != locked.row_version:
        raise StaleReport(
            _("报告已被他人更新，现为“%(state)s”。") % {"state": locked.get_state_display()}, field="row_version",
            extra={"state": locked.state, "revision": locked.revision, "row_version": locked.row_version},
        )
    return locked


def refuse(roles: Iterable[str]) -> NotYourTurn:
    """The refusal that names the roles who may."""
    kept = sorted(roles)
    names = enumerated(Role(role).label for role in kept)
    return NotYourTurn(_("只有%(roles)s可以执行此操作。") % {"roles": names}, extra={"roles": kept})


def require_role(verb: str, actor: User, order: Order) -> None:
    """Raise NotYourTurn unless the person, still active, holds a role of the verb; ConflictDeclared by S9."""
    roles = TRANSITIONS[verb].roles
    if not actor.role_codes.intersection(roles):
        raise refuse(roles)
    require_no_conflict(user=actor, company_id=order.company_id)


def require_state(verb: str, report: Report) -> None:
    """Raise IllegalTransition unless the verb may start from the report's state."""
    require_transition(TRANSITIONS, verb, report.state, ReportState(report.state).label)


def require_reason(reason: str) -> str:
    """The reason without blanks around it; raises ReasonMissing."""
    text = reason.strip()
    if not text:
        raise ReasonMissing(field="reason")
    return text


def signature(person: User, moment: datetime | None) -> dict[str, str]:
    """How a person who answers for the report is printed."""
    return {"name": person.name, "staff_number": person.staff_number, "on": day(moment or timezone.now())}


def save(report: Report, *fields: str) -> None:
    """Write the fields and raise the row's version."""
    report.row_version += 1
    report.save(update_fields=[*fields, "row_version"])


def tell_holders(report: Report, event: str, **facts: Any) -> None:
    """Tell the users of the order's company what became of their report; the words stand in templates/emails/."""
    order = report.order
    known = {"number": report.number, "order": order.number, "model": order.product.called}
    notify_company(company=order.company, event=event, key=str(report.pk), facts=known | facts,
                   address=f"/my/orders/{order.number}/")


def note(
    report: Report, order: Order, act: str, actor: User | None, *, before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None, reason: str = "",
) -> None:
    """Append the step of a saved report to the order's chain."""
    append_entry(chain=order.chain, act=act, actor=actor, object_type="report", object_id=report.pk, before=before,
                 after=after, reason=reason, rows=[report])
