"""One run of the faults with Django's models ready; started by `python -m tests.faults`.

Orders move from the application to the certificate by the API while web server, worker, Redis and PostgreSQL are
killed at random. Then every acknowledged write must still be there, every order be finished, and its history hold the
same acts, as often, as that of an order that nobody disturbed. JSON lines; ends with 1 when something is not so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from products.management.demonstration.people import PASSWORD
from tests.faults.kills import Killer
from tests.faults.persistent import Persistent
from tests.faults.servers import FragileSite
from tests.journeys.clients import token_of
from tests.journeys.road import FIXED, Road
from tests.journeys.site import ROOT, wait_until

PEOPLE = ("vendor", "lab", "verifier", "signatory", "decider")
FAILING = ("FUN-RT-02",)
AT_ONCE = 6
# Every so many orders have a rework.
REWORK_EVERY = 5


class LongRoad(Road):
    """A road that knows its report, since lists come in pages."""

    report_id = ""

    @property
    def report_path(self) -> str:
        return f"reports/{self.report_id}/"

    def compile(self) -> None:
        """The draft of the report."""
        self.report_id = self.people["lab"].post(f"{self.order_path}report/")["id"]

    def check(self) -> None:
        """By the verifier."""
        self.people["verifier"].move(self.report_path, "check")

    def be_listed(self) -> None:
        """The decision; the number of the listing."""
        self.listing = self.grant()["number"]

    def steps(self, *, with_rework: bool) -> Iterator[Any]:
        """One after the other, each to be called."""
        yield self.apply
        yield self.accept
        yield lambda: self.verify(self.record(FAILING if with_rework else ()))
        if with_rework:
            yield lambda: self.send_finding(FAILING)
            yield self.answer
            yield lambda: self.sign_scope(FAILING)
            yield lambda: self.verify(self.record(firmware=FIXED))
        yield self.compile
        yield self.check
        yield self.authorise
        yield lambda: self.wait_for_issue(900)
        yield self.be_listed

    def acts(self) -> Counter[str]:
        """How often each act stands in the order's history."""
        found: Counter[str] = Counter()
        address = f"{self.order_path}history/?page_size=100"
        while address:
            page = self.people["lab"].get(address)
            found.update(row["act"] for row in page["results"])
            address = (page["next"] or "").partition("/api/v1/")[2]
        return found


class Run:
    """The orders of one run, and what is held against them afterwards."""

    def __init__(self, site: FragileSite, given: argparse.Namespace) -> None:
        self.site, self.given = site, given
        self.people = {name: Persistent(site.url, token_of(site.url, name, PASSWORD)) for name in PEOPLE}
        self.killer = Killer(site, given.kills, given.seed)
        self.expected = {kind: self._undisturbed(kind) for kind in (False, True)}
        self.steps = sum(self._length(nth) for nth in range(given.orders))
        self.done, self.lock = 0, threading.Lock()
        self.roads: list[LongRoad] = []
        self.deadline = time.monotonic() + given.seconds

    def has_rework(self, nth: int) -> bool:
        return nth % REWORK_EVERY == 0

    def _length(self, nth: int) -> int:
        return len(list(LongRoad(self.people, "").steps(with_rework=self.has_rework(nth))))

    def _undisturbed(self, with_rework: bool) -> Counter[str]:
        road = LongRoad(self.people, f"DEMO-CALM-{with_rework}")
        for step in road.steps(with_rework=with_rework):
            step()
        self._wait_for_certificate(road)
        return road.acts()

    def _wait_for_certificate(self, road: LongRoad) -> None:
        """The worker makes it after the decision."""
        state = ("SELECT count(c.certificate_id) FROM products_certification c "
                 f"JOIN products_order o ON o.id = c.order_id WHERE o.number = '{road.number}'")
        wait_until(lambda: self.site.look(state) == [(1,)], seconds=400, what=f"{road.number} has its certificate",
                   pause=1)

    def go(self) -> None:
        """Every order by one of a few threads, in step with the killing."""
        self.killer.start()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._walk, range(self.given.orders)))
        self.killer.progress = 2.0
        wait_until(lambda: self.killer.share >= 1 or self.killer.fault, seconds=600, what="all kills are done")
        # Whatever is down comes up again, and stays.
        self.killer.wanted = 0
        wait_until(self.site.is_ready, seconds=120, what="the site is ready again")
        for road in self.roads:
            self._wait_for_certificate(road)
        self.killer.has_stopped.set()
        self.killer.join()

    def _walk(self, nth: int) -> None:
        road = LongRoad(self.people, f"DEMO-FAULT-{nth:03d}")
        for step in road.steps(with_rework=self.has_rework(nth)):
            while self.done / self.steps > self.killer.share + 0.02 and self.killer.is_alive():
                assert time.monotonic() < self.deadline, "the time is up"
                time.sleep(0.1)
            assert time.monotonic() < self.deadline, "the time is up"
            step()
            with self.lock:
                self.done += 1
                self.killer.progress = self.done / self.steps
        self.roads.append(road)

    def faults(self) -> list[str]:
        """What was lost, done twice or not finished."""
        return [*self._lost(), *self._not_as_undisturbed(), *self._twice(), *self._broken()]

    def _lost(self) -> Iterator[str]:
        """Every acknowledged write gives its first answer again."""
        for name, api in self.people.items():
            for path, body, key, first in list(api.acknowledged):
                again = api.send("POST", path, body, version=1, key=key)
                if again.headers["Idempotent-Replay"] != "true" or again.data != first:
                    yield f"lost: {name} {path} {key}"

    def _not_as_undisturbed(self) -> Iterator[str]:
        for road in self.roads:
            wanted, found = self.expected[self.has_rework(int(road.model[-3:]))], road.acts()
            if found != wanted:
                yield f"{road.number}: {dict((found - wanted) | (wanted - found))}"
            if road.order["stage"] != "decided" or road.report["state"] != "issued":
                yield f"unfinished: {road.number}"

    def _twice(self) -> Iterator[str]:
        orders = self.given.orders + len(self.expected)
        for table in ("device", "order", "report", "certification", "listing"):
            if (count := self.site.look(f"SELECT count(*) FROM products_{table}")) != [(orders,)]:
                yield f"{table}: {count} instead of {orders}"

    def _broken(self) -> Iterator[str]:
        for command in ("verify_history", "verify_storage"):
            done = subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, env=self.site.environment,
                                  capture_output=True, check=False)
            if done.returncode:
                yield f"{command}: {(done.stdout + done.stderr).decode()[-500:]}"

    def figures(self, seconds: float, faults: list[str]) -> dict[str, Any]:
        """What came of it."""
        refused: Counter[str] = Counter()
        for api in self.people.values():
            refused.update(api.faults)
        return {
            "kills": self.killer.kills.total(), "killed": dict(self.killer.kills), "seed": self.given.seed,
            "ended_by_themselves": dict(self.killer.ended), "orders": self.given.orders, "finished": len(self.roads),
            "acknowledged": sum(len(api.acknowledged) for api in self.people.values()), "repeated": dict(refused),
            "lost_twice_or_unfinished": len(faults), "seconds": round(seconds),
        }


def main() -> int:
    """Open a site, disturb it, judge it."""
    options = argparse.ArgumentParser(prog="python -m tests.faults")
    options.add_argument("--kills", type=int, default=500)
    options.add_argument("--orders", type=int, default=50)
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--seconds", type=int, default=7200, help="give up after so long")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="wapicert-faults-") as folder:
        site = FragileSite(Path(folder))
        try:
            site.open()
            run, started = Run(site, given), time.monotonic()
            try:
                run.go()
                faults = run.faults()
            except AssertionError as stopped:
                faults = [f"stopped: {stopped}"]
            for fault in faults:
                print(json.dumps({"fault": fault}, ensure_ascii=False))
            print(json.dumps({"faults": run.figures(time.monotonic() - started, faults)}))
        finally:
            site.close()
    return 1 if faults else 0
