"""The drill: a site is backed up, restored into an empty place by a process of its own, and proved there."""

import json
import os
import shutil
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from members.history.services import record_heads
from members.management.keeping import back_up, restore
from tests.factories import certification

with_programs = pytest.mark.skipif(connection.vendor == "postgresql" and not shutil.which("pg_dump"),
                                   reason="pg_dump is not installed")


@pytest.fixture
def kept(cast, catalogue, settings, tmp_path):
    """A certified device with its report, and the backup of it."""
    settings.HEADS_ROOT = tmp_path / "heads"
    certification.granted(cast)
    record_heads()
    return back_up(tmp_path / "backups")


@pytest.fixture
def place(tmp_path):
    """Variables of a site with nothing in it; its database goes with the test."""
    place = {"DATA_DIR": str(tmp_path / "restored"), "SECRET_KEY": settings.SECRET_KEY}
    if connection.vendor == "sqlite":
        yield place
        return
    name = f"wapicert_restored_{os.getpid()}"
    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
    yield place | {"DATABASE_URL": _address(name)}
    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _address(name):
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", ""))


def manage(place, *words):
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DATA_DIR", "HEADS_ROOT")}
    return subprocess.run([sys.executable, "manage.py", *words], cwd=settings.BASE_DIR, env=kept | place, check=False,
                          capture_output=True, text=True)


@with_programs
@pytest.mark.django_db(transaction=True)
def test_restore_into_an_empty_place_proves_every_digest_and_shows_the_same_directory(kept, client, place):
    shown = client.get(reverse("api-products")).json()
    contents = json.loads((kept / "contents.json").read_text())
    done = manage(place, "restore", str(kept))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{contents['rows']['members_entry']} entries, no faults." in done.stdout
    assert f"{contents['rows']['products_storedfile']} files, no faults." in done.stdout
    asked = manage(place, "shell", "-v", "0", "-c", "from django.test import Client; "
                   f"print(Client().get({reverse('api-products')!r}).content.decode())")
    assert json.loads(asked.stdout) == shown
    again = manage(place, "restore", str(kept))
    assert (again.returncode, "not empty" in again.stderr) == (1, True)


@with_programs
@pytest.mark.django_db(transaction=True)
def test_restore_of_an_altered_backup_is_refused(tmp_path, settings):
    settings.HEADS_ROOT = tmp_path / "heads"
    place = back_up(tmp_path / "backups")
    assert place.stat().st_mode & 0o077 == 0
    (place / "files.tar").write_bytes(b"x")
    with pytest.raises(CommandError, match=r"Altered since it was made: files\.tar"):
        restore(place)
    with pytest.raises(CommandError, match="holds no whole backup"):
        call_command("restore", tmp_path)
