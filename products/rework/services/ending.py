"""Ends a rework without its pass: judged as failed, or given up. What failed then stays failed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from members.people.models import User
from products.results.services import lift_repeats
from products.rework.models import Rework
from products.rework.permissions import can_abandon_rework, can_fail_rework
from products.rework.services.moves import lock_rework, move_rework, require_right, require_text, require_verb
from products.rework.services.settling import settle_order
from wapicert.texts import REASON, takes_text


@takes_text(reason=REASON)
@transaction.atomic
def fail_rework(*, rework: Rework, actor: User, reason: str, row_version: int | None = None) -> Rework:
    """Close a running rework as failed (整改未通过), by a verifier and for a reason.

    Repeats that were asked for and not recorded are lifted, so that every item shows its last verdict on the version
    that it was measured on; the order may be complete then, and its report says 不符合.
    """
    require_right(can_fail_rework(actor, rework), roles="VE")
    return _end(rework, "close_fail", actor, reason, row_version)


@takes_text(reason=REASON)
@transaction.atomic
def abandon_rework(*, rework: Rework, actor: User, reason: str, row_version: int | None = None) -> Rework:
    """Give a running rework up (整改终止), by the vendor or intake and for a reason; otherwise as failing it."""
    require_right(can_abandon_rework(actor, rework), roles="VU, IN")
    return _end(rework, "abandon", actor, reason, row_version)


def _end(rework: Rework, verb: str, actor: User, reason: str, row_version: int | None) -> Rework:
    order, locked = lock_rework(rework, row_version)
    require_verb(verb, locked)
    text = require_text(reason, "reason")
    move_rework(order, locked, verb, actor, reason=text,
                changes={"closing_reason": text, "closed_at": timezone.now()})
    lift_repeats(order=order, actor=actor)
    settle_order(order=order)
    return locked
