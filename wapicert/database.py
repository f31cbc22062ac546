"""Rows that are written once, and writes that need not wait for the disk.

Migration operations: triggers refuse UPDATE and DELETE on both databases, and TRUNCATE on the one that has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

# Every table that AppendOnly guards, in the order of migration; tests take the guards off to empty tables.
GUARDED: list[str] = []


@contextmanager
def quick_commit() -> Iterator[None]:
    """A transaction that does not wait until the disk has it: for marks of progress, which anybody may set again.

    A crash of the server's machine may lose it, whole; nothing that was committed before or after is touched.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO OFF")
        yield


def statements(vendor: str, table: str) -> list[str]:
    """The SQL that guards `table` against change, safe to run twice."""
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"DROP TRIGGER IF EXISTS {table}_keeps_rows ON {table}",
            f"CREATE TRIGGER {table}_keeps_rows BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]
    refusal = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
    changing = [f"CREATE TRIGGER IF NOT EXISTS {table}_append_only_{event.lower()} BEFORE {event} ON {table} {refusal}"
                for event in ("UPDATE", "DELETE")]
    # INSERT OR REPLACE takes the row that stands in the way away without asking a trigger for DELETE.
    taken = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {place})" for place in places_of(table))  # noqa: S608
    return [*changing, f"DROP TRIGGER IF EXISTS {table}_append_only_insert",
            f"CREATE TRIGGER {table}_append_only_insert BEFORE INSERT ON {table} WHEN {taken} {refusal}"]


def places_of(table: str) -> list[str]:
    """Of a table of SQLite: for its key and each unique index, the condition that the place of a new row is taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pragma_table_info(%s) WHERE pk ORDER BY pk", [table])
        found = [" AND ".join(f"{name} = NEW.{name}" for (name,) in cursor.fetchall())]
        cursor.execute("SELECT l.name, m.sql FROM pragma_index_list(%s) l JOIN sqlite_master m ON m.name = l.name "
                       "WHERE l.\"unique\" AND l.origin <> 'pk' ORDER BY l.name", [table])
        for index, sql in cursor.fetchall():
            cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
            place = " AND ".join(f"{name} = NEW.{name}" for (name,) in cursor.fetchall())
            _index, _where, condition = (sql or "").partition(" WHERE ")
            found.append(f"{place} AND {condition}" if condition else place)
    return found


def removal(vendor: str, table: str) -> list[str]:
    """The SQL that takes the guard off again."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_{guard} ON {table}" for guard in ("append_only", "keeps_rows")]
    return [f"DROP TRIGGER IF EXISTS {table}_append_only_{event}" for event in ("update", "delete", "insert")]


def run(connection: BaseDatabaseWrapper, commands: list[str]) -> None:
    """Execute each statement on its own."""
    with connection.cursor() as cursor:
        for command in commands:
            cursor.execute(command)


class AppendOnly(Operation):
    """Guard one table: what was written stays as it was written (ISO/IEC 17025, 7.5 and 8.4)."""

    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table
        if table not in GUARDED:
            GUARDED.append(table)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        run(schema_editor.connection, statements(schema_editor.connection.vendor, self.table))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        run(schema_editor.connection, removal(schema_editor.connection.vendor, self.table))

    def describe(self) -> str:
        return f"Guard {self.table} against change"


class TrigramIndex(Operation):
    """Index every fragment of a text column: pg_trgm on PostgreSQL, FTS5 on SQLite, kept up by triggers there.

    `words` is the name of SQLite's virtual table; it refers to the rows of `table` by `key`. A later migration that
    makes SQLite write `table` anew must repeat this operation, since the triggers go with the old table.
    """

    reversible = True

    def __init__(self, table: str, column: str, key: str, words: str) -> None:
        self.table, self.column, self.key, self.words = table, column, key, words

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        run(schema_editor.connection, self.commands(schema_editor.connection.vendor))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        run(schema_editor.connection, self.removal(schema_editor.connection.vendor))

    def describe(self) -> str:
        return f"Index the fragments of {self.table}.{self.column}"

    def commands(self, vendor: str) -> list[str]:
        """The SQL that makes the index, safe to run twice."""
        table, column, key, words = self.table, self.column, self.key, self.words
        if vendor == "postgresql":
            # Without fastupdate a search never reads a pending list, and no save pays for the others' entries.
            return [
                "CREATE EXTENSION IF NOT EXISTS pg_trgm",
                f"CREATE INDEX IF NOT EXISTS {words} ON {table} USING gin ({column} gin_trgm_ops) "
                "WITH (fastupdate = off)",
                f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 500",
            ]
        # Names of our own tables, no value.
        insert = f"INSERT INTO {words}(rowid, {column}) VALUES (new.{key}, new.{column});"  # noqa: S608
        delete = f"INSERT INTO {words}({words}, rowid, {column}) VALUES ('delete', old.{key}, old.{column});"  # noqa: S608
        return [
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {words} USING fts5({column}, content='{table}', "
            f"content_rowid='{key}', tokenize='trigram case_sensitive 1')",
            f"CREATE TRIGGER IF NOT EXISTS {words}_insert AFTER INSERT ON {table} BEGIN {insert} END",
            f"CREATE TRIGGER IF NOT EXISTS {words}_delete AFTER DELETE ON {table} BEGIN {delete} END",
            f"CREATE TRIGGER IF NOT EXISTS {words}_update AFTER UPDATE OF {column} ON {table} "
            f"WHEN old.{column} IS NOT new.{column} BEGIN {delete} {insert} END",
        ]

    def removal(self, vendor: str) -> list[str]:
        """The SQL that takes it away."""
        if vendor == "postgresql":
            return [f"DROP INDEX IF EXISTS {self.words}"]
        triggers = [f"DROP TRIGGER IF EXISTS {self.words}_{event}" for event in ("insert", "delete", "update")]
        return [*triggers, f"DROP TABLE IF EXISTS {self.words}"]


class ExpressionStatistics(Operation):
    """Let PostgreSQL count how often each value of some expressions occurs; without, it guesses one row in 200.

    Nothing on SQLite, which plans without such numbers.
    """

    reversible = True

    def __init__(self, table: str, expressions: dict[str, str]) -> None:
        self.table, self.expressions = table, expressions

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            run(schema_editor.connection, [
                f"CREATE STATISTICS {name} ON ({expression}) FROM {self.table}"
                for name, expression in self.expressions.items()])

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            run(schema_editor.connection, [f"DROP STATISTICS IF EXISTS {name}" for name in self.expressions])

    def describe(self) -> str:
        return f"Count the values of {', '.join(self.expressions)}"
