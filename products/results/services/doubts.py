"""Tells people of results in doubt, and leaves that in the history of every order concerned."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from members.history.services import append_entry
from members.notices.services import notify_role
from members.people.models import User
from members.people.states import Role
from products.orders.models import Order
from products.orders.services.moves import lock_order
from products.results.errors import BatchEmpty
from products.results.permissions import can_announce_doubt
from products.results.services.guards import require_right, require_text
from wapicert.canonical import digest_of
from wapicert.texts import LONG, REASON, STORY, takes_text


@takes_text(criteria=STORY, reason=REASON, address=LONG)
@transaction.atomic
def announce_doubt(*, orders: Iterable[Order], criteria: str, reason: str, address: str, actor: User) -> int:
    """Tell quality manager, intake, verifiers and signatories which orders a doubt touches, and why.

    `criteria` says in words what is in doubt, `address` where the list stands. An entry in the chain of each order;
    nothing moves. Refuses whoever is neither verifier nor quality manager, no order, and an empty reason.
    """
    require_right(can_announce_doubt(actor), roles="VE, QM")
    reason = require_text(reason, "reason")
    rows = [lock_order(order) for order in sorted(orders, key=lambda row: row.pk)]
    if not rows:
        raise BatchEmpty(field="orders")
    numbers = [row.number for row in rows]
    for row in rows:
        append_entry(chain=row.chain, act="results.doubt_announced", actor=actor, object_type="order",
                     object_id=row.number, after={"criteria": criteria}, reason=reason)
    facts = {"criteria": criteria, "reason": reason, "numbers": "、".join(numbers), "count": len(numbers)}
    key = digest_of([facts, actor.staff_number])[:40]
    for role in (Role.QM, Role.IN, Role.VE, Role.SG):
        notify_role(role=role, event="results.doubt_announced", key=key, facts=facts, address=address[:200])
    return len(rows)
