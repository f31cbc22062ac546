"""`make test`: runs the tests on every database that answers here, and says which those were.

Words given on the command line go to pytest in every leg. TEST_DATABASE_URL and TEST_REDIS_URL name servers elsewhere.
"""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from xml.etree import ElementTree

import psycopg
from redis import Redis
from redis.exceptions import RedisError

ROOT = Path(__file__).resolve().parent.parent
# One more than cores, since a test waits now and then for a browser, a worker or a server.
PROCESSES = min((os.cpu_count() or 1) + 1, 4)
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


@dataclass
class Leg:
    """One run of pytest with its services, and what came of it."""

    name: str
    services: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    code: int = 0
    seconds: float = 0
    counts: dict[str, int] = field(default_factory=dict)


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def postgresql() -> tuple[str, str]:
    """The address of a PostgreSQL where a test database can be made, or "" and the reason why there is none."""
    given = os.environ.get("TEST_DATABASE_URL")
    if not given and not answers("127.0.0.1", 5432):
        return "", "PostgreSQL does not answer on 127.0.0.1:5432"
    servers = [given] if given else [f"postgres://{user}@127.0.0.1:5432" for user in (getpass.getuser(), "postgres")]
    for server in servers:
        parts = urlsplit(server)
        try:
            with psycopg.connect(f"postgresql://{parts.netloc}/postgres", connect_timeout=3) as connection:
                row = connection.execute("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()
        except psycopg.OperationalError:
            continue
        if row and row[0]:
            # The name is this run's own, so that two runs do not empty each other's tables.
            return f"postgres://{parts.netloc}/wapicert_{os.getpid()}", ""
    return "", "PostgreSQL lets nobody in who may create databases; name a login in TEST_DATABASE_URL"


def redis() -> tuple[str, str]:
    """The address of a Redis, or "" and the reason why there is none."""
    try:
        Redis.from_url(REDIS_URL, socket_timeout=3).ping()
    except (RedisError, OSError):
        return "", "Redis does not answer on 127.0.0.1:6379"
    return REDIS_URL, ""


def legs() -> tuple[list[Leg], str]:
    """What to run, and why something is not run."""
    both = (postgresql(), redis())
    found = [Leg("SQLite and embedded queue")]
    reasons = " and ".join(reason for _address, reason in both if reason)
    if not reasons:
        # A browser sees nothing of the database behind the page, and a test that asks nothing of the database says the
        # same with every other one: both look once.
        services = {"DATABASE_URL": both[0][0], "REDIS_URL": both[1][0]}
        found.append(Leg("PostgreSQL and Redis", services, ("-m", "not browser", "--database-only")))
    return found, reasons


def run(leg: Leg, words: list[str]) -> None:
    """Run one leg with a data folder of its own; fills in its code, seconds and counts."""
    print(f"\n=== {leg.name} ===", flush=True)
    started = time.monotonic()
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    with TemporaryDirectory(prefix="wapicert-test-") as folder:
        report = Path(folder) / "report.xml"
        leg.code = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", str(PROCESSES), "--junitxml", str(report), *leg.options,
             *words],
            cwd=ROOT, env=environment | leg.services | {"DATA_DIR": folder}, check=False,
        ).returncode
        if report.exists():
            suite = ElementTree.parse(report).getroot().find("testsuite")  # noqa: S314 - pytest wrote it just now
            assert suite is not None
            leg.counts = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    leg.seconds = time.monotonic() - started


def main(words: list[str]) -> int:
    """Run all legs, then say for each how it went; the first failure's code is the answer."""
    found, reasons = legs()
    for leg in found:
        run(leg, words)
    print()
    for leg in found:
        counts = ", ".join(f"{number} {key}" for key, number in leg.counts.items())
        print(f"{'ok' if leg.code == 0 else 'FAILED':<7}{leg.name}: {counts or 'no result'} in {leg.seconds:.0f} s")
    if reasons:
        print(f"not run: PostgreSQL and Redis, because {reasons}")
    return next((leg.code for leg in found if leg.code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
