"""Two people at one order at once: the first one's act stands, the second is refused and overwrites nothing."""

from __future__ import annotations

import threading
from contextlib import nullcontext

import pytest
from django.db import connection

from members.history.selectors import breaks_in, entries_of
from products.orders import services
from products.orders.errors import StaleOrder
from products.orders.states import Stage
from tests.factories.orders import REVIEWED, drafted, fresh, submitted
from wapicert.errors import DomainError
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run the acts in threads that start together; returns the codes of those that were refused."""
    refused: list[type[DomainError]] = []
    start = threading.Barrier(len(acts))
    # The tests' SQLite lives in memory, where writers fail instead of waiting; there the threads take turns.
    turn = threading.Lock() if connection.vendor == "sqlite" else nullcontext()

    def run(act):
        start.wait()
        with turn:
            try:
                act()
            except DomainError as refusal:
                refused.append(type(refusal))
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_accept_and_decline_at_once_let_one_through(cast, catalogue):
    order = submitted(cast)
    refused = at_once(
        lambda: services.accept_order(order=order, actor=cast.intake, review=REVIEWED),
        lambda: services.decline_order(order=order, actor=cast.intake, reason="演示原因"),
    )
    order = fresh(order)
    assert refused == [IllegalTransition]
    assert order.plan.count() == (125 if order.stage == Stage.ACCEPTED else 0)
    assert [entry.act for entry in entries_of(order.chain)] == [
        "order.drafted", "order.submitted", f"order.{order.stage}"]
    assert breaks_in(order.chain) == []


def test_two_saves_of_one_form_at_once_keep_the_first(cast, catalogue):
    order = drafted(cast)
    refused = at_once(*(
        lambda remark=remark: services.change_draft(order=order, actor=cast.vendor, remark=remark, row_version=1)
        for remark in ("甲", "乙")
    ))
    order = fresh(order)
    assert refused == [StaleOrder]
    assert (order.row_version, entries_of(order.chain).last().after["remark"]) == (2, order.remark)


def test_two_samples_of_one_serial_number_at_once_are_one(cast, catalogue):
    order = services.accept_order(order=submitted(cast), actor=cast.intake, review=REVIEWED)
    refused = at_once(*(
        lambda: services.receive_sample(order=order, actor=cast.intake, serial_number="SN-1", hardware="V1.0",
                                        firmware="1.0.0", condition="完好")
        for _ in range(2)
    ))
    assert [error.code for error in refused] == ["sample_already_received"]
    assert (order.samples.count(), order.versions.count()) == (1, 1)
