"""Who may do what with an order. Predicates ask for role and company; the stage is asked by the table of steps."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from members.companies.models import Company
from members.people.models import User
from members.people.permissions import may_act
from members.people.states import Role
from products.orders.models import Order, Rebase
from products.orders.states import APPLICANT_CANCELS, TRANSITIONS, Stage

Visitor = User | AnonymousUser


def _holds(user: Visitor, company_id: int | None, *roles: str) -> bool:
    return user.is_authenticated and may_act(user, company_id, *roles)


def is_applicant(user: Visitor, company: Company) -> bool:
    """Whether the person is a user of this company."""
    return user.is_authenticated and may_act(user, company.pk, Role.VU) and user.company_id == company.pk


def can_draft_order(user: Visitor, company: Company) -> bool:
    """Users of the company that owns the device."""
    return is_applicant(user, company)


def can_change_draft(user: Visitor, order: Order) -> bool:
    """Users of the company."""
    return is_applicant(user, order.company)


def can_submit_order(user: Visitor, order: Order) -> bool:
    """Users of the company."""
    return is_applicant(user, order.company)


def can_return_order(user: Visitor, order: Order) -> bool:
    """Intake."""
    return _holds(user, order.company_id, Role.IN)


def can_decline_order(user: Visitor, order: Order) -> bool:
    """Intake."""
    return _holds(user, order.company_id, Role.IN)


def can_accept_order(user: Visitor, order: Order) -> bool:
    """Intake."""
    return _holds(user, order.company_id, Role.IN)


def can_receive_sample(user: Visitor, order: Order) -> bool:
    """Intake."""
    return _holds(user, order.company_id, Role.IN)


def can_end_sample(user: Visitor, order: Order) -> bool:
    """Intake."""
    return _holds(user, order.company_id, Role.IN)


def can_hold_order(user: Visitor, order: Order) -> bool:
    """Intake."""
    return _holds(user, order.company_id, Role.IN)


def can_resume_order(user: Visitor, order: Order) -> bool:
    """Intake."""
    return _holds(user, order.company_id, Role.IN)


def can_cancel_order(user: Visitor, order: Order) -> bool:
    """Users of the company before acceptance; intake once it was submitted."""
    if _holds(user, order.company_id, Role.IN):
        return order.stage != Stage.DRAFT
    return is_applicant(user, order.company) and order.stage in APPLICANT_CANCELS


def can_close_order(user: Visitor, order: Order) -> bool:
    """Intake."""
    return _holds(user, order.company_id, Role.IN)


def can_release_exception(user: User, order: Order, person: User) -> bool:
    """The quality manager, never for themselves."""
    return may_act(user, order.company_id, Role.QM) and user != person


def can_propose_rebase(user: Visitor, order: Order) -> bool:
    """Intake."""
    return _holds(user, order.company_id, Role.IN)


def can_allow_drop(user: Visitor, rebase: Rebase) -> bool:
    """The quality manager, never whoever proposed it."""
    return _holds(user, rebase.order.company_id, Role.QM) and user.pk != rebase.proposed_by_id


def can_answer_rebase(user: Visitor, order: Order) -> bool:
    """Users of the company."""
    return is_applicant(user, order.company)


PREDICATES = {
    "change": can_change_draft,
    "submit": can_submit_order,
    "return": can_return_order,
    "decline": can_decline_order,
    "accept": can_accept_order,
    "receive_sample": can_receive_sample,
    "hold": can_hold_order,
    "resume": can_resume_order,
    "cancel": can_cancel_order,
    "close": can_close_order,
}


def verbs_open_to(user: Visitor, order: Order) -> list[str]:
    """The verbs that this person may do with the order as it stands now: what a page offers as buttons."""
    return [verb for verb, may in PREDICATES.items() if order.stage in TRANSITIONS[verb].sources and may(user, order)]
