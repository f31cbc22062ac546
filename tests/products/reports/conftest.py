"""A queue in memory, so that tests see what is sent and nothing reaches a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from wapicert import celery_app


@pytest.fixture
def sent() -> Iterator[Callable[[], list[tuple[str, list[str]]]]]:
    """Task names and arguments that were sent since the last call."""
    before = celery_app.conf.broker_write_url
    use_broker("memory://")
    with celery_app.connection_for_write() as connection, connection.SimpleQueue("celery") as queue:
        queue.clear()

        def read() -> list[tuple[str, list[str]]]:
            found = []
            while queue.qsize():
                message = queue.get_nowait()
                message.ack()
                found.append((message.headers["task"], message.payload[0]))
            return found

        yield read
    use_broker(before)


@pytest.fixture
def broker_down() -> Iterator[None]:
    """Nothing listens at the broker's address."""
    before = celery_app.conf.broker_write_url
    use_broker("redis://127.0.0.1:1/0")
    yield
    use_broker(before)


def use_broker(address: str | None) -> None:
    celery_app.conf.broker_write_url = address
    celery_app.amqp._producer_pool = None
