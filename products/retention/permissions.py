"""Who holds what must not go, and who makes people anonymous."""

from __future__ import annotations

from members.people.models import User
from members.people.states import Role
from products.retention.models import Departure, Hold


def can_see_holds(user: User) -> bool:
    """The quality manager, whoever may confirm a lifting, and the auditor."""
    return bool(user.role_codes & {Role.QM, Role.DM, Role.AU})


def can_keep_holds(user: User) -> bool:
    """The quality manager places holds and asks to lift them."""
    return Role.QM in user.role_codes


def can_decide_lifting(user: User, hold: Hold) -> bool:
    """Another quality manager or a decision maker, never whoever asked for it nor whom the hold is on."""
    is_another = user.pk not in (hold.lift_requested_by_id, hold.user_id)
    return bool(user.role_codes & {Role.QM, Role.DM}) and is_another


def can_see_departures(user: User) -> bool:
    """Whoever may ask or confirm, and the auditor."""
    return bool(user.role_codes & {Role.AD, Role.QM, Role.AU})


def can_request_departure(user: User, person: User) -> bool:
    """The administrator, never for the own account."""
    return Role.AD in user.role_codes and user != person


def can_refuse_departure(user: User, departure: Departure) -> bool:
    """An administrator or the quality manager, whoever asked for it included, never the person."""
    return bool(user.role_codes & {Role.AD, Role.QM}) and user.pk != departure.user_id


def can_confirm_departure(user: User, departure: Departure) -> bool:
    """The same, but never whoever asked for it."""
    return can_refuse_departure(user, departure) and user.pk != departure.requested_by_id
