"""Kills one process after another, at random moments while it works, and starts it again."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter

from tests.faults.servers import FragileSite

TARGETS = ("web", "worker", "redis", "postgresql")
# What cannot be asked whether it is up is given so long.
START_SECONDS = 5


class Killer(threading.Thread):
    """As many kills as were ordered, none ahead of the work by more than a few; also starts what ended by itself."""

    def __init__(self, site: FragileSite, kills: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.site, self.wanted = site, kills
        self.dice = random.Random(seed)  # noqa: S311 - a dice
        self.kills: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.started = dict.fromkeys(site.commands, 0.0)
        self.progress = 0.0
        self.has_stopped = threading.Event()
        self.fault: Exception | None = None

    @property
    def share(self) -> float:
        """How much of the killing is done."""
        return self.kills.total() / self.wanted if self.wanted else 1.0

    def run(self) -> None:
        """Until it is told to stop."""
        try:
            while not self.has_stopped.is_set():
                self._start_what_ended()
                if self.kills.total() < self.wanted and self.share <= self.progress + 4 / self.wanted:
                    self._kill_one()
                time.sleep(self.dice.uniform(0.02, 0.4))
        except Exception as fault:
            self.fault = fault
            raise

    def _kill_one(self) -> None:
        name = self.dice.choice(TARGETS)
        check = self.site.checks().get(name)
        if time.monotonic() - self.started[name] < START_SECONDS if check is None else not check():
            return
        time.sleep(self.dice.uniform(0, 0.5))
        self.site.stop(name, signal.SIGKILL)
        self.kills[name] += 1
        time.sleep(self.dice.uniform(0, 0.3))
        self._start(name)

    def _start_what_ended(self) -> None:
        """As a supervisor would (Restart=always)."""
        for name, process in list(self.site.running.items()):
            if process.poll() is not None:
                self.ended[name] += 1
                self._clear_away(process.pid)
                self.site.running.pop(name)
                self._start(name)

    def _clear_away(self, group: int) -> None:
        """Children that outlived their parent."""
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _start(self, name: str) -> None:
        self.site.start(name)
        self.started[name] = time.monotonic()
