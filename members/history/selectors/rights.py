"""What the database itself would let this process change."""

from __future__ import annotations

from django.db import connection

from wapicert.database import GUARDED


def tables_open_to_change() -> list[str]:
    """The append-only tables whose rows PostgreSQL's rights let this role change; triggers refuse it all the same."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM unnest(%s::text[]) AS name "
                       "WHERE has_table_privilege(name, 'UPDATE, DELETE, TRUNCATE')", [GUARDED])
        return [row[0] for row in cursor.fetchall()]
