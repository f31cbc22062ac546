"""Backing up and restoring a whole site: database, stored files and heads of the history, each with its digest.

Keys stay apart: the secret key and what signs reports are never written beside the data. The list of contents holds a
mark of the secret key, by which a restore says whether the site runs with the same one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from wapicert.room import is_out_of_room

CONTENTS = "contents.json"
FILES, HEADS = "files.tar", "heads.tar"
SECRETS = {"password", "sslpassword"}


def back_up(folder: Path) -> Path:
    """Write a new folder under `folder` with everything and its list of contents; returns it.

    The heads of the history come first, the database after them and the files last: so no head names an entry that the
    copy lacks, and, since a file is stored before its row, no row in the copy lacks its file. The folder gets its name
    at the end; one that was killed is called `.part`, and of one that failed nothing stays.
    """
    if connection.in_atomic_block:
        raise CommandError("A backup is made outside of any transaction, or it would wait for itself.")
    place = folder / f"wapicert-{timezone.now():%Y%m%dT%H%M%S%f}Z"
    waiting = place.with_name(f"{place.name}.part")
    try:
        _write_backup(waiting)
    except BaseException as fault:
        # Half a backup is none, and takes the room that the next one needs.
        shutil.rmtree(waiting, ignore_errors=True)
        if is_out_of_room(fault):
            raise CommandError(f"There is no room for a backup in {folder}: nothing of it was kept. Make room, or name "
                               "another disk, and run the command again.") from fault
        raise
    waiting.rename(place)
    return place


def _write_backup(waiting: Path) -> None:
    waiting.mkdir(parents=True)
    waiting.chmod(0o700)
    _pack(Path(settings.HEADS_ROOT), waiting / HEADS)
    database, rows = _dump_database(waiting)
    _pack(Path(settings.MEDIA_ROOT), waiting / FILES)
    contents = {
        "made_at": timezone.now().isoformat(timespec="seconds"), "software_version": settings.SOFTWARE_VERSION,
        "database": connection.vendor, "secret_key_mark": secret_key_mark(), "rows": rows,
        "sha256": {path.name: _digest(path) for path in (waiting / database, waiting / FILES, waiting / HEADS)},
    }
    (waiting / CONTENTS).write_text(json.dumps(contents, indent=1, sort_keys=True), encoding="utf-8")


def restore(folder: Path) -> dict[str, Any]:
    """Put a backup into an empty place; returns its list of contents.

    Refuses a backup with a digest that differs, another kind of database, and a place where anything lies already.
    Files and heads come first; if anything fails, they are taken away again and the command can be run once more.
    """
    contents = _contents_of(folder)
    if contents["database"] != connection.vendor:
        raise CommandError(f"The backup is of {contents['database']}, this site runs on {connection.vendor}.")
    if connection.introspection.table_names():
        raise CommandError("The database is not empty; name an empty one in DATABASE_URL.")
    targets = {FILES: Path(settings.MEDIA_ROOT), HEADS: Path(settings.HEADS_ROOT)}
    for target in targets.values():
        if target.exists() and any(target.iterdir()):
            raise CommandError(f"{target} is not empty; name an empty DATA_DIR.")
    try:
        for name, target in targets.items():
            _unpack(folder / name, target)
        _load_database(folder)
    except BaseException:
        for target in targets.values():
            _empty(target)
        raise
    _require_rows(contents["rows"], row_counts())
    return contents


def _require_rows(wanted: dict[str, int], found: dict[str, int]) -> None:
    """Refuse a restored database that does not hold what was copied, naming the tables."""
    tables = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if tables:
        told = ", ".join(f"{name} ({found.get(name, 'no table')} instead of {wanted.get(name, 'no table')})"
                         for name in tables)
        raise CommandError(f"The restored tables do not hold as many rows as were backed up: {told}.")


def secret_key_mark() -> str:
    """Tells whether two sites have the same secret key, and nothing else about it."""
    return salted_hmac("members.management.keeping", "mark", algorithm="sha256").hexdigest()[:16]


def row_counts() -> dict[str, int]:
    """How many rows each table holds."""
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the database named it
            counts[table] = cursor.fetchone()[0]
        return counts


def _rows_in_copy(copy: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table of a copy holds; the live database may have gone on since."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
    return {table: copy.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}").fetchone()[0]  # noqa: S608 - the database named it
            for table in tables}


def _contents_of(folder: Path) -> dict[str, Any]:
    try:
        contents: dict[str, Any] = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        differing = [name for name, digest in contents["sha256"].items() if _digest(folder / name) != digest]
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"{folder} holds no whole backup: {error}") from error
    if differing:
        raise CommandError(f"Altered since it was made: {', '.join(differing)}.")
    return contents


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _pack(source: Path, target: Path) -> None:
    """Everything below a folder, without half-written files and those that go while this reads."""
    with tarfile.open(target, "w") as archive:
        for path in sorted(source.rglob("*")) if source.exists() else []:
            if path.is_file() and path.suffix != ".part" and path.name != ".lock":
                # Bytes that go now belong to no row of the copy: a file of the copy's rows stays for a day at least.
                with suppress(FileNotFoundError):
                    archive.add(path, arcname=str(path.relative_to(source)))


def _unpack(source: Path, target: Path) -> None:
    """The regular files of an archive below a folder; refuses everything else.

    `extractall` learned to refuse by itself in Python 3.11.4, and the site runs on 3.11.2.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(source) as archive:
        for member in archive:
            path, content = target / member.name, archive.extractfile(member) if member.isfile() else None
            if content is None or not path.resolve().is_relative_to(target.resolve()):
                raise CommandError(f"{source.name} holds something that no backup writes: {member.name!r}.")
            path.parent.mkdir(parents=True, exist_ok=True)
            with content, path.open("xb") as copy:
                shutil.copyfileobj(content, copy)
            path.chmod(member.mode & 0o755)
            os.utime(path, (member.mtime, member.mtime))


def _empty(folder: Path) -> None:
    """Take away what lies below a folder, but not the folder, which may be a mounted disk."""
    for path in folder.iterdir() if folder.exists() else []:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _dump_database(folder: Path) -> tuple[str, dict[str, int]]:
    """A copy of the database as of one moment, while the site runs; returns the file's name and the rows it holds."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(folder / "database.sqlite3")) as copy:
            connection.connection.backup(copy)
            return "database.sqlite3", _rows_in_copy(copy)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        # Counted and dumped in the same snapshot, or every write in between would look like a loss.
        rows = row_counts()
        _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
              f"--file={folder / 'database.dump'}", f"--dbname={server_address()}"])
    return "database.dump", rows


def _load_database(folder: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(folder / "database.sqlite3")) as copy:
            copy.backup(connection.connection)
        return
    _run(["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
          f"--dbname={server_address()}", str(folder / "database.dump")])


def server_address(site: Any = connection) -> str:
    """What Django connects to, for PostgreSQL's own programs: also what stands in the address after its question mark.

    Passwords are left out, since every user of the machine can read a command line.
    """
    known = {word.keyword.decode() for word in Conninfo.get_defaults()} - SECRETS
    given = {name: value for name, value in site.get_connection_params().items() if name in known}
    return make_conninfo(**given)


def _run(command: Iterable[str]) -> None:
    """A program of PostgreSQL with the site's own connection; the password goes by the environment only."""
    program, *options = command
    path = shutil.which(program)
    if path is None:
        raise CommandError(f"{program} was not found; install PostgreSQL's client programs.")
    password = connection.get_connection_params().get("password")
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    done = subprocess.run([path, *options], env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - fixed programs
    if done.returncode:
        raise CommandError(f"{program}: {done.stderr.strip()}")
