"""`python -m tests.fuzz [--examples N] [--seed N] [--only WORD]`: every endpoint as everybody, in a place of its own.

Prints a JSON line per fault and one with the figures. Ends with 1 when an answer was a fault of the site, did not fit
the schema, or showed what is another's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.legs import ROOT

OWN = ("REDIS_URL", "DATA_DIR")


def main(words: list[str]) -> int:
    """With a data folder that goes away; a test database beside the one of DATABASE_URL, or SQLite."""
    kept = {key: value for key, value in os.environ.items() if key not in OWN}
    with tempfile.TemporaryDirectory(prefix="wapicert-fuzz-") as folder:
        return subprocess.run([sys.executable, "-m", "tests.fuzz.run", *words], cwd=ROOT, check=False,
                              env=kept | {"DATA_DIR": folder}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
