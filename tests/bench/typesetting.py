"""The bare loop: typesets and signs one report again and again, without database, queue or storage.

Run with a file that holds the snapshot, a number of rounds and a name; waits for a line on standard input, then prints
how long it took, in seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import django


def main(path: str, rounds: int, name: str) -> None:
    """Begin when told, so that two of these run at once."""
    django.setup()
    from products.reports import rendering  # noqa: PLC0415 - needs Django's registry
    from products.reports.signing import sign_document  # noqa: PLC0415 - the same

    data: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))

    def once(number: int) -> None:
        data["report"]["number"] = f"{name}-{number}"
        sign_document(rendering.render(data, draft=False))

    for number in range(3):
        once(-number)
    print("ready", flush=True)
    sys.stdin.readline()
    begin = time.perf_counter()
    for number in range(rounds):
        once(number)
    print(time.perf_counter() - begin, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
