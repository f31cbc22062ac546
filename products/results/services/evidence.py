"""Adds captures, logs and photographs to an order, to one of its items or to one attempt."""

from __future__ import annotations

from django.core.files.base import File
from django.db import transaction

from members.history.services import append_entry
from members.people.models import User
from products.files.selectors import PHOTOGRAPHS
from products.files.services import kept_only_if_used, store_file
from products.orders.models import Order, PlanItem
from products.orders.services.moves import lock_order
from products.orders.states import Stage
from products.results import errors
from products.results.models import Attempt, Evidence
from products.results.permissions import BENCH, can_add_evidence
from products.results.services.guards import require_right
from wapicert.texts import CODE, line, takes_text

# Evidence may follow the tests, until the report is being written.
TAKES_EVIDENCE = frozenset({Stage.ACCEPTED, Stage.TESTING, Stage.COMPLETE})


@takes_text(item=CODE, note=line(200))
@transaction.atomic
def add_evidence(
    *,
    order: Order,
    upload: File[bytes] | None,
    actor: User,
    item: str | None = None,
    attempt: Attempt | None = None,
    note: str = "",
    is_device_photograph: bool = False,
) -> Evidence:
    """Keep a file as evidence; staff and the order's own vendor see it.

    Vendors add to the order as a whole. Refuses an item out of the edition, an attempt of another order, a device
    photograph that is none, and everything that storing a file refuses; then nothing is kept.
    """
    require_right(can_add_evidence(actor, order), roles="IN, TE, VE, VU")
    is_of_bench = bool(actor.role_codes & BENCH)
    require_right(is_of_bench or (item is None and attempt is None and not is_device_photograph), roles="IN, TE, VE")
    locked = lock_order(order)
    if locked.stage not in TAKES_EVIDENCE:
        raise errors.OrderNotInTesting(field="stage", extra={"stage": locked.stage})
    plan_item = _plan_item(locked, item, attempt)
    stored = store_file(upload=upload, actor=actor, company=locked.company)
    with kept_only_if_used(stored):
        if is_device_photograph and stored.media_type not in PHOTOGRAPHS:
            raise errors.PhotographExpected(field="file")
        evidence = Evidence.objects.create(order=locked, plan_item=plan_item, attempt=attempt, file=stored,
                                           note=note.strip()[:200], is_device_photograph=is_device_photograph,
                                           added_by=actor)
        append_entry(chain=locked.chain, act="evidence.added", actor=actor, object_type="evidence",
                     object_id=evidence.pk, after={"name": stored.name, "sha256": stored.sha256,
                                                   "item": plan_item.code if plan_item else None})
    return evidence


def _plan_item(order: Order, item: str | None, attempt: Attempt | None) -> PlanItem | None:
    """The planned item that the evidence belongs to, named itself or by an attempt."""
    if attempt is not None:
        if attempt.plan_item.order_id != order.pk or item not in (None, attempt.plan_item.code):
            raise errors.AttemptUnknown(field="attempt")
        return attempt.plan_item
    if item is None:
        return None
    found = PlanItem.objects.filter(order=order, code=item).first()
    if found is None:
        raise errors.ItemUnknown(field="item")
    return found
