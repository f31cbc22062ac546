"""Summaries of photographs and captures, made by a worker: asked for, claimed, made, or given up in plain words."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from PIL import Image, ImageOps

from products.files.models import FileSummary, StoredFile
from products.files.rendering import facts_of_capture
from products.files.states import CAPTURES, PICTURES, SummaryState
from wapicert.room import is_out_of_room

TASK = "files.summarise"
LEASE, TRIES = timedelta(minutes=3), 3
# A small picture fits so many pixels each way; decoding needs four bytes for each of the original's.
THUMBNAIL, PIXELS = 320, 50_000_000
logger = logging.getLogger(__name__)


def ask_for_summary(file: StoredFile) -> None:
    """Have a worker look at a photograph or capture once the transaction is committed; other files have no summary."""
    if file.media_type not in PICTURES | CAPTURES:
        return
    FileSummary.objects.create(file=file)
    transaction.on_commit(lambda: _send(file.pk), robust=True)


def summarise_file(*, file_id: str | UUID) -> bool:
    """Summarise a file unless somebody is at it; whether a summary stands. Whatever goes wrong ends on the row."""
    now, key = timezone.now(), UUID(str(file_id))
    free = FileSummary.objects.filter(Q(lease__isnull=True) | Q(lease__lt=now), file_id=key, tries__lt=TRIES,
                                      state=SummaryState.WAITING)
    if free.update(lease=now + LEASE, tries=F("tries") + 1) != 1:
        return False
    summary = FileSummary.objects.select_related("file").get(file_id=key)
    try:
        with summary.file.content.open("rb") as content:
            _fill(summary, content)
    # Files come from outside, and readers fail on them in any way; the file itself stays as it is.
    except Exception as fault:
        logger.exception("File %s could not be summarised", file_id)
        if is_out_of_room(fault):
            # The file is right and the disk full: it waits out its lease, and this try does not count.
            FileSummary.objects.filter(pk=summary.pk).update(tries=F("tries") - 1)
            return False
        summary.state = SummaryState.FAILED
    else:
        summary.state = SummaryState.DONE
    summary.lease = None
    summary.save(update_fields=["state", "facts", "thumbnail", "lease"])
    return summary.state == SummaryState.DONE


def requeue_lost_summaries() -> int:
    """Send again what waits without a worker; what was tried too often cannot be summarised. How many were sent."""
    waiting = FileSummary.objects.filter(Q(lease__isnull=True) | Q(lease__lt=timezone.now()),
                                         state=SummaryState.WAITING)
    waiting.filter(tries__gte=TRIES).update(state=SummaryState.FAILED, lease=None)
    lost = list(waiting.filter(tries__lt=TRIES).order_by("pk").values_list("file_id", flat=True)[:200])
    for key in lost:
        _send(key)
    return len(lost)


def _send(key: UUID) -> None:
    current_app.send_task(TASK, args=[str(key)], retry=False)


def _fill(summary: FileSummary, content: File[Any]) -> None:
    if summary.file.media_type in CAPTURES:
        summary.facts = facts_of_capture(content)
        return
    made = io.BytesIO()
    with Image.open(content, formats=["PNG", "JPEG"]) as image:
        if image.width * image.height > PIXELS:
            raise ValueError("more pixels than a worker should hold")
        image.draft("RGB", (THUMBNAIL, THUMBNAIL))
        small = ImageOps.exif_transpose(image)
        small.thumbnail((THUMBNAIL, THUMBNAIL))
        # Written anew, so that no place and no device of the original's goes along.
        small.convert("RGB").save(made, "JPEG", quality=80)
        summary.facts = {"width": small.width, "height": small.height}
    summary.thumbnail.save("thumbnail.jpg", ContentFile(made.getvalue()), save=False)
