"""The web server beside a benchmark: gunicorn as in deploy/systemd, on the benchmark's database."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from tests.bench.workers import surroundings, wait_until
from tests.faults.servers import free_port
from tests.legs import ROOT, answers

PROCESSES, THREADS = 2, 8


@contextmanager
def web_server() -> Iterator[int]:
    """The port on which it listens."""
    port = free_port()
    with (settings.DATA_DIR / "web.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wapicert.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class",
             "gthread", "--workers", str(PROCESSES), "--threads", str(THREADS), "--no-control-socket", "--log-level",
             "warning"],
            cwd=ROOT, env=surroundings(), stdout=log, stderr=log)
        try:
            wait_until(lambda: answers("127.0.0.1", port), 60)
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
