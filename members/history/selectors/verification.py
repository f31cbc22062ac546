"""Proves that the whole history is what was written, and names what is not.

One pass in the order of chains and sequence, a row at a time: a million rows need no more memory than their heads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import CharField
from django.db.models.functions import Cast

from members.history.models import Chain, Entry
from members.history.selectors.heads import RecordedHead, broken_files, recorded_heads

ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class Fault:
    """One place where the history is not what was written.

    `kind`: altered, missing, moved (`detail` says where it belongs), cut (entries at the end are gone), head (the
    head of the chain was changed), recorded (differs from a head kept outside), file (a file of heads was changed).
    """

    kind: str
    chain: str
    sequence: int
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.chain} #{self.sequence}{' ' + self.detail if self.detail else ''}"


def faults_in_history(*, folder: Path | None = None) -> Iterator[Fault]:
    """Every fault of every chain, against the chains' heads and the heads kept outside the database."""
    heads = {chain.name: chain for chain in Chain.objects.iterator()}
    recorded = recorded_heads(folder)
    yield from (Fault("file", name, 0) for name in broken_files(folder))
    yield from (Fault("file", head.file, 0, "unreadable line") for head in recorded.pop("?", []))
    seen: set[str] = set()
    for name, rows in _by_chain():
        seen.add(name)
        yield from _faults_in_chain(name, rows, heads.get(name), recorded.get(name, []))
    for name in sorted((heads.keys() | recorded.keys()) - seen):
        length = max([heads[name].length if name in heads else 0, *(head.length for head in recorded.get(name, []))])
        if length:
            yield Fault("cut", name, 1, f"to #{length}")


def _faults_in_chain(
    name: str, rows: Iterator[tuple[Any, ...]], head: Chain | None, recorded: list[RecordedHead]
) -> Iterator[Fault]:
    """Walks one chain once; what a head outside says about a place is compared on the way."""
    outside: dict[int, list[RecordedHead]] = {}
    for kept in recorded:
        outside.setdefault(kept.length, []).append(kept)
    previous, expected = "", 1
    for row in rows:
        sequence, before, stored = row[1], row[15], row[16]
        if sequence > expected:
            yield Fault("missing", name, expected, f"to #{sequence - 1}" if sequence - 1 > expected else "")
        if not _is_as_written(row):
            yield _altered_or_moved(name, row, head.length if head else sequence)
        elif before != previous and sequence == expected:
            yield Fault("altered", name, sequence, "does not follow the entry before it")
        for kept in outside.pop(sequence, []):
            if kept.head != stored:
                yield Fault("recorded", name, sequence, f"differs from {kept.file}")
        previous, expected = stored, sequence + 1
    if head is None:
        yield Fault("head", name, expected - 1, "the chain has no head")
    elif head.length > expected - 1:
        yield Fault("cut", name, expected, f"to #{head.length}" if head.length > expected else "")
    elif head.length != expected - 1 or head.head != previous:
        yield Fault("head", name, expected - 1)
    for length, kept_outside in sorted(outside.items()):
        if length >= expected and (head is None or length > head.length):
            yield Fault("cut", name, expected, f"to #{length}, which {kept_outside[0].file} knows")


def _altered_or_moved(name: str, row: tuple[Any, ...], length: int) -> Fault:
    """Whether the row is as it was written but for its place."""
    for place in range(1, min(length, 10_000) + 1):
        if _is_as_written((row[0], place, *row[2:])):
            return Fault("moved", name, row[1], f"belongs at #{place}")
    return Fault("altered", name, row[1])


def _by_chain() -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    """Every chain with its rows, in one pass; a chain's rows must be read before the next is asked for."""
    rows = _all_rows()
    pending = next(rows, None)
    while pending is not None:
        name = pending[0]
        rest: list[tuple[Any, ...] | None] = [pending]

        def of_this(name: str = name, rest: list[tuple[Any, ...] | None] = rest) -> Iterator[tuple[Any, ...]]:
            row = rest.pop()
            while row is not None and row[0] == name:
                yield row
                row = next(rows, None)
            rest.append(row)

        yield name, of_this()
        pending = rest.pop()


def _all_rows() -> Iterator[tuple[Any, ...]]:
    """The columns of every entry, by chain and sequence; not as objects, which cost more."""
    ordered = Entry.objects.order_by("chain", "sequence")
    if connection.vendor != "sqlite":
        yield from ordered.values_list(*Entry.EXPORTED).iterator(chunk_size=ROWS_AT_ONCE)
        return
    # The moment as text, or the driver would forgive how it is written.
    columns = [Cast(name, CharField()) if name == "at" else name for name in Entry.EXPORTED]
    sql, values = ordered.values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


def _is_as_written(row: tuple[Any, ...]) -> bool:
    """Whether the row's digest is the one over its fields (`Entry.computed_hash`, written out for speed)."""
    try:
        return sha256(canonical_row(row).encode()).hexdigest() == str(row[16])
    except (ValueError, TypeError):
        return False


def canonical_row(row: tuple[Any, ...]) -> str:
    """The canonical JSON of an entry without its digest: names in order, no blanks; equal to `wapicert.canonical`."""
    (chain, sequence, at, actor, staff_number, roles, act, object_type, object_id, before, after, reason, request_id,
     address, version, previous, _hash) = row
    return (
        f'{{"act":{quoted(act)},"actor_id":{"null" if actor is None else int(actor)},"actor_roles":{_json(roles)},'
        f'"actor_staff_number":{quoted(staff_number)},"address":{quoted(address)},"after":{_json(after)},'
        f'"at":"{_moment(at)}","before":{_json(before)},"chain":{quoted(chain)},"object_id":{quoted(object_id)},'
        f'"object_type":{quoted(object_type)},"previous_hash":{quoted(previous)},"reason":{quoted(reason)},'
        f'"request_id":{quoted(request_id)},"sequence":{int(sequence)},"software_version":{quoted(version)}}}'
    )


_plain_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def _json(value: Any) -> str:
    """JSON as the digest writes it; SQLite hands it out as text, in which even a blank more would be a change."""
    if isinstance(value, str):
        if value in ("{}", "[]"):
            return value
        text, value = value, json.loads(value)
        if json.dumps(value) != text:
            raise ValueError("not as Django writes JSON")
    return _plain_json(value)


def _moment(value: Any) -> str:
    """The moment in UTC with milliseconds, as the digest writes it; entries hold no finer ones."""
    if isinstance(value, str):
        text, value = value, datetime.fromisoformat(value)
        if str(value) != text:
            raise ValueError("not as Django writes a moment")
        value = value.replace(tzinfo=UTC)
    if value.microsecond % 1000:
        raise ValueError("finer than what was written")
    moment = value.astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds' if moment.microsecond else 'seconds')}Z"
