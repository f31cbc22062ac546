"""Gives the site's own role in PostgreSQL what it needs, and no right to change what is written once."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg import sql

from wapicert.database import GUARDED


class Command(BaseCommand):
    """Run by the owner of the tables after every `migrate`; harmless when run twice."""

    help = "Let a role of PostgreSQL run the site without being able to change or remove append-only rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="the role that web, worker and beat sign in with; not the owner of the tables")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles.")
        role = options["role"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper, rolname = current_user FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
            if found and any(found):
                raise CommandError(f"{role} is a superuser or owns the tables, so no right can be kept from it.")
            for statement in statements(role, is_new=found is None):
                cursor.execute(statement.as_string(cursor.connection))
        self.stdout.write(f"{role} may use every table and cannot change {', '.join(guarded_tables())}.")


def guarded_tables() -> list[str]:
    """The append-only tables; migrations name them when they are read."""
    for app in ("members", "products"):
        package = importlib.import_module(f"{app}.migrations")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{app}.migrations.{module.name}")
    return list(GUARDED)


def statements(role: str, *, is_new: bool) -> list[sql.Composed]:
    """The SQL, in order; rights on tables of later migrations come by default, until the next run takes some back."""
    name = sql.Identifier(role)
    tables = sql.SQL(", ").join(map(sql.Identifier, guarded_tables()))
    database = sql.Identifier(str(connection.settings_dict["NAME"]))
    texts = [
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        "REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {tables} FROM {role}",
        # Which migrations ran is not the site's to write.
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    ]
    created = ["CREATE ROLE {role} LOGIN"] if is_new else []
    return [sql.SQL(text).format(role=name, tables=tables, database=database) for text in [*created, *texts]]
