"""A tiny Celery app on the embedded queue; its task notes what it does in a file beside the queue's."""

import os
import time
from pathlib import Path

from celery import Celery
from celery.signals import worker_ready
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["sqlitequeue"] = "wapicert.broker:Transport"
HOME = Path(os.environ.get("QUEUE_HOME", "."))
# Not the current app: tests that import this module also send tasks of the site.
app = Celery("queue_app", broker=f"sqlitequeue:///{HOME / 'queue.sqlite3'}", set_as_current=False)
app.conf.update(
    task_acks_late=True, task_reject_on_worker_lost=True, task_ignore_result=True, worker_prefetch_multiplier=1,
    worker_lost_wait=0.5,
)


@app.task(name="queue_app.note")
def note(what: str, seconds: float = 0) -> None:
    """Note the beginning, wait, note the end; the second beginning of the same task does not wait."""
    again = what in notes("began")
    write("began", what)
    time.sleep(0 if again else seconds)
    write("ended", what)


@worker_ready.connect
def note_ready(**about: object) -> None:
    """A worker is there."""
    write("ready", "worker")


def write(act: str, what: str) -> None:
    """One line for one act: which process and its parent did it."""
    with (HOME / "notes").open("a") as handle:
        handle.write(f"{act} {what} {os.getpid()} {os.getppid()}\n")


def notes(act: str, home: Path = HOME) -> list[str]:
    """What was noted as begun or ended, in order."""
    path = home / "notes"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.split()[1] for line in lines if line.startswith(act)]
