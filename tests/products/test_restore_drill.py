"""The drill: a site is backed up while it works, restored elsewhere by a process of its own, and proved there."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import dj_database_url
import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.urls import reverse
from psycopg.conninfo import conninfo_to_dict

from members.history.services import record_heads
from members.management.keeping import _unpack, back_up, restore, server_address
from tests.factories import certification

with_programs = pytest.mark.skipif(connection.vendor == "postgresql" and not shutil.which("pg_dump"),
                                   reason="pg_dump is not installed")
ROLE = f"wapicert_drill_{os.getpid()}"
# What people do while the backup is made: applications, and the heads of the history beside the database.
MOVING = """
import itertools, sys
from pathlib import Path
from types import SimpleNamespace
from members.companies.models import Company
from members.history.services import record_heads
from members.people.models import User
from tests.factories.orders import drafted
people = SimpleNamespace(company_a=Company.objects.get(name_zh="{company}"),
                         vendor=User.objects.get(username="{vendor}"))
for number in itertools.count():
    if Path("{stop}").exists():
        sys.exit()
    print(drafted(people), flush=True)
    if number % 3 == 0:
        record_heads()
"""


@pytest.fixture
def kept(cast, catalogue, settings, tmp_path):
    """A certified device with its report, and the backup of it."""
    settings.HEADS_ROOT = tmp_path / "heads"
    certification.granted(cast)
    record_heads()
    return back_up(tmp_path / "backups")


@pytest.fixture
def empty_place(tmp_path):
    """Makes the variables of sites with nothing in them; their databases go with the test."""
    names = []

    def make(folder):
        place = {"DATA_DIR": str(tmp_path / folder), "SECRET_KEY": settings.SECRET_KEY}
        if connection.vendor == "sqlite":
            return place
        names.append(f"wapicert_{folder}_{os.getpid()}")
        _on_server(f"DROP DATABASE IF EXISTS {names[-1]}", f"CREATE DATABASE {names[-1]}")
        return place | {"DATABASE_URL": _address(names[-1])}

    yield make
    for name in names:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def place(empty_place):
    return empty_place("restored")


@pytest.fixture
def site(kept, empty_place):
    """A site that works; on PostgreSQL with the role that owns nothing, the server named after the question mark."""
    place = empty_place("site")
    assert manage(place, "restore", str(kept)).returncode == 0
    if connection.vendor == "sqlite":
        yield place
        return
    prepared = manage(place, "prepare_database_role", ROLE)
    assert (prepared.returncode, prepared.stderr) == (0, "")
    name = urlsplit(place["DATABASE_URL"]).path[1:]
    _on_server(f"ALTER ROLE {ROLE} PASSWORD 'drill'")
    server = urlsplit(os.environ["DATABASE_URL"])
    yield place | {"DATABASE_URL": f"postgres://{ROLE}:drill@/{name}?host={server.hostname}&port={server.port or 5432}"}
    with psycopg.connect(_address(name), autocommit=True) as owner:
        owner.execute(f"DROP OWNED BY {ROLE}")
    _on_server(f"DROP ROLE {ROLE}")


def _on_server(*statements):
    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def _address(name):
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", ""))


def variables(place):
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DATA_DIR", "HEADS_ROOT")}
    return kept | place


def manage(place, *words, python=sys.executable):
    return subprocess.run([python, "manage.py", *words], cwd=settings.BASE_DIR, env=variables(place), check=False,
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
def test_backup_made_while_orders_move_restores_without_a_fault(site, cast, tmp_path, place):
    stop = tmp_path / "stop"
    words = MOVING.format(company=cast.company_a.name_zh, vendor=cast.vendor.username, stop=stop)
    with subprocess.Popen([sys.executable, "manage.py", "shell", "-v", "0", "-c", words], cwd=settings.BASE_DIR,
                          env=variables(site), stdout=subprocess.PIPE, text=True) as moving:
        first = moving.stdout.readline()
        made = [manage(site, "backup", str(tmp_path / "under-use")) for _each in range(2)]
        stop.touch()
        orders = [first, *moving.stdout.read().split()]
    assert moving.returncode == 0
    assert [(done.returncode, done.stderr) for done in made] == [(0, "")] * 2
    # Something moved between the two, or nothing was tried.
    rows = [json.loads((Path(done.stdout.strip()) / "contents.json").read_text())["rows"]["products_order"]
            for done in made]
    assert 1 <= rows[0] < rows[1] <= len(orders) + 1
    restored = manage(place, "restore", made[1].stdout.strip())
    assert (restored.returncode, restored.stderr) == (0, "")
    assert "entries, no faults." in restored.stdout


def _older_python():
    """A Python 3.11 before 3.11.4, such as Debian 12's own, with which `tarfile` knows no filter."""
    for name in ("/usr/bin/python3.11", "/usr/bin/python3"):
        if Path(name).exists():
            said = subprocess.run([name, "-c", "import sys; print(sys.version_info[:3] < (3, 11, 4) and "
                                   "sys.version_info[:2] == (3, 11))"], capture_output=True, text=True, check=True)
            if said.stdout.strip() == "True":
                return name
    return None


@with_programs
@pytest.mark.skipif(_older_python() is None or sys.version_info[:2] != (3, 11),
                    reason="no Python 3.11.0 to 3.11.3 stands beside the one that runs the tests")
@pytest.mark.django_db(transaction=True)
def test_restore_with_the_oldest_python_that_is_promised_works(kept, place, tmp_path):
    # What these versions need beside the others' packages; the tests' environment is one of a newer Python.
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "async_timeout.py").write_text("from asyncio import timeout\n")
    path = os.pathsep.join([sysconfig.get_paths()["purelib"], str(tmp_path / "older")])
    done = manage(place | {"PYTHONPATH": path}, "restore", str(kept), python=_older_python())
    assert (done.returncode, done.stderr) == (0, "")
    assert "entries, no faults." in done.stdout


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


@with_programs
@pytest.mark.django_db(transaction=True)
def test_restore_that_fails_leaves_the_place_empty_for_the_next_try(kept, place, tmp_path):
    good = shutil.copytree(kept, tmp_path / "good")
    with tarfile.open(kept / "heads.tar", "a") as archive:
        archive.addfile(_member("link", tarfile.SYMTYPE))
    contents = json.loads((kept / "contents.json").read_text())
    contents["sha256"]["heads.tar"] = hashlib.sha256((kept / "heads.tar").read_bytes()).hexdigest()
    (kept / "contents.json").write_text(json.dumps(contents))
    refused = manage(place, "restore", str(kept))
    assert (refused.returncode, "no backup writes: 'link'" in refused.stderr) == (1, True)
    assert manage(place, "restore", str(good)).returncode == 0


def _member(name, kind):
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, "/etc/passwd", 1 if kind == tarfile.REGTYPE else 0
    return member


@pytest.mark.parametrize(("name", "kind"), [
    ("../outside.txt", tarfile.REGTYPE), ("/outside.txt", tarfile.REGTYPE), ("a/../../outside.txt", tarfile.REGTYPE),
    ("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE),
])
def test_unpacking_what_no_backup_writes_is_refused(tmp_path, name, kind):
    with tarfile.open(tmp_path / "files.tar", "w") as archive:
        archive.addfile(_member(name, kind), io.BytesIO(b"x"))
    with pytest.raises(CommandError, match="no backup writes"):
        _unpack(tmp_path / "files.tar", tmp_path / "files")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["files.tar"]


@pytest.mark.parametrize(("address", "server"), [
    ("postgres:///site?host=/run/postgresql&port=8218", {"host": "/run/postgresql", "port": "8218", "dbname": "site"}),
    ("postgres://own@db.example:6000/site?sslmode=verify-full&sslrootcert=/etc/ca.pem",
     {"host": "db.example", "port": "6000", "user": "own", "dbname": "site", "sslmode": "verify-full",
      "sslrootcert": "/etc/ca.pem"}),
    ("postgres://own:secret@/site?host=127.0.0.1&target_session_attrs=read-write&passfile=/etc/pass",
     {"host": "127.0.0.1", "user": "own", "dbname": "site", "target_session_attrs": "read-write",
      "passfile": "/etc/pass"}),
    ("postgres:///site?service=wapicert", {"service": "wapicert", "dbname": "site"}),
    ("postgres://own:secret@[::1]:5433/site%20two", {"host": "::1", "port": "5433", "user": "own",
                                                     "dbname": "site two"}),
])
def test_backup_goes_to_the_server_that_the_address_names(address, server):
    known = {"TIME_ZONE": None, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, **dj_database_url.parse(address)}
    known["OPTIONS"] = {"pool": {"max_size": 8}, **known.get("OPTIONS", {})}
    named = conninfo_to_dict(server_address(DatabaseWrapper(known)))
    named.pop("client_encoding", None)
    assert named == server
