"""The role that the site signs in with at PostgreSQL cannot change what is written once, whatever a program tries."""

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from members.history.selectors.rights import tables_open_to_change
from members.history.services import append_entry
from members.management.commands.prepare_database_role import guarded_tables

pytestmark = pytest.mark.django_db
ROLE = "wapicert_role_of_a_test"
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has roles")


@pytest.fixture
def restricted(db):
    """The test's connection as the site's own role; taken back with the transaction."""
    append_entry(chain="x", act="order.drafted", actor=None, object_type="order", object_id="X")
    call_command("prepare_database_role", ROLE)
    call_command("prepare_database_role", ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield cursor
        cursor.execute("RESET ROLE")


@on_postgresql
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE",
                                 "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {} CASCADE"])
def test_database_role_cannot_change_what_is_written_once(restricted, sql):
    for table in guarded_tables():
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            restricted.execute(sql.format(table))


@on_postgresql
def test_database_role_appends_all_the_same(restricted):
    append_entry(chain="x", act="order.submitted", actor=None, object_type="order", object_id="X")
    assert tables_open_to_change() == []


@on_postgresql
def test_owner_is_told_which_tables_it_may_change(db):
    assert "members_entry" in tables_open_to_change()


@on_postgresql
def test_truncate_is_refused_to_the_owner_too(db):
    with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE members_entry")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has roles")
def test_prepare_database_role_without_postgresql_is_refused():
    with pytest.raises(CommandError, match="Only PostgreSQL has roles"):
        call_command("prepare_database_role", ROLE)
