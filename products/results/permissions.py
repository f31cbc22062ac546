"""Who may do what with results. Predicates ask for roles and for who acted before; states are asked by the tables."""

from __future__ import annotations

from members.people.models import User
from members.people.permissions import may_act
from members.people.states import Role
from products.orders.models import Order
from products.orders.selectors import is_excepted
from products.orders.states import DutyRule
from products.results.models import Attempt, Exclusion
from products.results.states import ExclusionKind, ExclusionState

# Who takes part in testing and hence adds evidence.
BENCH = frozenset({Role.TE, Role.VE, Role.IN})


def can_record_results(user: User, order: Order) -> bool:
    """Testers; the category's authorisation is asked row by row."""
    return may_act(user, order.company_id, Role.TE)


def can_keep_rig(user: User, responsible: User) -> bool:
    """Testers for rigs that they answer for themselves; the quality manager for any."""
    return Role.QM in user.role_codes or (Role.TE in user.role_codes and user.pk == responsible.pk)


def can_correct_attempt(user: User, attempt: Attempt) -> bool:
    """Testers, whoever recorded it."""
    return may_act(user, attempt.plan_item.order.company_id, Role.TE)


def can_verify_results(user: User, order: Order) -> bool:
    """Verifiers; S1 is asked per attempt."""
    return may_act(user, order.company_id, Role.VE)


def can_verify_attempt(user: User, attempt: Attempt) -> bool:
    """Verifiers, but not who recorded it (S1)."""
    return (may_act(user, attempt.plan_item.order.company_id, Role.VE)
            and (attempt.recorded_by_id != user.pk or is_excepted(attempt.plan_item.order, user, DutyRule.S1)))


def can_request_invalidation(user: User, attempt: Attempt) -> bool:
    """Verifiers."""
    return may_act(user, attempt.plan_item.order.company_id, Role.VE)


def can_invalidate_attempt(user: User, attempt: Attempt) -> bool:
    """The quality manager; that another person asked is checked on the act."""
    return may_act(user, attempt.plan_item.order.company_id, Role.QM)


def can_announce_doubt(user: User) -> bool:
    """Verifiers and the quality manager."""
    return bool(user.role_codes & {Role.VE, Role.QM})


def can_propose_exclusion(user: User, order: Order) -> bool:
    """Testers."""
    return may_act(user, order.company_id, Role.TE)


def can_approve_exclusion(user: User, exclusion: Exclusion) -> bool:
    """A verifier other than the proposer; for a waiver also the quality manager, a third person."""
    if exclusion.state != ExclusionState.PROPOSED or exclusion.proposed_by_id == user.pk:
        return False
    return consent_of(user, exclusion) != ""


def consent_of(user: User, exclusion: Exclusion) -> str:
    """Which consent the person may give now: `verifier`, `quality_manager`, or none."""
    company_id = exclusion.plan_item.order.company_id
    is_open_to_verifier = exclusion.verifier_id is None and exclusion.quality_manager_id != user.pk
    if is_open_to_verifier and may_act(user, company_id, Role.VE):
        return "verifier"
    is_asked = exclusion.kind == ExclusionKind.WAIVER and exclusion.quality_manager_id is None
    if is_asked and exclusion.verifier_id != user.pk and may_act(user, company_id, Role.QM):
        return "quality_manager"
    return ""


def can_refuse_exclusion(user: User, exclusion: Exclusion) -> bool:
    """A verifier; for a waiver also the quality manager."""
    roles = [Role.VE, Role.QM] if exclusion.kind == ExclusionKind.WAIVER else [Role.VE]
    return may_act(user, exclusion.plan_item.order.company_id, *roles)


def can_withdraw_exclusion(user: User, exclusion: Exclusion) -> bool:
    """Whoever proposed it, while consents are missing."""
    return exclusion.proposed_by_id == user.pk and may_act(user, exclusion.plan_item.order.company_id, Role.TE)


def can_reopen_exclusion(user: User, exclusion: Exclusion) -> bool:
    """Testers and verifiers: that an item is tested after all harms nobody."""
    return may_act(user, exclusion.plan_item.order.company_id, Role.TE, Role.VE)


def can_accept_exclusion(user: User, exclusion: Exclusion) -> bool:
    """Users of the company whose device is to be waived."""
    return Role.VU in user.role_codes and user.company_id == exclusion.plan_item.order.company_id


def can_add_evidence(user: User, order: Order) -> bool:
    """Intake, testers and verifiers; users of the own company for the order as a whole."""
    return may_act(user, order.company_id, *BENCH) or is_own_vendor(user, order)


def is_own_vendor(user: User, order: Order) -> bool:
    """Whether the person acts for the company that applied."""
    return Role.VU in user.role_codes and user.company_id == order.company_id
