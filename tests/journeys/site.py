"""The whole site as processes of its own: web, worker and clock as `make demo` starts them, on a data folder apart."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
PROCFILE = ROOT / "deploy" / "demo" / "Procfile"
# What `make demo` prepares, without the orders, in one process.
PREPARE = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "wapicert.settings"
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_catalogue")
call_command("load_demonstration", "--people-only")
"""
# Shorter than on a real site, so that the test of a killed worker need not wait for long.
LEASE = 5


def wait_until(condition: Callable[[], object], *, seconds: float, what: str, pause: float = 0.1) -> None:
    """Look again and again until it holds; fails with `what` after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        time.sleep(pause)


class Site:
    """A site with the catalogue and the demonstration's people, but without devices and orders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self.environment = {
            **os.environ, "DATA_DIR": str(folder), "PORT": self.url.rpartition(":")[2], "PUBLIC_URL": self.url,
            "RENDERING_LEASE_SECONDS": str(LEASE), "PYTHONUNBUFFERED": "1", "SECOND_FACTOR": "off", "RATE_LIMITS": "0",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        self.commands = dict(line.split(": ", 1) for line in PROCFILE.read_text().splitlines())
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.database = ""

    def open(self) -> None:
        """Prepare the data and start everything; returns once the site is ready."""
        self._choose_services()
        subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=self.environment, check=True,
                       stdout=subprocess.DEVNULL)
        for name in self.commands:
            self.start(name)
        wait_until(self.is_ready, seconds=300, what=f"the site is ready; see {self.folder}/web.log")

    def close(self) -> None:
        """Kill everything, since its data goes too, and drop the database that was made for it."""
        for name in list(self.running):
            self.stop(name, signal.SIGKILL)
        if self.database:
            with self._server() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.database)))

    def start(self, name: str) -> None:
        """Start one of the processes, in a group of its own, so that its children can be killed with it."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(["sh", "-c", self.commands[name]], cwd=ROOT, env=self.environment,
                                                  stdout=log, stderr=log, start_new_session=True)

    def stop(self, name: str, how: signal.Signals) -> None:
        """Send a signal to a process and its children, and wait until it is no more."""
        process = self.running.pop(name)
        os.killpg(process.pid, how)
        process.wait(timeout=60)

    def is_ready(self) -> bool:
        """Whether web server, database, broker and storage answer."""
        try:
            with urlopen(f"{self.url}/readyz", timeout=30) as answer:  # noqa: S310 - the address is this test's own
                return bool(answer.status == 200)
        except OSError:
            return False

    def look(self, question: str) -> list[tuple[object, ...]]:
        """What the site's database answers to SQL, at once and past everything else."""
        if self.database:
            with psycopg.connect(self.environment["DATABASE_URL"]) as asked:
                return asked.execute(question).fetchall()  # type: ignore[call-overload,no-any-return]
        with closing(sqlite3.connect(self.folder / "wapicert.sqlite3", timeout=60)) as asked:
            return list(asked.execute(question))

    def _choose_services(self) -> None:
        """On PostgreSQL a database of its own, on Redis a number of its own: other tests use those of the variables."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        if server := os.environ.get("DATABASE_URL"):
            self.database = f"{urlsplit(server).path.strip('/')}_site_{worker}"
            with self._server() as connection:
                name = sql.Identifier(self.database)
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
                connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
            self.environment["DATABASE_URL"] = urlsplit(server)._replace(path=f"/{self.database}").geturl()
        if queue := os.environ.get("REDIS_URL"):
            self.environment["REDIS_URL"] = urlsplit(queue)._replace(path=f"/{14 - int(worker)}").geturl()

    def _server(self) -> psycopg.Connection:
        parts = urlsplit(os.environ["DATABASE_URL"])
        return psycopg.connect(f"postgresql://{parts.netloc}/postgres", autocommit=True)
