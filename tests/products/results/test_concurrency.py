"""Two testers, or two verifiers, at one item at once: the first one's act stands, nothing is overwritten."""

from __future__ import annotations

import pytest

from members.history.selectors import breaks_in
from products.results.errors import BatchRefused
from products.results.models import Attempt, AttemptAct
from products.results.services import record_attempts, return_attempt, verify_attempts
from tests.factories import equipment, orders, results
from tests.products.orders.test_concurrency import at_once
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_testers_at_one_item_leave_one_record(cast, catalogue):
    order = orders.in_testing(cast)
    equipment.tool(cast.quality)
    rows = results.rows(order, ["IOP-01"])
    refused = at_once(
        lambda: record_attempts(order=order, rows=rows, actor=cast.tester),
        lambda: record_attempts(order=order, rows=rows, actor=cast.tester2),
    )
    assert refused == [BatchRefused]
    assert Attempt.objects.count() == 1
    assert breaks_in(order.chain) == []


def test_verifying_and_returning_at_once_let_one_through(cast, catalogue):
    order = orders.in_testing(cast)
    attempt = results.attempt(order, cast)
    refused = at_once(
        lambda: verify_attempts(order=order, attempts=[attempt], actor=cast.verifier),
        lambda: return_attempt(attempt=attempt, comment="演示", actor=cast.verifier),
    )
    assert refused == [IllegalTransition]
    assert AttemptAct.objects.filter(attempt=attempt).count() == 1
