"""Hands out a tool with what only this topic knows: which orders in testing are measured with it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from members.people.models import User
from products.equipment.models import Loan
from products.equipment.services import hand_out_tool
from products.results.selectors import orders_measured_with
from wapicert.texts import line, lines, takes_text


@takes_text(condition=line(200), exception=lines(1000))
@transaction.atomic
def lend_tool(*, loan: Loan, actor: User, condition: str, exception: str = "", now: datetime | None = None) -> Loan:
    """`equipment.hand_out_tool`; a tool with which orders in testing were measured needs a reason."""
    return hand_out_tool(loan=loan, actor=actor, condition=condition, exception=exception,
                         in_use=orders_measured_with(loan.tool), now=now)
