"""One session of pytest whose tests run in processes forked from it, where database and modules are ready."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import typst

from tests.mutation.changing import take_away, watch
from tests.mutation.checks import Check
from tests.mutation.forks import each

LONGEST_REASON = 3000


@dataclass
class Recorded:
    """What tests did: which met a refusal of which check, how long each took, and what failed."""

    refusals: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    running: str = ""

    def sees(self, number: int, answer: Any, permits: bool | None) -> Any:
        """Note whether the answer refused something."""
        if permits is None or bool(answer) is not permits:
            self.refusals[number].add(self.running)
        return answer

    def asks(self, number: int, question: Callable[[], Any], permits: bool | None) -> Any:
        """As `sees`; what is raised refuses too."""
        try:
            return self.sees(number, question(), permits)
        except BaseException:
            self.refusals[number].add(self.running)
            raise


class Mutation:
    """Takes the place of the loop over the tests."""

    def __init__(self, checks: Sequence[Check], excused: dict[str, str]) -> None:
        self.checks, self.excused = checks, excused
        self.missed: list[str] = []
        self.broken: list[str] = []
        self.failure = ""
        self.items: dict[str, pytest.Item] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Record once, then judge every check."""
        self.items = {item.nodeid: item for item in session.items}
        # What it would print of every test belongs to no run of them.
        session.config.pluginmanager.unregister(name="terminalreporter")
        self.warm_up()
        started, known = time.monotonic(), self.record()
        print(f"{len(known.seconds)} tests were recorded in {time.monotonic() - started:.0f} s", flush=True)
        for said in known.failures.values():
            # It would seem to notice everything, so it is not asked; and the run does not end well.
            print(f"A test fails with nothing taken away: {said}", flush=True)
        self.broken = list(known.failures)
        self.judge_all(known)
        return True

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The first failure of this process."""
        if report.failed and not self.failure:
            self.failure = f"{report.nodeid} ({report.when})\n{report.longreprtext[-LONGEST_REASON:]}"

    def warm_up(self) -> None:
        """A test of each group, so that the database is made and most seeds built before the first fork.

        A process forked from one that has typeset cannot typeset, so seeds with documents are left to those.
        """
        from products.reports import rendering  # noqa: PLC0415 - Django is ready only now
        from tests.stage import ASKS_NOTHING, COMMITS, STARTS_FROM  # noqa: PLC0415 - pytest rewrites it first

        typesetter, typst.Compiler = typst.Compiler, _left_to_others  # type: ignore[misc,assignment]
        firsts: dict[Any, pytest.Item] = {}
        for item in self.items.values():
            if item.stash[STARTS_FROM] not in (COMMITS, ASKS_NOTHING):
                firsts.setdefault(item.stash[STARTS_FROM], item)
        for item in firsts.values():
            self.run(item)
        typst.Compiler = typesetter  # type: ignore[misc]
        rendering._compiled_in.clear()
        self.failure = ""

    def record(self) -> Recorded:
        """All tests once, with nothing taken away and every check watched, a module at a time."""
        modules: defaultdict[str, list[str]] = defaultdict(list)
        for name, item in self.items.items():
            modules[str(item.path)].append(name)
        known = Recorded()
        for _tests, part in each(self._record, list(modules.values()), processes()):
            for number, tests in part.refusals.items():
                known.refusals[number] |= tests
            known.seconds |= part.seconds
            known.failures |= part.failures
        return known

    def _record(self, tests: list[str]) -> Recorded:
        known = Recorded()
        watch(self.checks, known)
        for name, following in zip(tests, [*tests[1:], None], strict=True):
            known.running, started = name, time.monotonic()
            self.run(self.items[name], self.items[following] if following else None)
            known.seconds[name] = time.monotonic() - started
            if self.failure:
                known.failures[name], self.failure = self.failure, ""
        return known

    def judge_all(self, known: Recorded) -> None:
        """A line per check: who noticed, or that nobody did."""
        tests = [sorted(known.refusals[number] - known.failures.keys(), key=known.seconds.__getitem__)
                 for number in range(len(self.checks))]
        for number, (noticed, seconds) in each(lambda place: self._judge(place, tests[place]),
                                               range(len(self.checks)), processes()):
            check = self.checks[number]
            excuse = "" if noticed else self.excused.get(check.name, "")
            if not noticed and not excuse:
                self.missed.append(check.name)
            found = f"by {noticed}" if noticed else excuse or f"{len(tests[number])} tests met it"
            word = "noticed" if noticed else "excused" if excuse else "MISSED"
            print(f"{word:<8}{check.name}  [{found}, {seconds:.1f} s]", flush=True)

    def _judge(self, number: int, tests: list[str]) -> tuple[str, float]:
        """The first test that fails without the check, or ""; and the seconds that it took."""
        started = time.monotonic()
        take_away(self.checks[number])
        for name in tests:
            self.run(self.items[name])
            if self.failure:
                return name, time.monotonic() - started
        return "", time.monotonic() - started

    def run(self, item: pytest.Item, following: pytest.Item | None = None) -> None:
        """One test, as pytest runs it; unless another of its module follows, only what is the session's stays up."""
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following or item.session)


def _left_to_others(*_paths: Any, **_options: Any) -> Any:
    """In the typesetter's place."""
    raise RuntimeError("typeset in a forked process")


def processes() -> int:
    """As many at once as there are cores."""
    return len(os.sched_getaffinity(0))
