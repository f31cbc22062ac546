"""`python -m tests.faults [--kills N] [--orders N] [--seed N] [--seconds N]`: the plug pulled again and again.

Orders move from the application to the certificate by the API while web server, worker, Redis and PostgreSQL are
killed at random; all of them are this run's own. Ends with 1 when something was lost, done twice or not finished.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.legs import ROOT

OWN = ("DATABASE_URL", "REDIS_URL", "DATA_DIR")


def main(words: list[str]) -> int:
    """In a process whose settings look at a folder that goes away."""
    kept = {key: value for key, value in os.environ.items() if key not in OWN}
    with tempfile.TemporaryDirectory(prefix="wapicert-faults-") as folder:
        own = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "wapicert.settings"}
        begin = "import django, sys; django.setup(); from tests.faults.run import main; sys.exit(main())"
        return subprocess.run([sys.executable, "-c", begin, *words], cwd=ROOT, env=kept | own, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
