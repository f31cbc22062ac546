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
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from wapicert.room import is_out_of_room

CONTENTS = "contents.json"
FILES, HEADS = "files.tar", "heads.tar"


def back_up(folder: Path) -> Path:
    """Write a new folder under `folder` with everything and its list of contents; returns it.

    The database comes first and the files after it: a file is stored before the row that names it, so that no row in
    the copy lacks its file. The folder gets its name at the end; one that was killed is called
    `.part`, and of one that failed nothing stays.
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
    database = _dump_database(waiting)
    _pack(Path(settings.MEDIA_ROOT), waiting / FILES)
    _pack(Path(settings.HEADS_ROOT), waiting / HEADS)
    contents = {
        "made_at": timezone.now().isoformat(timespec="seconds"), "software_version": settings.SOFTWARE_VERSION,
        "database": connection.vendor, "secret_key_mark": secret_key_mark(), "rows": row_counts(),
        "sha256": {path.name: _digest(path) for path in (waiting / database, waiting / FILES, waiting / HEADS)},
    }
    (waiting / CONTENTS).write_text(json.dumps(contents, indent=1, sort_keys=True), encoding="utf-8")


def restore(folder: Path) -> dict[str, Any]:
    """Put a backup into an empty place; returns its list of contents.

    Refuses a backup with a digest that differs, another kind of database, and a place where anything lies already.
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
    _load_database(folder)
    for name, target in targets.items():
        target.mkdir(parents=True, exist_ok=True)
        with tarfile.open(folder / name) as archive:
            archive.extractall(target, filter="data")
    found = row_counts()
    if found != contents["rows"]:
        raise CommandError("The restored tables do not hold as many rows as were backed up.")
    return contents


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
    """Everything below a folder, without half-written files."""
    with tarfile.open(target, "w") as archive:
        for path in sorted(source.rglob("*")) if source.exists() else []:
            if path.is_file() and path.suffix != ".part" and path.name != ".lock":
                archive.add(path, arcname=str(path.relative_to(source)))


def _dump_database(folder: Path) -> str:
    """A copy of the database as of one moment, while the site runs; returns the file's name."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(folder / "database.sqlite3")) as copy:
            connection.connection.backup(copy)
        return "database.sqlite3"
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={folder / 'database.dump'}"])
    return "database.dump"


def _load_database(folder: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(folder / "database.sqlite3")) as copy:
            copy.backup(connection.connection)
        return
    _run(["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
          f"--dbname={connection.settings_dict['NAME']}", str(folder / "database.dump")])


def _run(command: Iterable[str]) -> None:
    """A program of PostgreSQL with the site's own connection; the password goes by the environment only."""
    program, *options = command
    path = shutil.which(program)
    if path is None:
        raise CommandError(f"{program} was not found; install PostgreSQL's client programs.")
    known = connection.settings_dict
    names = {"PGHOST": known["HOST"], "PGPORT": known["PORT"], "PGUSER": known["USER"], "PGPASSWORD": known["PASSWORD"],
             "PGDATABASE": known["NAME"]}
    environment = os.environ | {name: str(value) for name, value in names.items() if value}
    done = subprocess.run([path, *options], env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - fixed programs
    if done.returncode:
        raise CommandError(f"{program}: {done.stderr.strip()}")
