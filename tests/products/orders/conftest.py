"""One order at every stage, which tests start from; what they change is undone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from products.orders.states import Stage
from tests.factories import catalogue, people
from tests.factories.orders import order_in
from tests.stage import staged


@staged
def order_at_every_stage() -> SimpleNamespace:
    """The cast, the catalogue and `orders` by stage."""
    everybody, loaded = people.cast(), catalogue.load()
    return SimpleNamespace(cast=everybody, catalogue=loaded,
                           orders={stage: order_in(stage, everybody) for stage in Stage})


@pytest.fixture
def world(order_at_every_stage: SimpleNamespace) -> SimpleNamespace:
    """The test's own copy of what was built: objects that a test changes are its own, as the rows are."""
    return order_at_every_stage
