"""Consent to another edition with what follows for the results: kept ones count, changed items are tested again."""

from __future__ import annotations

from django.db import transaction

from members.people.models import User
from products.orders.errors import RebaseNotPossible
from products.orders.models import Order, Rebase
from products.orders.permissions import can_propose_rebase
from products.orders.selectors import versions_of
from products.orders.services import consent_to_rebase, lock_order, open_rebase
from products.orders.states import Inclusion
from products.results.models import Slot
from products.results.selectors import is_in_doubt
from products.results.services import open_slots, rebuild_slots, require_repeats
from products.rework.selectors import failed_codes, running_rework
from products.rework.services.settling import settle_order
from products.suites.models import Edition
from wapicert.texts import REASON, takes_text


@takes_text(reason=REASON)
@transaction.atomic
def propose_rebase(*, order: Order, edition: Edition, reason: str, actor: User) -> Rebase:
    """Propose as intake that the tests go on by a newer edition; nothing changes yet.

    An item that counts, failed here or closed its rework as failed, and would no longer count, is named: then the
    quality manager decides before the applicant can consent. Refuses what `orders.services.open_rebase` refuses, and
    any proposal while a rework runs or a result is in doubt.
    """
    if can_propose_rebase(actor, order):
        order = lock_order(order)
        _require_nothing_open(order)
    return open_rebase(order=order, edition=edition, reason=reason, actor=actor, failed=failed_codes(order))


@transaction.atomic
def rebase_order(*, rebase: Rebase, actor: User) -> Order:
    """Consent as the applicant: the plan follows the new edition as a recorded amendment of the contract.

    Records of items that say the same count on; items that say something else wait for a new test, their old verdict
    shown greyed; new items wait for their first. Refuses while a rework runs or a result is in doubt, since both
    speak of the old words, and while an item that failed would be dropped without the quality manager's decision.
    """
    _require_nothing_open(rebase.order)
    answered, changed = consent_to_rebase(rebase=rebase, actor=actor, failed=failed_codes(rebase.order))
    order = answered.order
    # Slots are a cache: what is out of the plan has none, so that it counts for no parent.
    Slot.objects.filter(plan_item__order=order).exclude(plan_item__inclusion=Inclusion.IN).delete()
    open_slots(order=order)
    version = versions_of(order).last()
    tested = [item for item in changed if item.attempts.exists()]
    if tested and version is not None:
        require_repeats(order=order, plan_items=tested, version=version, actor=actor)
    rebuild_slots(order=order)
    return settle_order(order=order)


def _require_nothing_open(order: Order) -> None:
    if running_rework(order) is not None or is_in_doubt(order):
        raise RebaseNotPossible(field="stage")
