"""Consent to another edition with what follows for the results: kept ones count, changed items are tested again."""

from __future__ import annotations

from django.db import transaction

from members.people.models import User
from products.orders.errors import RebaseNotPossible
from products.orders.models import Order, Rebase
from products.orders.selectors import versions_of
from products.orders.services import consent_to_rebase
from products.orders.states import Inclusion
from products.results.models import Slot
from products.results.selectors import is_in_doubt
from products.results.services import open_slots, rebuild_slots, require_repeats
from products.rework.selectors import running_rework
from products.rework.services.settling import settle_order


@transaction.atomic
def rebase_order(*, rebase: Rebase, actor: User) -> Order:
    """Consent as the applicant: the plan follows the new edition as a recorded amendment of the contract.

    Records of items that say the same count on; items that say something else wait for a new test, their old verdict
    shown greyed; new items wait for their first. Refuses while a rework runs or a result is in doubt, since both
    speak of the old words.
    """
    if running_rework(rebase.order) is not None or is_in_doubt(rebase.order):
        raise RebaseNotPossible(field="stage")
    answered, changed = consent_to_rebase(rebase=rebase, actor=actor)
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
