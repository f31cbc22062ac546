"""Who may move a rework."""

from __future__ import annotations

from members.people.models import User
from members.people.permissions import may_act
from members.people.states import Role
from products.rework.models import Rework


def can_send_finding(user: User, rework: Rework) -> bool:
    """Testers and verifiers; whoever explains takes no part in the decision (S6)."""
    return may_act(user, rework.order.company_id, Role.TE, Role.VE)


def can_answer_finding(user: User, rework: Rework) -> bool:
    """Users of the company that applied."""
    return Role.VU in user.role_codes and user.company_id == rework.order.company_id


def can_write_message(user: User, rework: Rework) -> bool:
    """Testers, verifiers, intake, and users of the company that applied."""
    may_write = may_act(user, rework.order.company_id, Role.TE, Role.VE, Role.IN)
    return may_write or can_answer_finding(user, rework)


def can_sign_scope(user: User, rework: Rework) -> bool:
    """Verifiers."""
    return may_act(user, rework.order.company_id, Role.VE)


def can_fail_rework(user: User, rework: Rework) -> bool:
    """Verifiers."""
    return may_act(user, rework.order.company_id, Role.VE)


def can_abandon_rework(user: User, rework: Rework) -> bool:
    """Intake, and users of the company that applied."""
    return may_act(user, rework.order.company_id, Role.IN) or can_answer_finding(user, rework)
