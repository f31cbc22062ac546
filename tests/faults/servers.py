"""PostgreSQL and Redis of this run's own, as processes that can be killed like the site's."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from tests.journeys.site import Site, wait_until

DATABASE = "wapicert_faults"


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class FragileSite(Site):
    """Web server, worker and clock beside a PostgreSQL and a Redis of their own, which write as they do in use."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        cluster, queue = folder / "postgresql", folder / "redis"
        queue.mkdir()
        ports = {"postgresql": free_port(), "redis": free_port()}
        self.address = f"postgres://root@127.0.0.1:{ports['postgresql']}"
        self.redis = Redis(port=ports["redis"], socket_timeout=2)
        self.servers = {
            "postgresql": f"exec {_as_postgres()} {_program('postgres')} -D {cluster} -p {ports['postgresql']} "
                          f"-k {cluster} -c listen_addresses=127.0.0.1",
            "redis": f"exec redis-server --port {ports['redis']} --bind 127.0.0.1 --dir {queue} --appendonly yes "
                     "--save ''",
        }
        self.commands = {**self.servers, **self.commands}
        self.environment |= {"DATABASE_URL": f"{self.address}/{DATABASE}",
                             "REDIS_URL": f"redis://127.0.0.1:{ports['redis']}/0"}
        self.database = DATABASE
        self._make_cluster(cluster)

    def _make_cluster(self, cluster: Path) -> None:
        """An empty cluster that belongs to whom PostgreSQL runs as: it refuses root."""
        cluster.mkdir(mode=0o700)
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(cluster, owner.pw_uid, owner.pw_gid)
            for above in [cluster.parent, *cluster.parent.parents][:2]:
                above.chmod(above.stat().st_mode | 0o011)
        command = f"{_as_postgres()} {_program('initdb')} -D {cluster} -U root -A trust -E UTF8 --locale=C"
        subprocess.run(command.split(), check=True, stdout=subprocess.DEVNULL, cwd="/")

    def open(self) -> None:
        """The servers first, then what `make demo` starts."""
        for name in self.servers:
            self.start(name)
        wait_until(self.checks()["postgresql"], seconds=60, what="PostgreSQL answers")
        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        commands, self.commands = self.commands, {name: line for name, line in self.commands.items()
                                                  if name not in self.servers}
        super().open()
        self.commands = commands

    def close(self) -> None:
        """Kill everything; its folder goes away."""
        self.database = ""
        super().close()

    def checks(self) -> dict[str, Callable[[], bool]]:
        """How each process is asked whether it is there."""
        return {"postgresql": self._database_answers, "redis": self._queue_answers, "web": self.is_alive}

    def is_alive(self) -> bool:
        """Whether the web server takes connections."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", int(self.environment["PORT"]))) == 0

    def _database_answers(self) -> bool:
        try:
            psycopg.connect(f"{self.address}/postgres", connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def _queue_answers(self) -> bool:
        try:
            return bool(self.redis.ping())
        except (RedisError, OSError):
            return False

    def _choose_services(self) -> None:
        """They are chosen already."""


def _program(name: str) -> str:
    """The program on the path, or where Debian puts it."""
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    assert found, f"{name} was not found; install PostgreSQL's server."
    return found


def _as_postgres() -> str:
    return "setpriv --reuid=postgres --regid=postgres --clear-groups" if os.getuid() == 0 else ""
