"""Work in processes forked from this one, which therefore need no start of their own."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any


def each(work: Callable[[Any], Any], tasks: Sequence[Any], at_once: int) -> Iterator[tuple[Any, Any]]:
    """Every task with what `work` returned for it in a process of its own, as they end; ends all when one broke."""
    context, waiting = multiprocessing.get_context("fork"), list(reversed(tasks))
    running: dict[Connection, tuple[Any, Any]] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            ours, theirs = context.Pipe(duplex=False)
            task = waiting.pop()
            process = context.Process(target=_in_silence, args=(work, task, theirs))
            process.start()
            theirs.close()
            running[ours] = task, process
        for ready in wait(list(running)):
            task, process = running.pop(ready)  # type: ignore[arg-type]
            try:
                answer = ready.recv()  # type: ignore[union-attr]
            except EOFError:
                sys.exit(f"The process for {task} ended by itself.")
            process.join()
            yield task, answer


def _in_silence(work: Callable[[Any], Any], task: Any, answer: Connection) -> None:
    """Nothing is said but the answer, and nothing is put away that belongs to the process this one came from."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    answer.send(work(task))
    answer.close()
    os._exit(0)
