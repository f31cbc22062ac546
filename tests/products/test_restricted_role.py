"""The site under the role that owns nothing: workers race for a certificate and a report, and nothing broken stays."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection

from products.certification.models import Certification
from products.certification.services.documents import _store
from products.failures.selectors import storage_lines
from products.files.models import StoredFile
from products.reports.services.printing import _claim, _store_and_issue
from tests.factories import certification, reports

pytestmark = pytest.mark.django_db(transaction=True)
ROLE = f"wapicert_races_{os.getpid()}"
PDF = b"%PDF-1.7 invented"


@pytest.fixture
def restricted(transactional_db):
    """Whether threads take the site's own role, which PostgreSQL alone has."""
    if connection.vendor != "postgresql":
        yield False
        return
    call_command("prepare_database_role", ROLE)
    yield True
    with connection.cursor() as owner:
        owner.execute(f"DROP OWNED BY {ROLE}")
        owner.execute(f"DROP ROLE {ROLE}")


def at_once(act, restricted, times=4):
    """Run the act in threads that start together, each with the site's own role; returns what each came to."""
    results: list[object] = []
    start, turn = threading.Barrier(times), threading.Lock()

    def run():
        start.wait()
        try:
            if restricted:
                connection.cursor().execute(f"SET ROLE {ROLE}")
                results.append(act())
                connection.cursor().execute("RESET ROLE")
                return
            # The tests' SQLite lives in memory, where writers fail instead of waiting; there the threads take turns.
            with turn:
                results.append(act())
        except Exception as fault:
            results.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _each in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def stored_names():
    """The files below the storage's folder."""
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def test_workers_that_race_for_a_certificate_leave_one_and_no_broken_row(cast, catalogue, restricted):
    granted = certification.granted(cast)
    Certification.objects.filter(pk=granted.pk).update(certificate=None)
    files, rows = stored_names(), StoredFile.objects.count()
    found = at_once(lambda: _store(granted, "WAPI-0", ContentFile(PDF, name="WAPI-0.pdf")), restricted)
    assert sorted(map(str, found)) == ["False", "False", "False", "True"]
    assert (StoredFile.objects.count(), len(stored_names())) == (rows + 1, len(files) + 1)
    assert list(storage_lines()) == []


def test_workers_that_race_for_a_report_leave_one_and_no_broken_row(cast, catalogue, restricted):
    claimed = _claim(str(reports.authorised(cast).pk))
    files, rows = stored_names(), StoredFile.objects.count()
    found = at_once(lambda: _store_and_issue(claimed, ContentFile(PDF, name="r.pdf")), restricted)
    assert [str(one) for one in found if one is not None] == [claimed.number]
    assert (StoredFile.objects.count(), len(stored_names())) == (rows + 1, len(files) + 1)
    assert list(storage_lines()) == []


@pytest.mark.parametrize("broken", ["order", "history", "disk"])
def test_certificate_that_cannot_be_kept_leaves_neither_row_nor_bytes(cast, catalogue, restricted, broken):
    """Whatever fails between the bytes and the commit takes both away."""
    granted = certification.granted(cast)
    Certification.objects.filter(pk=granted.pk).update(certificate=None)
    files, rows = stored_names(), StoredFile.objects.count()
    statement = {"order": "certificate_id", "history": "members_entry", "disk": "products_storedfile"}[broken]

    def fail(execute, sql, params, many, context):
        if statement in sql and sql.startswith(("INSERT", "UPDATE")):
            raise OSError(28, "No space left on device")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(OSError, match="No space left"):
        _store(granted, "WAPI-0", ContentFile(PDF, name="WAPI-0.pdf"))
    assert (StoredFile.objects.count(), stored_names()) == (rows, files)
