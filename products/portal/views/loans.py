"""What the member borrows from the laboratory: which device, since when, due when, in which condition."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.people.models import User
from products.equipment.selectors import is_overdue, loans_running, loans_visible_to
from products.portal.views.access import member_page

# Older ones are told by the API.
SHOWN = 100


@require_safe
@member_page
def show_loans(request: HttpRequest, user: User) -> HttpResponseBase:
    """Loans of the company: what is out or reserved, first what is due first; then what was."""
    own = loans_visible_to(user)
    running = loans_running(own)
    ended = own.exclude(pk__in=running.values("pk"))
    return render(request, "products/portal/loans.html", {"running": rows_of(running), "ended": rows_of(ended[:SHOWN])})


def rows_of(loans: Any) -> list[dict[str, Any]]:
    """Each loan with whether it is overdue."""
    return [{"loan": loan, "is_late": is_overdue(loan)} for loan in loans]
