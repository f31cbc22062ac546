"""Whatever is done to a row of the history behind the site's back is found and named."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from members.history.models import Chain, Entry
from members.history.selectors import entries_about, faults_in_history
from members.history.selectors.verification import canonical_row
from members.history.services import append_entry, history_archive, record_heads
from wapicert import database
from wapicert.canonical import canonical_json

pytestmark = pytest.mark.django_db
COLUMNS = {"at": "2020-01-01 00:00:00", "actor_id": 7, "actor_staff_number": "S-9", "actor_roles": '["QM"]',
           "act": "order.other", "object_type": "x", "object_id": "x", "before": '{"a": 1}', "after": '{"a": 2}',
           "reason": "另", "request_id": "x", "address": "1.1.1.1", "software_version": "x", "hash": "0" * 64}


@pytest.fixture
def chain(settings, tmp_path):
    """Five entries of one chain and one of another, and a folder for heads."""
    settings.HEADS_ROOT = tmp_path / "heads"
    for number in range(1, 6):
        append_entry(chain="order:X", act="order.changed", actor=None, object_type="order", object_id="X",
                     before={"序号": number - 1}, after={"序号": number, "比": 0.5}, reason="为何 \"\\\n")
    append_entry(chain="order:Y", act="order.drafted", actor=None, object_type="order", object_id="Y")
    return Entry.objects.filter(chain="order:X")


def by_hand(sql, *values):
    """What somebody with the database's own rights could do."""
    database.run(connection, database.removal(connection.vendor, "members_entry"))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def faults():
    return [(fault.kind, fault.chain, fault.sequence) for fault in faults_in_history()]


def test_canonical_row_equals_the_canonical_json_of_the_entry(chain):
    for entry in Entry.objects.all():
        fields = entry.as_exported()
        row = tuple(fields.values())
        del fields["hash"]
        assert canonical_row(row) == canonical_json(fields)


def test_verify_history_of_what_was_written_finds_nothing(chain, capsys):
    call_command("verify_history")
    assert capsys.readouterr().out == "6 entries, no faults.\n"


@pytest.mark.parametrize("column", COLUMNS)
def test_faults_in_history_names_the_altered_entry(chain, column):
    by_hand(f"UPDATE members_entry SET {column} = %s WHERE chain = 'order:X' AND sequence = 3", COLUMNS[column])
    assert faults()[0] == ("altered", "order:X", 3)


def test_faults_in_history_names_a_microsecond(chain):
    finer = "'2026-01-01 00:00:00.123456'" if connection.vendor == "sqlite" else "at + interval '1 microsecond'"
    by_hand(f"UPDATE members_entry SET at = {finer} WHERE chain = 'order:Y'")
    assert faults() == [("altered", "order:Y", 1)]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps JSON in a form of its own")
def test_faults_in_history_names_a_blank_in_json(chain):
    by_hand("UPDATE members_entry SET after = replace(after, ', ', ',  ') WHERE chain = 'order:X' AND sequence = 2")
    assert faults() == [("altered", "order:X", 2)]


def test_faults_in_history_names_missing_entries(chain):
    by_hand("DELETE FROM members_entry WHERE chain = 'order:X' AND sequence IN (2, 3)")
    found = list(faults_in_history())
    assert [(fault.kind, fault.sequence, fault.detail) for fault in found] == [("missing", 2, "to #3")]


def test_faults_in_history_names_entries_that_changed_places(chain):
    second, third = Entry.objects.filter(chain="order:X", sequence__in=[2, 3]).order_by("sequence")
    by_hand("UPDATE members_entry SET sequence = 99 WHERE id = %s", second.pk)
    by_hand("UPDATE members_entry SET sequence = 2 WHERE id = %s", third.pk)
    by_hand("UPDATE members_entry SET sequence = 3 WHERE id = %s", second.pk)
    found = [(fault.kind, fault.sequence, fault.detail) for fault in faults_in_history()]
    assert found[:2] == [("moved", 2, "belongs at #3"), ("moved", 3, "belongs at #2")]


def test_faults_in_history_names_a_tail_that_was_cut_off(chain):
    by_hand("DELETE FROM members_entry WHERE chain = 'order:X' AND sequence > 3")
    assert faults() == [("cut", "order:X", 4)]


def test_faults_in_history_names_a_tail_whose_head_was_mended_by_the_head_outside(chain):
    record_heads()
    by_hand("DELETE FROM members_entry WHERE chain = 'order:X' AND sequence > 3")
    last = Entry.objects.get(chain="order:X", sequence=3)
    Chain.objects.filter(name="order:X").update(length=3, head=last.hash)
    assert faults() == [("cut", "order:X", 4)]


def test_faults_in_history_names_a_chain_that_is_gone_altogether(chain):
    record_heads()
    by_hand("DELETE FROM members_entry WHERE chain = 'order:Y'")
    Chain.objects.filter(name="order:Y").delete()
    assert faults() == [("cut", "order:Y", 1)]


def test_faults_in_history_names_a_chain_that_was_written_anew(chain):
    record_heads()
    by_hand("DELETE FROM members_entry WHERE chain = 'order:Y'")
    Chain.objects.filter(name="order:Y").delete()
    append_entry(chain="order:Y", act="order.cancelled", actor=None, object_type="order", object_id="Y")
    assert faults() == [("recorded", "order:Y", 1)]


def test_verify_history_with_faults_ends_with_an_error(chain, capsys):
    by_hand("UPDATE members_entry SET reason = 'x' WHERE chain = 'order:Y'")
    with pytest.raises(CommandError, match=r"1 faults in 6 entries\."):
        call_command("verify_history")
    assert capsys.readouterr().out == "altered: order:Y #1\n"


def test_record_heads_writes_only_what_grew_and_mails_it(chain, settings):
    settings.ADMINS = [("", "keeper@example.org")]
    first = record_heads()
    append_entry(chain="order:Y", act="order.submitted", actor=None, object_type="order", object_id="Y")
    second = record_heads()
    chains = [[json.loads(line)["chain"] for line in path.read_text().splitlines()[1:]] for path in (first, second)]
    assert chains == [["order:X", "order:Y"], ["order:Y"]]
    assert [message.to for message in mail.outbox] == [["keeper@example.org"]] * 2
    assert mail.outbox[1].attachments[0].filename == second.name
    assert record_heads() is None
    assert faults() == []


def test_faults_in_history_names_a_file_of_heads_that_was_changed(chain):
    first = record_heads()
    append_entry(chain="order:Y", act="order.submitted", actor=None, object_type="order", object_id="Y")
    second = record_heads()
    first.unlink()
    assert faults() == [("file", second.name, 0)]


def test_history_archive_proves_itself_without_the_site(chain, tmp_path):
    with zipfile.ZipFile(BytesIO(history_archive(chain="order:X"))) as archive:
        assert archive.namelist() == ["history.jsonl", "history.csv", "head.json", "check_history.py"]
        archive.extractall(tmp_path)
    command = [sys.executable, "-I", "check_history.py"]
    whole = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (whole.returncode, whole.stdout) == (0, "5 entries, no faults\n")
    lines = (tmp_path / "history.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "history.jsonl").write_text("".join([*lines[:1], lines[1].replace("为何", "何为"), *lines[3:]]))
    broken = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "entry 2 is not what was written" in broken.stdout
    assert "entry 3 is missing or moved" in broken.stdout


def test_entries_about_an_object_leaves_out_others(chain):
    append_entry(chain="order:X", act="sample.ended", actor=None, object_type="sample", object_id="X")
    assert [entry.chain for entry in entries_about("order", "Y")] == ["order:Y"]
    assert entries_about("order", "X").count() == 5
