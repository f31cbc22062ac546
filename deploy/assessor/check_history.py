"""Checks an exported history without the site that made it: python3 check_history.py [history.jsonl]

Each line is one entry. Its digest "hash" is SHA-256 over the line's other fields as JSON with sorted names, without
blanks, in UTF-8; "previous_hash" is the digest of the entry before it. Any changed, missing or moved entry is named.
Beside the file, head.json says how long the chain is and what its last digest is; compare that digest with the heads
that were mailed or filed on the day, for only these lie beyond the reach of whoever keeps the database.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import sys
from collections.abc import Iterable, Iterator
from typing import Any


def faults(lines: Iterable[str], head: dict[str, Any] | None) -> Iterator[str]:
    """What is wrong, a sentence each; nothing when the chain is whole."""
    previous, expected = "", 1
    for number, line in enumerate(lines, start=1):
        entry = json.loads(line)
        digest = entry.pop("hash")
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            yield f"line {number}: entry {entry['sequence']} is not what was written"
        if entry["sequence"] != expected:
            yield f"line {number}: entry {expected} is missing or moved"
        if entry["previous_hash"] != previous:
            yield f"line {number}: entry {entry['sequence']} does not follow the one before it"
        previous, expected = digest, entry["sequence"] + 1
    if head and (head["length"], head["head"]) != (expected - 1, previous):
        yield f"the chain should end with entry {head['length']} and digest {head['head']}"


def main(path: pathlib.Path) -> int:
    """Prints each fault, then the verdict; 1 when there is any."""
    beside = path.with_name("head.json")
    head = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else None
    lines = path.read_text(encoding="utf-8").splitlines()
    found = list(faults(lines, head))
    print(*found, f"{len(lines)} entries, {len(found) or 'no'} faults", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "history.jsonl")))
