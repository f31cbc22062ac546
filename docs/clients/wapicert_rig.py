"""Sends results from a test rig to wapicert. Needs nothing but Python 3.11; copy it beside the rig's own program.

    rig = Rig("https://wapicert.example", token="1a2b3c4d.…")
    rig.record("WT-2026-0001", [
        {"item": "IOP-01", "verdict": "PASS", "hardware": "V1.0", "firmware": "1.0.0", "tool": "YS-001"},
    ])

The token comes from the laboratory's page of test rigs (/lab/rigs/): it records results of the rig's own tools, reads
plans, and opens nothing else. Each result names the rig and the person who answers for it.

A batch is saved whole or not at all. It may be sent again after a broken connection: the same rows with the same key
are saved once. From the command line, with the token in WAPICERT_TOKEN:

    python wapicert_rig.py https://wapicert.example WT-2026-0001 rows.json
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any


class Refused(Exception):
    """The site refused the batch; `problem` is its answer (RFC 9457), `problem["errors"]` names rows and fields."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail') or problem.get('title')}")
        self.status, self.problem = status, problem


class Rig:
    """One rig with its token."""

    def __init__(self, site: str, token: str, *, tries: int = 5, timeout: float = 30) -> None:
        self.site, self.token, self.tries, self.timeout = site.rstrip("/"), token, tries, timeout

    def plan(self, order: str) -> Any:
        """The order's items with where they stand."""
        return self._call("GET", f"/api/v1/orders/{order}/plan/")

    def record(self, order: str, rows: list[dict[str, Any]], key: str | None = None) -> Any:
        """Record a batch; rows without `performed_at` get the present moment. `key` names the batch for repetition."""
        now = datetime.now(UTC).isoformat()
        batch = [{"performed_at": now, **row} for row in rows]
        return self._call("POST", f"/api/v1/orders/{order}/attempts/", batch, key or uuid.uuid4().hex)

    def _call(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"Authorization": f"Token {self.token}", "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(1, self.tries + 1):
            request = urllib.request.Request(self.site + path, data, headers, method=method)  # noqa: S310 - as named
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310 - the rig's own site
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code < 500 and error.code != 429:
                    raise Refused(error.code, json.load(error)) from None
                wrong: Exception = error
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                wrong = error
            if attempt == self.tries:
                raise wrong
            time.sleep(min(30, 2**attempt))
        raise AssertionError("unreachable")


def main(site: str, order: str, path: str) -> int:
    """Send the rows of a JSON file."""
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    try:
        saved = Rig(site, os.environ["WAPICERT_TOKEN"]).record(order, rows)
    except Refused as refused:
        faults = json.dumps(refused.problem.get("errors", []), ensure_ascii=False, indent=1)
        sys.stderr.write(f"{refused} {faults}\n")
        return 1
    sys.stdout.write(f"{len(saved)} saved\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
