"""Reads the heads of chains that were written outside the database (`history.services.record_heads`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from members.history.models import Entry

PATTERN, MOMENT = "heads-*.jsonl", "heads-%Y%m%dT%H%M%S%fZ"
# They are written once a day; the hours leave the clock time to catch up.
LATE = timedelta(hours=36)
# No transaction stays open longer than this.
OVERLAP = timedelta(hours=1)


@dataclass(frozen=True)
class RecordedHead:
    """The length and the last digest that a chain had when a file was written."""

    chain: str
    length: int
    head: str
    file: str


@dataclass(frozen=True)
class HeadsFile:
    """One file of heads: its name, the digest over its bytes, and what it says of the file before it."""

    path: Path
    digest: str
    previous: str
    heads: tuple[RecordedHead, ...]


def heads_files(folder: Path | None = None) -> Iterator[HeadsFile]:
    """Every file of heads, oldest first; a line that cannot be read counts as a head that nothing fits."""
    for path in sorted((folder or settings.HEADS_ROOT).glob(PATTERN)):
        content = path.read_bytes()
        first, *rest = content.decode("utf-8", "replace").splitlines() or [""]
        heads = tuple(_head(line, path.name) for line in rest)
        yield HeadsFile(path, hashlib.sha256(content).hexdigest(), _named_before(first), heads)


def heads_late_since() -> datetime | None:
    """The time of the oldest act that should long stand in a file of heads and does not; None while none is late.

    Times only choose what is looked at: an act may bear an earlier one than a file that was written before it, since
    times are kept to the millisecond and an act counts from its commit. What a file holds is told by the length.
    """
    newest = max((path.stem for path in settings.HEADS_ROOT.glob(PATTERN)), default="")
    written = datetime.strptime(newest, MOMENT).replace(tzinfo=UTC) - OVERLAP if newest else None
    late = Entry.objects.filter(at__lt=timezone.now() - LATE).order_by("at", "pk")
    acts = late.filter(at__gte=written) if written else late
    if not acts.exists():
        return None
    known = {name: max(head.length for head in heads) for name, heads in recorded_heads().items()}
    rows = acts.values_list("at", "sequence", "chain").iterator()
    return next((at for at, sequence, chain in rows if sequence > known.get(chain, 0)), None)


def recorded_heads(folder: Path | None = None) -> dict[str, list[RecordedHead]]:
    """What the files say of each chain, oldest first."""
    found: dict[str, list[RecordedHead]] = {}
    for file in heads_files(folder):
        for head in file.heads:
            found.setdefault(head.chain, []).append(head)
    return found


def broken_files(folder: Path | None = None) -> list[str]:
    """The names of files that do not follow the file before them: one was altered or taken away."""
    broken, previous = [], ""
    for file in heads_files(folder):
        if file.previous != previous:
            broken.append(file.path.name)
        previous = file.digest
    return broken


def _named_before(line: str) -> str:
    try:
        return str(json.loads(line)["previous"])
    except (ValueError, KeyError, TypeError):
        return "?"


def _head(line: str, file: str) -> RecordedHead:
    try:
        row = json.loads(line)
        return RecordedHead(str(row["chain"]), int(row["length"]), str(row["head"]), file)
    except (ValueError, KeyError, TypeError):
        return RecordedHead("?", 0, line, file)
