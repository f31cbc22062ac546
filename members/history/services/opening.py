"""Seals what stands in a table when its seals begin."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from members.history.models import Entry
from members.history.selectors.register import OPENED
from members.history.services.entries import append_entry
from wapicert.seals import TABLES, Sealed

CHAIN = "seals"
ROWS_PER_ENTRY = 500


def open_seals() -> Iterator[tuple[str, int]]:
    """Seal as found every row of the tables whose seals have not begun; yields the tables with their rows.

    Once per table: what appears in it without an act later on is a fault, which this must not hide. What was altered
    before remains unknown, and the entries say so.
    """
    for table in TABLES.values():
        if not Entry.objects.filter(act=OPENED, object_type="table", object_id=table.name).exists():
            yield table.name, open_table(table)


@transaction.atomic
def open_table(table: Sealed) -> int:
    """Seal every row of one table as found; returns how many."""
    pks = list(table.rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks) or 1, ROWS_PER_ENTRY):
        found = pks[start : start + ROWS_PER_ENTRY]
        rows = table.rows.filter(pk__in=found).only("pk")
        append_entry(chain=CHAIN, act=OPENED, actor=None, object_type="table", object_id=table.name, rows=rows,
                     after={"as_found": len(found), "of": len(pks)})
    return len(pks)
