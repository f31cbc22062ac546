"""Lets go of files whose time is over: the bytes go, the row stays and says so with its digests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from members.history.services import append_entry
from products.files.models import FileSummary, StoredFile
from products.files.selectors import REMOVED

# A backup copies the database first and the files after it: what its rows name must be there for as long as it takes.
BYTES_STAY = timedelta(days=1)


@transaction.atomic
def remove_files(
    *, keys: Iterable[UUID], kind: str, chain: str, object_type: str, object_id: object, now: datetime | None = None
) -> int:
    """Mark files as removed and write their digests into a chain; returns how many were not removed before.

    Nobody can fetch them from then on; the bytes go a day later (`drop_removed_bytes`).
    """
    rows = list(StoredFile.objects.select_for_update().filter(pk__in=list(keys), removed_at=None).order_by("pk"))
    if not rows:
        return 0
    StoredFile.objects.filter(pk__in=[row.pk for row in rows]).update(removed_at=now or timezone.now())
    append_entry(chain=chain, act=REMOVED, actor=None, object_type=object_type, object_id=object_id,
                 after={"kind": kind, "count": len(rows),
                        "files": [{"id": row.pk, "sha256": row.sha256, "sm3": row.sm3} for row in rows]}, rows=rows)
    return len(rows)


def drop_removed_bytes(*, now: datetime | None = None) -> int:
    """Delete the bytes of files that were removed a day ago, and what was made of them; returns how many went.

    What a killed worker left is found by the next run; a file that is gone already is no fault here.
    """
    count, until = 0, (now or timezone.now()) - BYTES_STAY
    for row in StoredFile.objects.filter(removed_at__lte=until).exclude(content="").order_by("pk").iterator():
        for summary in FileSummary.objects.filter(file=row):
            if summary.thumbnail:
                summary.thumbnail.delete(save=False)
            summary.delete()
        row.content.storage.delete(str(row.content.name))
        StoredFile.objects.filter(pk=row.pk).update(content="")
        count += 1
    return count
