"""Series of numbers have no gap and no number twice."""

import threading
from contextlib import nullcontext

import pytest
from django.db import connection, transaction

from members.numbering.services import next_number


def test_next_number_counts_each_series_and_period_by_itself(db):
    assert [next_number(series="report", period="2026") for _ in range(3)] == [1, 2, 3]
    assert next_number(series="report", period="2027") == 1
    assert next_number(series="order", period="2026") == 1


def test_next_number_after_a_rollback_is_given_again(db):
    next_number(series="report", period="2026")
    with transaction.atomic():
        assert next_number(series="report", period="2026") == 2
        transaction.set_rollback(True)
    assert next_number(series="report", period="2026") == 2


@pytest.mark.django_db(transaction=True)
def test_next_number_asked_by_many_at_once_gives_each_its_own():
    given = []
    # The tests' SQLite lives in memory, where writers fail instead of waiting; there the threads take turns.
    turn = threading.Lock() if connection.vendor == "sqlite" else nullcontext()

    def ask() -> None:
        with turn:
            given.append(next_number(series="report", period="2026"))
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 9))
