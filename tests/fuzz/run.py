"""One run of the fuzzer in a process of its own; started by `python -m tests.fuzz`."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases


def main() -> int:
    """Build the world in a database of its own, send, and say what was found."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("--examples", type=int, default=12, help="requests to each operation, each as everybody")
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--only", default="", help="only operations whose label holds this word")
    given = options.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "wapicert.settings"
    django.setup()
    # Refusals are what is asked for; each would be a line.
    logging.disable(logging.CRITICAL)
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    started = time.monotonic()
    try:
        found = _fuzz(given)
    finally:
        teardown_databases(databases, verbosity=0)
    for (operation, kind), example in found.faults.items():
        print(json.dumps({"fault": kind, "operation": operation, "example": example}, ensure_ascii=False))
    print(json.dumps({"fuzz": {
        "seed": given.seed, "requests": found.requests, "faults": len(found.faults),
        "seconds": round(time.monotonic() - started), "statuses": dict(sorted(found.statuses.items())),
        "people": dict(found.people)}}))
    return 1 if found.faults else 0


def _fuzz(given: argparse.Namespace) -> Any:
    """What needs models is imported once Django is ready."""
    people, catalogue = import_module("tests.factories.people"), import_module("tests.factories.catalogue")
    private = import_module("tests.stage").private
    with override_settings(**private(Path(os.environ["DATA_DIR"]))):
        cast = people.cast()
        catalogue.load()
        world = import_module("tests.fuzz.world").build(cast)
        return import_module("tests.fuzz.fuzzer").fuzz(world, cast, examples=given.examples, seed=given.seed,
                                                       operations=given.only)


if __name__ == "__main__":
    sys.exit(main())
