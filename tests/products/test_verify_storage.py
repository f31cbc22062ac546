"""One altered byte of a file, a report or a result is found and named."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from products.files.models import StoredFile
from products.results.models import Attempt
from tests.factories import reports
from wapicert import database

pytestmark = [pytest.mark.django_db, pytest.mark.forges_rows]


@pytest.fixture
def report(cast, catalogue):
    return reports.issued(cast)


def faults(capsys):
    with pytest.raises(CommandError):
        call_command("verify_storage")
    return capsys.readouterr().out.splitlines()


def test_verify_storage_names_every_kind_of_alteration(report, capsys):
    call_command("verify_storage")
    assert capsys.readouterr().out == f"{StoredFile.objects.count()} files, no faults.\n"

    path = Path(report.file.content.path)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    assert faults(capsys) == [f"file {report.file.pk} {report.file.name}: altered"]

    StoredFile.objects.filter(pk=report.file.pk).update(sha256="0" * 64)
    report.snapshot["title"] = "另一份"
    report.save(update_fields=["snapshot"])
    database.run(connection, database.removal(connection.vendor, "products_attempt"))
    attempt = Attempt.objects.filter(plan_item__order=report.order).latest("pk")
    Attempt.objects.filter(pk=attempt.pk).update(remark="改")
    named = faults(capsys)
    assert named[1:3] == [f"report {report.number}: the snapshot is not the one that was authorised",
                          f"report {report.number}: the file is not the one that was issued"]
    assert f"(id {attempt.pk})" in named[3]
    assert named[4:] == [
        f"results {report.order.number}: a recorded batch is gone",
        f"register file:{report.file.pk}: differs from what file.stored (file:{report.file.pk} #1) left"]
