"""`python -m tests.mutation [words]`: takes away one check at a time and asks whether a test notices.

A check is a predicate of `permissions`, a condition within one, what narrows a selector of visibility, or what makes a
service refuse. All tests run once first, and tell which of them met a refusal of which check: only these can notice
that it is gone. Then each check is taken away, and they run, quickest first, until one fails. Words choose checks by
name. Ends with 1 when a check can go without a test failing.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time

import pytest

from tests.mutation.checks import checks
from tests.mutation.excused import EXCUSED
from tests.mutation.session import Mutation

# What drives a browser, processes of its own, or the sources meets no check in this process; what typesets and signs
# takes long and asks for no right that others do not ask for. Leaving a test out can only let a check seem unnoticed.
LEFT_OUT = (
    "tests/browser", "tests/journeys", "tests/bench", "tests/fuzz", "tests/faults", "tests/verapdf", "tests/wapicert",
    "tests/test_architecture.py", "tests/test_messages.py", "tests/products/test_restore_drill.py",
    "tests/products/test_demonstration.py", "tests/products/test_demonstration_commands.py",
    *(f"tests/products/reports/test_{name}.py" for name in (
        "conformance", "hostile_texts", "printing", "rendering", "signing")))


def main(words: list[str]) -> int:
    """A line per check; the figure at the end."""
    chosen = [check for check in checks() if not words or any(word in check.name for word in words)]
    mutation, started = Mutation(chosen, EXCUSED), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wapicert-mutation-") as folder:
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        os.environ["DATA_DIR"] = folder
        options = ["-q", "-s", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={folder}/tests",
                   "-m", "not browser and not validator and not bench", *(f"--ignore={path}" for path in LEFT_OUT)]
        if code := pytest.main([*options, "tests"], plugins=[mutation]):
            return int(code)
    excused = sum(check.name in EXCUSED for check in chosen)
    print(f"{len(chosen) - len(mutation.missed) - excused} of {len(chosen)} taken-away checks were noticed, {excused} "
          f"are excused, in {time.monotonic() - started:.0f} s")
    return 1 if mutation.missed or mutation.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
