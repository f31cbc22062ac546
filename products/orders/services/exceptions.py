"""Exceptions from separations of duty: explicit, for a time, released by the quality manager."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from members.history.services import append_entry
from members.people.models import User
from products.orders.errors import ExceptionEnded, ExceptionTooLong, NotPermitted, OrderEnded
from products.orders.models import DutyException, Order
from products.orders.permissions import can_release_exception
from products.orders.services.moves import lock_order, require_text
from products.orders.states import ENDED, DutyRule
from wapicert.texts import REASON, takes_text

LONGEST = timedelta(days=90)


@takes_text(reason=REASON)
@transaction.atomic
def release_exception(
    *, order: Order, user: User, rule: DutyRule, reason: str, valid_until: date, actor: User
) -> DutyException:
    """Let one person do on one order what the rule forbids, until a day; told in the order's history.

    Refuses everybody but a quality manager, one's own exception, an empty reason, a day past or more than 90 days
    away, and an order that has ended. S10 and the separation of testing and decision know no exception.
    """
    locked = lock_order(order)
    if not can_release_exception(actor, locked, user):
        raise NotPermitted(field="actor")
    text, today = require_text(reason, field="reason", limit=500), timezone.localdate()
    if locked.stage in ENDED:
        raise OrderEnded(field="order", extra={"stage": locked.stage})
    if not today <= valid_until <= today + LONGEST:
        raise ExceptionTooLong(field="valid_until")
    row = DutyException.objects.create(order=locked, user=user, rule=rule, reason=text, valid_until=valid_until,
                                       released_by=actor)
    append_entry(chain=locked.chain, act="duty.exception_released", actor=actor, object_type="exception",
                 object_id=row.pk, reason=text,
                 after={"rule": rule, "staff_number": user.staff_number, "valid_until": valid_until})
    return row


@transaction.atomic
def end_exception(*, exception: DutyException, actor: User) -> DutyException:
    """End an exception before its day; what was done under it stays as it is."""
    order = lock_order(exception.order)
    row = DutyException.objects.select_for_update().select_related("user").get(pk=exception.pk)
    if not can_release_exception(actor, order, row.user):
        raise NotPermitted(field="actor")
    if row.ended_at is not None:
        raise ExceptionEnded(field="exception")
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    append_entry(chain=order.chain, act="duty.exception_ended", actor=actor, object_type="exception", object_id=row.pk,
                 before={"rule": row.rule, "staff_number": row.user.staff_number})
    return row
