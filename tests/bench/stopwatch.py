"""Takes times and turns them into figures."""

from __future__ import annotations

import gc
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

IS_QUICK = os.environ.get("BENCH_QUICK", "") not in ("", "0")


def samples(number: int) -> int:
    """How many to take; few when only asked whether everything runs."""
    return min(number, 3) if IS_QUICK else number


@dataclass
class Times:
    """Milliseconds on the clock, and of this process's processor, per sample."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def take(self, act: Callable[[], Any]) -> Any:
        """Run once and note how long it took; what it returned."""
        processor, wall = time.process_time(), time.perf_counter()
        result = act()
        self.wall.append((time.perf_counter() - wall) * 1000)
        self.processor.append((time.process_time() - processor) * 1000)
        return result


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by this share of the values."""
    return round(sorted(values)[math.ceil(share * len(values)) - 1], 1)


def repeated(act: Callable[[], Any], number: int) -> Times:
    """The times of several runs, after one that warms up."""
    act()
    gc.collect()
    times = Times()
    for _each in range(samples(number)):
        times.take(act)
    return times


def figure(name: str, times: Times, **more: Any) -> dict[str, Any]:
    """The line of a figure: its value is the 95th percentile on the clock, in milliseconds.

    `processor_p50` tells how much of it was work of this process: the rest was the database, or others at work.
    """
    return {
        "name": name, "value": percentile(times.wall, 0.95), "unit": "ms", "samples": len(times.wall),
        "p50": percentile(times.wall, 0.5), "p95": percentile(times.wall, 0.95),
        "processor_p50": percentile(times.processor, 0.5), "load": round(os.getloadavg()[0], 1), **more,
    }
