"""`make bench`: runs every bench_*.py beside this file on every database that answers, one JSON line per figure.

A benchmark module has a function `figures()` that yields dictionaries with at least `name`, `value`, `unit` and
`samples`; it sets up what it measures by itself and never touches the demonstration's data. Words on the command line
choose modules; BENCH_QUICK=1 takes few samples, to see whether everything runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.legs import ROOT, postgresql

OWN = ("DATABASE_URL", "REDIS_URL", "DATA_DIR")


def main(chosen: list[str]) -> int:
    """One process per database, each with a data folder of its own; the first failure's code is the answer."""
    address, reason = postgresql()
    codes = [run(chosen, {}), *([run(chosen, {"DATABASE_URL": address})] if address else [])]
    if reason:
        print(f"not measured: PostgreSQL, because {reason}", file=sys.stderr)
    return next((code for code in codes if code), 0)


def run(chosen: list[str], services: dict[str, str]) -> int:
    """Measure on one database; its figures go to standard output."""
    kept = {key: value for key, value in os.environ.items() if key not in OWN}
    with tempfile.TemporaryDirectory(prefix="wapicert-bench-") as folder:
        return subprocess.run([sys.executable, "-m", "tests.bench.run", *chosen], cwd=ROOT, check=False,
                              env=kept | services | {"DATA_DIR": folder, "SECOND_FACTOR": "off",
                                                     "RATE_LIMITS": "0"}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
