"""Gives out the next number of a series, without gaps and never twice."""

from __future__ import annotations

from django.db import transaction

from members.numbering.models import Series


@transaction.atomic
def next_number(*, series: str, period: str) -> int:
    """The next number, from 1; a transaction that fails gives its number back, so the series has no gap."""
    row, _created = Series.objects.select_for_update().get_or_create(name=series, period=period)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
