"""The embedded task queue: a kombu transport on one SQLite file, for one machine and a local disk.

A worker process claims a message by writing its owner id into the row, and holds a `flock` on a file of that name
for as long as it lives, which no kill can prevent from being released. Any worker frees the messages whose owner's
lock is free, so what a killed worker had taken is delivered again within seconds. Delivery is thus at least once.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

SWEEP_SECONDS = 1.0
# WAL lets producers write while workers look; a power cut may lose the last messages, but every task of ours has a
# row in the database that says what is still to be done.
SCHEMA = """
    PRAGMA journal_mode=WAL;
    CREATE TABLE IF NOT EXISTS message (
        id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, payload TEXT NOT NULL,
        owner TEXT, deliveries INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX IF NOT EXISTS message_waiting ON message (queue, id) WHERE owner IS NULL;
"""


class Store:
    """The queue's file as one process sees it, usable from all its threads."""

    def __init__(self, path: str) -> None:
        self.owner, self.lock = "", -1
        self.owners = Path(f"{path}-owners")
        self.owners.mkdir(parents=True, exist_ok=True)
        self.next_sweep = 0.0
        with open(f"{path}-setup", "a", encoding="utf-8") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)  # SQLite does not wait for another process that sets the journal mode
            self.connection = sqlite3.connect(path, timeout=20, isolation_level=None, check_same_thread=False)
            self.connection.executescript(SCHEMA)
        self.connection.execute("PRAGMA synchronous=NORMAL")

    def run(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Execute one statement as a transaction of its own and return all its rows."""
        with turn:
            return self.connection.execute(sql, parameters).fetchall()

    def claim(self, queue: str) -> tuple[int, str, int] | None:
        """Take the oldest waiting message: its id, payload and how often it was taken; None when none waits."""
        if not self.run("SELECT 1 FROM message WHERE queue = ? AND owner IS NULL LIMIT 1", queue):
            return None
        rows = self.run(
            "UPDATE message SET owner = ?, deliveries = deliveries + 1 WHERE id = (SELECT id FROM message "
            "WHERE queue = ? AND owner IS NULL ORDER BY id LIMIT 1) RETURNING id, payload, deliveries",
            self.living_owner(), queue,
        )
        return (rows[0][0], rows[0][1], rows[0][2]) if rows else None

    def living_owner(self) -> str:
        """This process's owner id. Its file takes its final name only when locked: before, a sweep would remove it."""
        with turn:
            if not self.owner:
                owner = uuid4().hex
                unfinished = self.owners / f".{owner}"
                self.lock = os.open(unfinished, os.O_CREAT | os.O_RDWR)
                fcntl.flock(self.lock, fcntl.LOCK_EX)
                self.owner = unfinished.rename(self.owners / owner).name
            return self.owner

    def sweep(self) -> None:
        """Free the messages of processes that are no more, at most once a second."""
        if monotonic() < self.next_sweep:
            return
        self.next_sweep = monotonic() + SWEEP_SECONDS
        claimed = {row[0] for row in self.run("SELECT DISTINCT owner FROM message WHERE owner IS NOT NULL")}
        for owner in claimed | {path.name for path in self.owners.glob("[!.]*")}:
            if not self.lives(owner):
                self.run("UPDATE message SET owner = NULL WHERE owner = ?", owner)
                (self.owners / owner).unlink(missing_ok=True)

    def lives(self, owner: str) -> bool:
        """Whether the process that calls itself `owner` still holds its lock."""
        try:
            probe = os.open(self.owners / owner, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(probe)
        return False


# One thread at a time uses SQLite, and none does while the process forks: a child that copied SQLite's own locks
# in mid-use would wait for ever.
turn = threading.RLock()
stores: dict[str, Store] = {}
inherited: list[Store] = []


def store_of(path: str) -> Store:
    """This process's store for the file."""
    with turn:
        if path not in stores:
            stores[path] = Store(path)
        return stores[path]


def _begin_as_child() -> None:
    """A forked child leaves its parent's connection alone, unused and unclosed, and gives up its share of the lock."""
    for store in stores.values():
        if store.owner:
            os.close(store.lock)
    inherited.extend(stores.values())
    stores.clear()
    turn.release()


os.register_at_fork(before=turn.acquire, after_in_parent=turn.release, after_in_child=_begin_as_child)


class QoS(virtual.QoS):
    """What was delivered and not yet acknowledged; a delivery tag is the id of the message's row."""

    channel: Channel

    def ack(self, delivery_tag: str) -> None:
        self.channel.store.run("DELETE FROM message WHERE id = ?", delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if not requeue:
            self.channel.store.run("DELETE FROM message WHERE id = ?", delivery_tag)
        super().reject(delivery_tag, requeue=requeue)


class Channel(virtual.Channel):
    """Puts messages into the file and takes them out."""

    QoS = QoS

    def __init__(self, connection: Any, **options: Any) -> None:
        super().__init__(connection, **options)
        self.store = store_of(connection.client.virtual_host)

    def _put(self, queue: str, message: dict[str, Any], **options: Any) -> None:
        self.store.run("INSERT INTO message (queue, payload) VALUES (?, ?)", queue, dumps(message))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        self.store.sweep()
        claimed = self.store.claim(queue)
        if claimed is None:
            raise Empty
        identity, payload, deliveries = claimed
        message: dict[str, Any] = loads(payload)
        message["properties"]["delivery_tag"] = str(identity)
        message["properties"]["delivery_info"]["redelivered"] = deliveries > 1
        return message

    def _restore(self, message: virtual.Message) -> None:
        self.store.run("UPDATE message SET owner = NULL WHERE id = ?", message.delivery_tag)

    def _size(self, queue: str) -> int:
        return int(self.store.run("SELECT count(*) FROM message WHERE queue = ? AND owner IS NULL", queue)[0][0])

    def _purge(self, queue: str) -> int:
        return len(self.store.run("DELETE FROM message WHERE queue = ? AND owner IS NULL RETURNING id", queue))

    def basic_get(self, queue: str, no_ack: bool = False, **options: Any) -> virtual.Message | None:
        """The next message or None; without acknowledgement it is forgotten at once."""
        message = super().basic_get(queue, **options)
        if message is not None and no_ack:
            self.basic_ack(str(message.delivery_tag))
        return message

    def basic_consume(
        self,
        queue: str,
        no_ack: bool = False,
        callback: Callable[..., Any] | None = None,
        consumer_tag: str | None = None,
        **options: Any,
    ) -> str:
        """Deliver messages to `callback`; without acknowledgement each is forgotten before."""

        def forget_and_deliver(message: virtual.Message) -> Any:
            self.basic_ack(str(message.delivery_tag))
            return callback(message) if callback else None

        return super().basic_consume(queue, False, forget_and_deliver if no_ack else callback, consumer_tag, **options)


class Transport(virtual.Transport):
    """`sqlitequeue:///path`: what CELERY_BROKER_URL says when no REDIS_URL is set."""

    Channel = Channel
    driver_type = "sqlite"
    driver_name = "sqlite3"
    polling_interval = 0.1
    connection_errors = (*virtual.Transport.connection_errors, sqlite3.OperationalError, OSError)

    @property
    def default_connection_params(self) -> dict[str, Any]:
        """A file has neither host nor port."""
        return {}

    def driver_version(self) -> str:
        """SQLite's version, for logs."""
        return sqlite3.sqlite_version
