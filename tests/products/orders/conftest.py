"""One order at every stage, built once for a module: each test starts from them and its changes are rolled back."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from products.orders.states import Stage
from tests.factories import catalogue, people
from tests.factories.orders import order_in

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """The cast, the catalogue and `orders` by stage, inside a transaction that ends with the module.

    The transactions of the tests lie within it, so what they change is undone before the next one.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=QUICK):
            everybody, loaded = people.cast(), catalogue.load()
        yield SimpleNamespace(cast=everybody, catalogue=loaded,
                              orders={stage: order_in(stage, everybody) for stage in Stage})
        transaction.set_rollback(True)


@pytest.fixture
def world(built: SimpleNamespace, db: None) -> SimpleNamespace:
    """The test's own copy of what was built: objects that a test changes are its own, as the rows are."""
    return copy.deepcopy(built)
