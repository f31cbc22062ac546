"""Real workers beside a benchmark: Celery as in production, on the benchmark's database and a queue of their own."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from redis import Redis

from tests.legs import ROOT
from wapicert import celery_app

# A queue that neither the demonstration (0) nor the tests (15) use.
QUEUE_URL = "redis://127.0.0.1:6379/13"
LEASE_SECONDS = 5


def surroundings() -> dict[str, str]:
    """The variables of a process that works on the benchmark's database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        services = {"DATABASE_URL": f"sqlite:///{name}"}
    else:
        parts = urlsplit(os.environ["DATABASE_URL"])
        services = {"DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")), "REDIS_URL": QUEUE_URL}
    return os.environ | services | {
        "DATA_DIR": str(settings.DATA_DIR), "REPORT_SIGNER": "authority",
        "RENDERING_LEASE_SECONDS": str(LEASE_SECONDS), "DJANGO_SETTINGS_MODULE": "wapicert.settings",
        "MALLOC_ARENA_MAX": "1",  # as in deploy/systemd
    }


class Workers:
    """A Celery master with two children, which can be killed and is then started again."""

    def __init__(self) -> None:
        self.log = (settings.DATA_DIR / "workers.log").open("ab")
        self.peaks: dict[int, int] = {}
        self.start()

    def start(self) -> None:
        """Start the master."""
        self.master = subprocess.Popen(
            [sys.executable, "-m", "celery", "--quiet", "--app", "wapicert", "worker", "--pool", "prefork",
             "--concurrency", "2", "--loglevel", "ERROR", "--without-mingle", "--without-gossip"],
            cwd=ROOT, env=surroundings(), stdout=self.log, stderr=self.log, start_new_session=True)

    def children(self) -> list[int]:
        """The children's process ids; also notes the most memory that each ever held, in KB."""
        task = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children")
        found = [int(word) for word in task.read_text(encoding="utf-8").split()] if task.exists() else []
        for child in found:
            with suppress(OSError, StopIteration):
                lines = Path(f"/proc/{child}/status").read_text(encoding="utf-8").splitlines()
                peak = next(line for line in lines if line.startswith("VmHWM"))
                self.peaks[child] = int(peak.split()[1])
        return found

    def kill_one(self, dice: random.Random) -> None:
        """Kill a child without warning or, one time in five, everything."""
        children = self.children()
        if dice.random() < 0.2 or not children:
            self.stop(signal.SIGKILL)
            self.start()
        else:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(children), signal.SIGKILL)

    def stop(self, kind: signal.Signals = signal.SIGTERM) -> None:
        """End the master and its children."""
        with suppress(ProcessLookupError):
            if kind == signal.SIGKILL:
                os.killpg(self.master.pid, kind)
            else:
                self.master.send_signal(kind)
        self.master.wait(60)


@contextmanager
def workers() -> Iterator[Workers]:
    """Two children that take from an empty queue; this process sends to it."""
    store, before = Redis.from_url(QUEUE_URL), celery_app.conf.broker_write_url
    store.flushdb()
    use_broker(QUEUE_URL)
    running = Workers()
    try:
        wait_until(lambda: len(running.children()) == 2, 60)
        yield running
    except BaseException:
        print(*(settings.DATA_DIR / "workers.log").read_text(encoding="utf-8").splitlines()[-20:], sep="\n",
              file=sys.stderr)
        raise
    finally:
        running.stop()
        running.log.close()
        use_broker(before)
        store.flushdb()


def use_broker(address: str | None) -> None:
    """Where this process sends its tasks."""
    celery_app.conf.broker_write_url = address
    celery_app.amqp._producer_pool = None


def wait_until(is_done: Any, seconds: float, pause: float = 0.05) -> float:
    """Ask again and again; the time it took, in seconds. Fails loudly."""
    begin = time.perf_counter()
    while not is_done():
        assert time.perf_counter() - begin < seconds, f"not done after {seconds} s"
        time.sleep(pause)
    return time.perf_counter() - begin
