"""What an act leaves behind is sealed: a row that differs, appears or disappears without an act is named."""

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from members.companies.models import Company
from members.history.models import Entry, Seal
from members.history.selectors import Agreement, agreement_of, faults_in_history, faults_in_register
from members.history.services import append_entry, open_seals
from tests.factories import people

pytestmark = [pytest.mark.django_db, pytest.mark.forges_rows]


def note(company, act="company.renamed", **more):
    return append_entry(chain="companies", act=act, actor=None, object_type="company", object_id=company.number, **more)


@pytest.fixture
def company():
    made = Company.objects.create(number="C-9001", name_zh="演示甲")
    note(made, "company.registered", rows=[made])
    return made


def named():
    return [str(fault) for fault in faults_in_register()]


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_append_entry_with_rows_names_each_row_and_counts_its_seals(company):
    company.name_zh = "演示乙"
    company.save()
    entry = note(company, rows=[company])
    first, second = Entry.objects.filter(chain="companies").order_by("sequence")
    assert list(first.after["rows"]) == ["company:C-9001"]
    assert first.after["rows"]["company:C-9001"].startswith("1:")
    assert second.after["rows"]["company:C-9001"].startswith("2:")
    seal = Seal.objects.get()
    assert (seal.key, seal.number, seal.chain, seal.sequence) == ("company:C-9001", 2, "companies", entry.sequence)
    assert entry.after["rows"]["company:C-9001"] == f"2:{seal.digest}"
    assert named() == []
    assert list(faults_in_history()) == []
    assert agreement_of(company) == Agreement.AGREES


@pytest.mark.parametrize(("sql", "said"), [
    ("UPDATE members_company SET name_zh = '伪造' WHERE number = 'C-9001'",
     "company:C-9001: differs from what company.registered (companies #1) left"),
    ("UPDATE members_company SET uscc = '91110000MA00000000' WHERE number = 'C-9001'",
     "company:C-9001: differs from what company.registered (companies #1) left"),
    ("UPDATE members_company SET is_active = NOT is_active WHERE number = 'C-9001'",
     "company:C-9001: differs from what company.registered (companies #1) left"),
    ("DELETE FROM members_company WHERE number = 'C-9001'",
     "company:C-9001: is gone; company.registered (companies #1) left it"),
])
def test_faults_in_register_after_a_statement_past_the_site_names_the_row(company, sql, said):
    run(sql)
    assert named() == [said]


def test_faults_in_register_with_an_invented_row_names_it(company):
    Company.objects.create(number="C-9002", name_zh="演示丙")
    assert named() == ["company:C-9002: stands in the table, but no act wrote it"]


@pytest.mark.parametrize("change", [
    "UPDATE members_seal SET digest = '00' WHERE key = 'company:C-9001'",
    "UPDATE members_seal SET number = 7 WHERE key = 'company:C-9001'",
    "DELETE FROM members_seal WHERE key = 'company:C-9001'",
])
def test_faults_in_register_with_a_false_index_names_the_row(company, change):
    run(change)
    assert len(named()) == 1
    assert named()[0].startswith("company:C-9001: the index of seals")


def test_faults_in_register_with_row_and_index_forged_together_names_the_row(company):
    Company.objects.filter(pk=company.pk).update(name_zh="伪造")
    forged = next(row for row in named())
    assert forged.startswith("company:C-9001: differs")
    Seal.objects.update(digest="0" * 64)
    assert len(named()) == 2


def test_append_entry_with_a_row_that_goes_ends_its_seal(company):
    note(company, "company.removed", gone=[company])
    company.delete()
    assert named() == []
    Company.objects.create(number="C-9001", name_zh="演示甲")
    assert named() == ["company:C-9001: stands in the table, but no act wrote it"]


def test_append_entry_with_a_row_of_a_table_without_seals_is_refused(company):
    with pytest.raises(LookupError):
        note(company, rows=[Seal.objects.get()])


def test_open_seals_seals_what_stands_once_and_never_hides_what_comes_later():
    Company.objects.create(number="C-9003", name_zh="演示丁")
    assert named() == ["company:C-9003: stands in the table, but no act wrote it"]
    assert dict(open_seals())["company"] == 1
    assert named() == []
    Company.objects.create(number="C-9004", name_zh="演示戊")
    assert list(open_seals()) == []
    assert named() == ["company:C-9004: stands in the table, but no act wrote it"]


def test_verify_register_names_what_differs_and_ends_with_one(company, capsys):
    call_command("verify_register")
    assert capsys.readouterr().out == "1 sealed rows, no faults.\n"
    Company.objects.update(name_zh="伪造")
    with pytest.raises(CommandError, match="1 faults in 1 sealed rows"):
        call_command("verify_register")


@pytest.mark.parametrize("taken", ["id", "place"])
def test_entry_replaced_by_another_is_refused_on_both_databases(company, taken):
    entry = Entry.objects.get()
    names = [field.column for field in Entry._meta.concrete_fields if taken == "id" or field.column != "id"]
    quoted = ", ".join(f'"{name}"' for name in names)
    picked = ", ".join("'伪造'" if name == "reason" else f'"{name}"' for name in names)
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    upsert = "" if connection.vendor == "sqlite" else " ON CONFLICT (id) DO UPDATE SET reason = EXCLUDED.reason"
    with pytest.raises(IntegrityError), transaction.atomic():
        run(f"{verb} INTO members_entry ({quoted}) SELECT {picked} FROM members_entry WHERE id = %s{upsert}",
            entry.pk)
    assert Entry.objects.get().reason == ""


def test_password_changed_at_its_page_is_sealed_and_one_set_by_sql_is_named(client):
    user = people.person("demo")
    client.force_login(user)
    answer = client.post("/accounts/password/change/", {
        "oldpassword": people.PASSWORD, "password1": "another horse battery", "password2": "another horse battery"})
    assert answer.status_code == 302
    assert named() == []
    run("UPDATE members_user SET password = %s WHERE staff_number = 'S-demo'", make_password("forged horse"))
    assert [line for line in named() if line.startswith("user:S-demo: differs from what password.changed")]
