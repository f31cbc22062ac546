"""Orders in every state with everything that hangs on them, over the small suite of the walk."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from products.orders.models import Order
from tests.factories import certification, orders, reports, results, rework
from tests.walk import world as small


def build() -> SimpleNamespace:
    """The cast, and an order for each stage and for each state of rework, report and certification."""
    world = small.build()
    made = [build(world.cast) for build in _builders()]
    world.orders = [found for found in map(_order_of, made) if found is not None]
    return world


def _builders() -> list[Any]:
    tables = (orders.BUILDERS, rework.BUILDERS, reports.BUILDERS, certification.BUILDERS)
    # The undecorated builders: what is kept for one suite does not fit another.
    return [getattr(one, "__wrapped__", one) for table in tables for one in table.values()] + [
        getattr(results.with_failed_item, "__wrapped__", results.with_failed_item)]


def _order_of(made: Any) -> Order | None:
    return made if isinstance(made, Order) else getattr(made, "order", None)
