"""`python -m tests.walk [--steps N] [--seed N] [--orders N]`: orders moved at random, held against rules of its own.

Every so many steps begin anew in an empty site, so that a fault stands at the end of a short road. Prints a JSON line
per fault and one with the figures; ends with 1 when a rule was broken or an order found no end.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

from tests.legs import ROOT

INSIDE = "--inside"


def main(words: list[str]) -> int:
    """In a process whose data folder goes away; DATABASE_URL may name a PostgreSQL."""
    if INSIDE in words:
        return walk([word for word in words if word != INSIDE])
    with tempfile.TemporaryDirectory(prefix="wapicert-walk-") as folder:
        return subprocess.run([sys.executable, "-m", "tests.walk", INSIDE, *words], cwd=ROOT, check=False,
                              env={**os.environ, "DATA_DIR": folder}).returncode


def walk(words: list[str]) -> int:
    """All roads, then the figures."""
    options = argparse.ArgumentParser(prog="python -m tests.walk")
    options.add_argument("--steps", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--road", type=int, default=500, help="steps before a road begins anew")
    given = options.parse_args(words)
    os.environ["DJANGO_SETTINGS_MODULE"] = "wapicert.settings"
    django.setup()
    logging.disable(logging.CRITICAL)
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    started = time.monotonic()
    try:
        total = _roads(given)
    finally:
        teardown_databases(databases, verbosity=0)
    for fault, number in total["faults"].items():
        print(json.dumps({"fault": fault, "times": number}, ensure_ascii=False))
    figures = {name: dict(sorted(value.items())) for name, value in total.items() if name != "faults"}
    print(json.dumps({"walk": {"steps": given.steps, "seed": given.seed, "seconds": round(time.monotonic() - started),
                               "faults": len(total["faults"]), **figures}}, ensure_ascii=False))
    return 1 if total["faults"] else 0


def _roads(given: argparse.Namespace) -> dict[str, Counter[Any]]:
    """What needs models is imported once Django is ready."""
    private = import_module("tests.stage").private
    world, walker = import_module("tests.walk.world"), import_module("tests.walk.walker")
    transaction = import_module("django.db").transaction
    total: dict[str, Counter[Any]] = {name: Counter() for name in ("faults", "done", "refused", "reached")}
    with override_settings(**private(Path(os.environ["DATA_DIR"]))):
        for road in range(0, given.steps, given.road):
            with transaction.atomic():
                found = walker.Walker(world.build(), seed=given.seed + road)
                for _each in range(min(given.road, given.steps - road)):
                    found.step()
                for key in found.orders:
                    found.leads_on(key)
                transaction.set_rollback(True)
            for name, counts in total.items():
                counts.update(getattr(found, name))
    return total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
