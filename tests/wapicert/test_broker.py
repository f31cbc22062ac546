"""The embedded queue: nothing is lost when a worker is killed, and nothing is done twice while all live."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kombu import Connection, Queue
from kombu.exceptions import OperationalError
from kombu.transport import TRANSPORT_ALIASES

from tests.wapicert.queue_app import notes

ROOT = Path(__file__).resolve().parents[2]
# Seconds; nothing takes that long but on a machine that does much else.
PATIENCE = 240
TRANSPORT_ALIASES["sqlitequeue"] = "wapicert.broker:Transport"
# In a process of its own, because the process of the tests has threads and should not fork.
FORKING = """
import os, sys
from wapicert import broker
store = broker.store_of(sys.argv[1])
store.living_owner()
child = os.fork()
if child == 0:
    try:
        os.fstat(store.lock)
    except OSError:
        os._exit(0 if broker.store_of(sys.argv[1]) is not store else 2)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert store.lives(store.owner) and store.run("SELECT 1") == [(1,)]
"""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with Connection(f"sqlitequeue:///{tmp_path / 'queue.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUEUE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def start_worker(home: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts workers as processes of their own; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(concurrency: int = 1) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "tests.wapicert.queue_app", "worker", "--loglevel", "ERROR",
                   "--concurrency", str(concurrency), "--without-heartbeat", "--hostname", f"w{len(started)}@here"]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def send(home: Path, *calls: str) -> None:
    """Send tasks from a process of its own, as the web server does."""
    lines = "\n".join(f"note.apply_async({call})" for call in calls)
    subprocess.run([sys.executable, "-c", f"from tests.wapicert.queue_app import note\n{lines}"], cwd=ROOT, check=True)


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def processes_of(home: Path) -> tuple[int, int]:
    """The pool's child that noted last, and its parent."""
    child, parent = (home / "notes").read_text().splitlines()[-1].split()[2:]
    return int(child), int(parent)


def test_message_sent_while_no_worker_runs_is_done_when_one_comes(home, start_worker):
    send(home, "['early']", "['later'], countdown=1")
    start_worker()
    wait_for(lambda: notes("ended", home) == ["early", "later"])


def test_killed_child_gives_its_task_back(home, start_worker):
    send(home, "['slow', 60]")
    start_worker()
    wait_for(lambda: notes("began", home))
    os.kill(processes_of(home)[0], signal.SIGKILL)
    wait_for(lambda: notes("ended", home) == ["slow"])
    assert notes("began", home) == ["slow", "slow"]


def test_killed_worker_gives_its_tasks_to_the_next(home, start_worker):
    send(home, "['slow', 60]", "['waiting'], countdown=2")
    first = start_worker()
    wait_for(lambda: notes("began", home))
    first.kill()
    first.wait()
    start_worker()
    wait_for(lambda: sorted(notes("ended", home)) == ["slow", "waiting"])
    assert sorted(notes("began", home)) == ["slow", "slow", "waiting"]


def test_two_workers_share_the_work_without_doing_it_twice(home, start_worker):
    start_worker(2)
    start_worker(2)
    wait_for(lambda: len(notes("ready", home)) == 2)
    send(home, *(f"['{number:02d}', 0.05]" for number in range(40)))
    wait_for(lambda: len(notes("ended", home)) >= 40)
    assert sorted(notes("ended", home)) == [f"{number:02d}" for number in range(40)]
    parents = {line.split()[3] for line in (home / "notes").read_text().splitlines() if line.startswith("ended")}
    assert len(parents) == 2


def test_stopped_worker_ends_its_task_and_takes_no_other(home, start_worker):
    send(home, "['running', 1]", "['waiting']")
    worker = start_worker()
    wait_for(lambda: notes("began", home))
    worker.terminate()
    assert worker.wait(timeout=PATIENCE) == 0
    ended = notes("ended", home)
    assert ended[0] == "running"
    with Connection(f"sqlitequeue:///{home / 'queue.sqlite3'}") as opened:
        assert opened.default_channel._size("celery") == 2 - len(ended)


def test_acknowledged_message_is_gone_and_rejected_one_comes_again_first(connection):
    queue = connection.SimpleQueue("q")
    for number in (1, 2, 3):
        queue.put(number)
    assert queue.qsize() == 3
    first = queue.get(timeout=PATIENCE)
    first.requeue()
    again = queue.get(timeout=PATIENCE)
    assert (first.payload, again.payload) == (1, 1)
    assert (first.delivery_info["redelivered"], again.delivery_info["redelivered"]) == (False, True)
    again.ack()
    second = queue.get(timeout=PATIENCE)
    second.reject()
    assert [queue.get(timeout=PATIENCE).payload, queue.qsize()] == [3, 0]


def test_purge_empties_a_queue_and_leaves_others(connection):
    queues = [connection.SimpleQueue(name) for name in ("a", "b")]
    for queue in queues:
        queue.put("x")
        queue.put("y")
    assert queues[0].clear() == 2
    assert [queue.qsize() for queue in queues] == [0, 2]


def test_closed_connection_gives_back_what_it_did_not_acknowledge(connection):
    connection.SimpleQueue("q").put("x")
    with connection.clone() as other:
        assert other.SimpleQueue("q").get(timeout=PATIENCE).payload == "x"
        assert connection.SimpleQueue("q").qsize() == 0
    assert connection.SimpleQueue("q").get(timeout=PATIENCE).payload == "x"


@pytest.mark.parametrize("take", ["get", "consume"])
def test_message_taken_without_acknowledgement_is_forgotten(connection, take):
    connection.SimpleQueue("q").put("x")
    taken = []
    with connection.clone() as other:
        if take == "get":
            taken.append(other.default_channel.basic_get("q", no_ack=True).payload)
        else:
            with other.Consumer(Queue("q"), callbacks=[lambda body, message: taken.append(body)], no_ack=True):
                other.drain_events(timeout=PATIENCE)
    assert taken == ["x"]
    assert connection.default_channel.store.run("SELECT count(*) FROM message") == [(0,)]


def test_lock_of_a_dead_process_is_swept_and_of_a_living_one_is_not(connection, tmp_path):
    connection.SimpleQueue("q").put("x")
    code = ("import sys, os\nfrom kombu import Connection\nfrom tests.wapicert import queue_app\n"
            "taken = Connection(sys.argv[1]).SimpleQueue('q').get(timeout=240)\n"
            "print('taken', flush=True)\nsys.stdin.read()\nos._exit(1)")
    holder = subprocess.Popen([sys.executable, "-c", code, f"sqlitequeue:///{tmp_path / 'queue.sqlite3'}"], cwd=ROOT,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"taken\n"
    store = connection.default_channel.store
    store.sweep()
    assert store.claim("q") is None
    holder.communicate()
    store.next_sweep = 0
    store.sweep()
    assert store.claim("q")[2] == 2
    assert [path.name for path in store.owners.iterdir()] == [store.owner]


def test_forked_child_neither_keeps_the_lock_nor_uses_the_connection(tmp_path):
    subprocess.run([sys.executable, "-c", FORKING, str(tmp_path / "queue.sqlite3")], cwd=ROOT, check=True,
                   timeout=PATIENCE)


def test_many_threads_send_at_once_and_lose_nothing(connection):
    def publish() -> None:
        with connection.clone() as own:
            queue = own.SimpleQueue("q")
            for number in range(25):
                queue.put(number)

    threads = [threading.Thread(target=publish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connection.SimpleQueue("q").qsize() == 200


def test_unusable_file_is_reported_as_a_broker_that_is_down(tmp_path):
    (tmp_path / "queue.sqlite3").mkdir()
    with Connection(f"sqlitequeue:///{tmp_path / 'queue.sqlite3'}") as opened, pytest.raises(OperationalError):
        opened.ensure_connection(max_retries=1, interval_start=0, timeout=1)
