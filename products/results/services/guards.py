"""What every write of results asks first: the order's stage, a text that must not be empty, a right."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from products.orders.models import Order
from products.orders.services import reopen_testing
from products.orders.services.moves import lock_order
from products.orders.states import REPORTED, Stage
from products.results.errors import NotPermitted, OrderNotInTesting, ReportInProgress, TextMissing
from products.results.models import Attempt
from products.results.selectors import items_thrown_out


def order_in_testing(order: Order) -> Order:
    """The order, locked, if it is tested now; raises ReportInProgress or OrderNotInTesting."""
    locked = lock_order(order)
    if locked.stage != Stage.TESTING:
        _refuse(locked)
    return locked


def order_with_results(order: Order, reason: str) -> Order:
    """The order, locked, whose results may be thrown out: while it is tested, and whatever stands on them later.

    One whose tests were complete goes back to testing. One with a report keeps its stage: what was issued stands until
    it is amended or withdrawn, and shows what it rests on no more.
    """
    locked = lock_order(order)
    return locked if locked.stage in REPORTED else order_reopened(locked, reason)


def order_taking_results(order: Order, codes: Iterable[str]) -> Order:
    """The order, locked, if the items may be recorded, returned or verified now.

    All may while it is tested; later only those of which a result was thrown out, so that an amended report has
    something to say. Raises ReportInProgress or OrderNotInTesting.
    """
    locked = lock_order(order)
    wanted = set(codes)
    if locked.stage in REPORTED and wanted and wanted <= items_thrown_out(locked):
        return locked
    if locked.stage != Stage.TESTING:
        _refuse(locked)
    return locked


def order_reopened(order: Order, reason: str) -> Order:
    """The order, locked and in testing; one whose tests were complete goes back, since a result is in doubt."""
    locked = lock_order(order)
    if locked.stage == Stage.COMPLETE:
        return reopen_testing(order=locked, reason=reason)
    if locked.stage != Stage.TESTING:
        _refuse(locked)
    return locked


def _refuse(order: Order) -> None:
    kind = ReportInProgress if order.stage == Stage.REPORTING else OrderNotInTesting
    raise kind(field="stage", extra={"stage": order.stage})


def fresh_attempt(attempt: Attempt) -> Attempt:
    """The record with its acts as they stand now that the order is locked, whatever the caller had read before."""
    return Attempt.objects.select_related(
        "plan_item__item_version", "version__hardware", "version__firmware", "tool", "recorded_by"
    ).get(pk=attempt.pk)


def require_text(value: str, field: str) -> str:
    """The text without blanks around it; raises TextMissing."""
    text = (value or "").strip()
    if not text:
        raise TextMissing(field=field)
    return text


def require_right(is_permitted: bool, *, roles: str) -> None:
    """Raises NotPermitted, which names who may."""
    if not is_permitted:
        raise NotPermitted(remedy=_("请由%(roles)s办理。") % {"roles": roles})
