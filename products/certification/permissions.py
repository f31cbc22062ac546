"""Who may do what with a certification. Predicates ask for role and past acts; the state is asked by the table."""

from __future__ import annotations

from members.people.models import User
from members.people.permissions import may_act
from members.people.states import Role
from products.certification.models import Certification
from products.certification.selectors import people_who_took_part
from products.certification.states import TRANSITIONS
from products.orders.models import Order


def can_recommend(user: User, order: Order) -> bool:
    """Reviewers who took no part in the order (S3, S6)."""
    return may_act(user, order.company_id, Role.RV) and user.pk not in people_who_took_part(order)


def can_decide(user: User, order: Order) -> bool:
    """Decision makers who took no part in the order (S4, S6); reviewer and decision maker may be one person."""
    return may_act(user, order.company_id, Role.DM) and user.pk not in people_who_took_part(order)


def can_change_certification(user: User, certification: Certification) -> bool:
    """Decision makers who took no part in the order (S4, S6), in every step after the decision as in the decision."""
    return can_decide(user, certification.order)


def verbs_open_to(user: User, certification: Certification) -> list[str]:
    """The verbs that this person may do with the certification as it stands: what a page offers as buttons."""
    open_verbs = [verb for verb, row in TRANSITIONS.items() if row.roles and certification.state in row.sources]
    return open_verbs if open_verbs and can_change_certification(user, certification) else []
